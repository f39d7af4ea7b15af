// `npm run files:kill`: an upload that is killed five times, and must arrive bit for bit.
import { killRun } from './files/kill-run.ts';
import { openStorage } from './files/storage.ts';
import { readOptions } from './lib/options.ts';

const MB = 1024 * 1024;
const { values } = readOptions(
  'files:kill',
  'Uploads a file while client, node and storage are killed, and compares what arrived bit for bit.',
  {
    mb: { type: 'string', default: '1024', says: 'MB of the file' },
    storage: { type: 'string', default: 'disk', says: 'disk or s3' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
);
const size = Number(values.mb) * MB;
const kind = values.storage;
if (!Number.isInteger(size) || size < MB || (kind !== 'disk' && kind !== 's3')) {
  process.stderr.write('files:kill: --mb takes a whole number of at least 1, --storage takes disk or s3.\n');
  process.exit(1);
}

await using storage = await openStorage(kind);
const { output, ...report } = await killRun({
  kills: ['client', 'node', kind === 's3' ? 'storage' : 'both nodes', 'client', 'node'],
  size,
  storage,
  tell: line => void (values.json || process.stderr.write(`${line}\n`)),
});
const whole = report.sent === report.received;
if (values.json) process.stdout.write(`${JSON.stringify({ ...report, whole })}\n`);
else {
  process.stdout.write(
    `${values.mb} MB on ${kind}, killed ${report.kills.length} times (${report.kills.join(', ')}) in ${report.seconds} s: ${whole ? 'whole, bit for bit' : 'NOT what was sent'}\n  sent      ${report.sent}\n  received  ${report.received}\n`,
  );
}
if (!whole) process.stderr.write(output);
process.exitCode = whole ? 0 : 1;
