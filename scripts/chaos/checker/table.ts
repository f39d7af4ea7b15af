// `npm run chaos:checker`: plants each known mistake in many small lives of a hub and prints, as a Markdown table, how often the checker saw it.
import { type Bug, bugs } from './bugs.ts';
import { check } from './check.ts';
import { live } from './model.ts';

const LIVES = 100;

const say = (line: string) => process.stdout.write(`${line}\n`);
/** How many lives held the mistake, and in how many of them the promise it breaks was found broken. */
function hunt(bug: Bug): { made: number; caught: number } {
  let made = 0;
  let caught = 0;
  for (let seed = 1; seed <= LIVES; seed++) {
    const { history, state, reads, planted } = live(seed, bug);
    if (planted === 0) continue;
    made++;
    const verdict = check(history, state, reads).find(({ invariant }) => invariant === bugs[bug]);
    if (verdict?.result === 'broken') caught++;
  }
  return { made, caught };
}

say('| planted mistake | breaks | lives that hold it | caught |');
say('| --- | --- | --- | --- |');
for (const bug of Object.keys(bugs) as Bug[]) {
  const { made, caught } = hunt(bug);
  say(`| ${bug} | ${bugs[bug]} | ${made} | ${caught} |`);
  if (made === 0 || caught < made) process.exitCode = 1;
}
const innocent = Array.from({ length: LIVES }, (_, i) => live(i + 1));
const accused = innocent.filter(({ history, state, reads }) =>
  check(history, state, reads).some(({ result }) => result === 'broken'),
);
say(`| none | | ${LIVES} | ${accused.length} |`);
if (accused.length > 0) process.exitCode = 1;
