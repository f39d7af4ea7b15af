// `npm run bench:start`: how long a hub takes from the command to its first "ready", on a fresh folder once and then again and again on the same data.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, startHub } from '../hub-process.ts';
import { readOptions } from '../lib/options.ts';

const { values } = readOptions('bench:start', 'How long the hub takes from its start to its first answer.', {
  runs: { type: 'string', short: 'n', default: '10', says: 'starts' },
  json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  node: { type: 'boolean', default: false, says: 'without npm: what the hub itself takes' },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  process.stderr.write('bench:start: --runs takes a whole number of at least 1.\n');
  process.exit(1);
}

/** Without npm: what the hub itself takes. */
const via = values.node ? 'node' : 'npm';
const folder = await mkdtemp(path.join(tmpdir(), 'first-court-start-'));
try {
  const first = await measure();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await measure());
  report(
    first,
    times.toSorted((a, b) => a - b),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Milliseconds. A hub that does not end well is no result. */
async function measure(): Promise<number> {
  const hub = await startHub(
    {
      PORT: await freePort(),
      DATA_DIR: folder,
      DATABASE_URL: '',
      LOG_LEVEL: 'warn',
    },
    via,
  );
  const code = await hub.end('SIGINT');
  // npm ends by the signal that it was sent, however well its child ended.
  if (code !== 0 && via === 'node') throw new Error(`The hub ended with ${code}: ${hub.output()}`);
  return hub.startedIn;
}

function report(first: number, sorted: number[]): void {
  const ms = (value = Number.NaN) => Math.round(value);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
  const result = { first: ms(first), median: ms(median), min: ms(sorted[0]), max: ms(sorted.at(-1)), runs };
  if (values.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const row = (label: string, value: number) => `  ${label.padEnd(28)} ${String(value).padStart(6)} ms\n`;
  process.stdout.write(
    `From "${via === 'npm' ? 'npm start' : 'node server/main.ts'}" to the first 200 of /readyz, embedded database:\n${row('first (makes the database)', result.first)}` +
      `${row(`median of ${runs} more`, result.median)}${row('fastest', result.min)}${row('slowest', result.max)}`,
  );
}
