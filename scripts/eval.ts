// `npm run eval`: how good our own language processing is, on real meetings with answers written by people.
//
//     npm run eval                  tables
//     npm run eval -- summaries     only the parts named
//     npm run eval -- --json        one JSON object
import { answers } from './eval/answers.ts';
import { channels } from './eval/channels.ts';
import { evidence } from './eval/evidence.ts';
import { meetingsFolder, readMeetings } from './eval/meetings.ts';
import { type Part, show } from './eval/part.ts';
import { summaries } from './eval/summaries.ts';
import { readOptions } from './lib/options.ts';

const PARTS: readonly Part[] = [summaries, answers, channels, evidence];

const { values, positionals } = readOptions(
  'eval',
  'How good summaries, answers and search are on real meetings, beside the baselines.',
  {
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
  'parts, such as evidence; none: all',
);
const unknown = positionals.filter(name => !PARTS.some(part => part.name === name));
const meetings = await readMeetings();
if (unknown.length > 0) {
  process.stderr.write(
    `eval: there is no part ${unknown.join(', ')}. Parts: ${PARTS.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exitCode = 1;
} else if (!meetings) {
  const reason = `The meetings are not there: ${meetingsFolder}. They are QMSum's validation split, and not ours to ship.`;
  process.stdout.write(values.json ? `${JSON.stringify({ skipped: reason })}\n` : `Skipped. ${reason}\n`);
} else {
  const wanted = PARTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const figures: Record<string, unknown> = {};
  for (const part of wanted) {
    const result = await part.run(meetings);
    figures[part.name] = result.figures;
    if (!values.json) process.stdout.write(`\n${result.tables.map(show).join('\n\n')}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}
