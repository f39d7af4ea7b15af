// `npm run bench:files`: how fast files go up and down beside plain Express streaming to disk in the same run, what memory many uploads at once
// take, and what messages feel of them. Hub and plain Express are processes of their own, on the same disk.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import cliProgress from 'cli-progress';
import { signToken } from '../../clients/cli/signing.ts';
import { memoryOf, watchMemory } from '../files/memory.ts';
import type { Lateness } from '../files/talk.ts';
import { openTalkers } from '../files/talkers.ts';
import { fetchAll, remove, send, upload } from '../files/transfer.ts';
import { freePort, startHub } from '../hub-process.ts';
import { readOptions } from '../lib/options.ts';

const MB = 1024 * 1024;
const ROOM = 'bench';
const SECRET = 'a secret of the benchmark, 32 bytes or more';
const { values } = readOptions(
  'bench:files',
  'How fast files go up and down beside plain Express in the same run, what memory many uploads take, and what messages feel of them.',
  {
    mb: { type: 'string', default: '1024', says: 'MB of the file, and of all uploads at once together' },
    uploads: { type: 'string', default: '20', says: 'uploads at once' },
    seconds: { type: 'string', default: '20', says: 'of talk beside them' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
);
const size = Number(values.mb) * MB;
const uploads = Number(values.uploads);
const seconds = Number(values.seconds);
if (!Number.isInteger(size) || size < MB || !(uploads >= 1 && uploads <= 30) || !(seconds >= 1)) {
  process.stderr.write(
    'bench:files: --mb and --seconds take a number of at least 1, --uploads one from 1 to 30.\n',
  );
  process.exit(1);
}

await using parts = new AsyncDisposableStack();
const bar = new cliProgress.SingleBar({ format: '{what} {bar} {percentage}%', noTTYOutput: false });
if (!values.json) bar.start(1, 0, { what: 'Starting' });
parts.defer(() => bar.stop());
/** MB a second of something that moves so many bytes. */
async function speed(what: string, bytes: number, work: (moved: (n: number) => void) => Promise<unknown>) {
  let done = 0;
  if (!values.json) bar.start(bytes, 0, { what: what.padEnd(24) });
  const began = performance.now();
  await work(n => {
    done += n;
    bar.update(done);
  });
  return Math.round(bytes / MB / ((performance.now() - began) / 1000));
}

const folder = await mkdtemp(path.join(tmpdir(), 'first-court-bench-'));
parts.defer(() => rm(folder, { recursive: true, force: true }));
// PostgreSQL does not run as root, so its own user must be able to come in here.
await chmod(folder, 0o755);
const plain = await openPlain();
const hub = parts.use(
  await startHub({
    PORT: await freePort(),
    DATA_DIR: folder,
    ...{ DATABASE_URL: '', SUPABASE_URL: '', SUPABASE_KEY: '', REDIS_URL: '', STORAGE_URL: '' },
    JWT_SECRET: SECRET,
    RATE_LIMITS: 'off',
    LOAD_SHEDDING: 'off',
    LOG_LEVEL: 'warn',
    FILE_BYTES: String(size),
    FILES_PER_USER_BYTES: '1TB',
    FILES_PER_ROOM_BYTES: '1TB',
  }),
);
const token = await signToken(SECRET, { user: 'ada', role: 'member', seconds: 7200 });
const at = { url: hub.url, token, room: ROOM };
const bob = await signToken(SECRET, { user: 'bob', role: 'member', seconds: 7200 });
const talkers = parts.use(await openTalkers({ url: hub.url, room: ROOM, tokens: [token, bob] }));

// Everything is loaded, and the disk is awake.
await remove(await upload(at, 4 * MB), token);
await send('PUT', plain, {}, 4 * MB);
const idle = memoryOf(hub.pid);

const plainUp = await speed('plain, up', size, moved => send('PUT', plain, {}, size, moved));
const plainUpSynced = await speed('plain, up and synced', size, moved =>
  send('PUT', `${plain}?sync=1`, {}, size, moved),
);
const plainDown = await speed('plain, down', size, moved => fetchAll(plain, {}, moved));
let url = '';
const up = await speed('hub, up', size, async moved => {
  url = await upload(at, size, moved);
});
const down = await speed('hub, down', size, moved =>
  fetchAll(url, { Authorization: `Bearer ${token}` }, moved),
);
await remove(url, token);

const pace = { rate: 50, seconds };
const alone = await talkers.talk(pace);
const { beside, most } = await underUploads();

const share = (ours: number, theirs: number) => Math.round((ours / theirs) * 100) / 100;
const result = {
  mb: size / MB,
  mbPerSecond: { up, down, plainUp, plainUpSynced, plainDown },
  share: { up: share(up, plainUp), upSynced: share(up, plainUpSynced), down: share(down, plainDown) },
  uploads,
  memoryMb: {
    idle: Math.round(idle.hub / MB),
    above: Math.round((most.hub - idle.hub) / MB),
    aboveWithHelpers: Math.round((most.all - idle.hub - idle.helpers) / MB),
  },
  messages: {
    alone,
    beside,
    times: {
      ack: share(beside.ack.p99, alone.ack.p99),
      delivery: share(beside.delivery.p99, alone.delivery.p99),
    },
  },
};
bar.stop();
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : told(result));

/** Messages while so many uploads run, one after another in each of so many lanes. */
async function underUploads(): Promise<{ beside: Lateness; most: { hub: number; all: number } }> {
  using memory = watchMemory(hub.pid);
  let on = true;
  const each = Math.max(MB, Math.round(size / uploads));
  const lanes = Array.from({ length: uploads }, async () => {
    while (on) await remove(await upload(at, each), token);
  });
  const beside = await talkers.talk(pace);
  on = false;
  await Promise.all(lanes);
  return { beside, most: memory.most };
}

async function openPlain(): Promise<string> {
  const child: ChildProcess = spawn(
    process.execPath,
    [path.join(import.meta.dirname, '../files/plain.ts'), folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  parts.defer(async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
  });
  const [port] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return `http://127.0.0.1:${String(port).trim()}/file`;
}

function told({ mb, mbPerSecond: speed, share, memoryMb, messages }: typeof result): string {
  const line = (what: string, value: string) => `  ${what.padEnd(44)} ${value}\n`;
  return [
    `${mb} MB on one disk\n`,
    line(
      'up: hub, plain Express, plain and synced',
      `${speed.up}, ${speed.plainUp}, ${speed.plainUpSynced} MB/s (${share.up}, ${share.upSynced} of it)`,
    ),
    line('down: hub, plain Express', `${speed.down}, ${speed.plainDown} MB/s (${share.down} of it)`),
    line(
      `memory above idle with ${uploads} uploads at once`,
      `${memoryMb.above} MB (${memoryMb.aboveWithHelpers} with its helpers)`,
    ),
    line(
      'ack of a message, p99, alone and beside them',
      `${messages.alone.ack.p99}, ${messages.beside.ack.p99} ms (${messages.times.ack}x)`,
    ),
    line(
      'delivery of a message, p99',
      `${messages.alone.delivery.p99}, ${messages.beside.delivery.p99} ms (${messages.times.delivery}x)`,
    ),
  ].join('');
}
