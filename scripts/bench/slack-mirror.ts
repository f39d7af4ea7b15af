// `npm run bench:slack-mirror`: messages both ways between a room and a channel of the simulated Slack, with faults; 0 lost, 0 twice, or exit 1.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readOptions } from '../lib/options.ts';
import { runMirror } from './slack-mirror/run.ts';

const { values } = readOptions(
  'bench:slack-mirror',
  'Mirrors messages between a room and a channel of the simulated Slack, and measures how long they take.',
  {
    messages: { type: 'string', default: '5000', says: 'messages' },
    seed: { type: 'string', default: '1', says: 'of the chance in it' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
);
const folder = await mkdtemp(path.join(tmpdir(), 'first-court-slack-'));
try {
  const result = await runMirror({
    messages: Number(values.messages),
    seed: Number(values.seed),
    env: { DATA_DIR: folder, DATABASE_URL: '' },
    progress(here, there) {
      if (process.stderr.isTTY) process.stderr.write(`\r  ${here} arrived here, ${there} there `);
    },
  });
  const { sent, lost, twice, stale, disordered, faults, seconds } = result;
  const good = [lost, twice, stale].every(({ here, there }) => here + there === 0) && disordered === 0;
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const row = (label: string, { here, there }: { here: number; there: number }) =>
      `  ${label.padEnd(26)} ${String(there).padStart(7)} ${String(here).padStart(7)}\n`;
    process.stdout.write(
      `Slack mirror, seed ${values.seed}, ${seconds.toFixed(1)} s${''.padEnd(4)}to Slack    here\n` +
        row('messages', { here: sent.there, there: sent.here }) +
        row('lost', lost) +
        row('twice', twice) +
        row('edits missing', stale) +
        `  out of order in the channel ${String(disordered).padStart(6)}\n` +
        `  faults: ${Object.entries(faults)
          .map(([name, count]) => `${count} ${name}`)
          .join(', ')}; 5% of events sent twice, 5% held back\n`,
    );
  }
  if (!good) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
