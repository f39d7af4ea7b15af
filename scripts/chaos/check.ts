// `node scripts/chaos/check.ts DIR`: decides every invariant on the evidence of a run. Exit code 0 when none is broken.
import { isGood, judge, lines } from './verdict.ts';

const [folder] = process.argv.slice(2);
if (!folder) {
  process.stderr.write('Name the folder of a run: node scripts/chaos/check.ts DIR\n');
  process.exitCode = 2;
} else {
  const { verdicts } = await judge(folder);
  for (const line of lines(verdicts)) process.stdout.write(`${line}\n`);
  process.exitCode = isGood(verdicts) ? 0 : 1;
}
