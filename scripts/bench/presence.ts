// `npm run bench:presence`: thousands of people whose vendors change their minds a thousand times a second, and what that costs the hub.
// The hub runs here, with adapters that do nothing but claim; those who are told sit in a process of their own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { signToken } from '../../clients/cli/signing.ts';
import { readConfig } from '../../server/config.ts';
import { start } from '../../server/start.ts';
import { openEmbedded } from '../../server/store/embedded.ts';
import { migrate } from '../../server/store/migrate.ts';
import { openPostgres } from '../../server/store/postgres.ts';
import { readOptions } from '../lib/options.ts';

const { values } = readOptions(
  'bench:presence',
  'People whose status changes all the time: what it costs, and how late watchers see it.',
  {
    users: { type: 'string', default: '5000', says: 'people' },
    rate: { type: 'string', default: '1000', says: 'changes a second' },
    seconds: { type: 'string', default: '20', says: 'for so long' },
    watchers: { type: 'string', default: '50', says: 'who look on' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
    watch: { type: 'string', says: 'used by the script itself: watches the hub at this address' },
  },
);
const users = Number(values.users);
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const watchers = Number(values.watchers);
const SECRET = 'a secret of the benchmark, 32 bytes or more';
/** Share of one core that presence may cost. */
const MARK = 0.2;
const ROOM_SIZE = 20;
const PARTS = [
  ['slack', 'presence', ['active', 'away']],
  ['slack', 'huddle', ['busy', null]],
  ['slack', 'status', ['active', null]],
  ['gather', 'space', ['active', 'away', 'offline']],
  ['google', 'calendar', ['busy', null]],
] as const;
const roomOf = (n: number) => `room-${n}`;
const rooms = Math.ceil(users / ROOM_SIZE);

/** In a process of its own: people who see a room of their own, five in all, and the one where everybody is. */
async function watch(url: string): Promise<void> {
  let changes = 0;
  await Promise.all(
    Array.from({ length: watchers }, async (_, n) => {
      const token = await signToken(SECRET, { user: `watcher-${n}`, role: 'member', seconds: 3600 });
      const socket = io(url, { auth: { token, protocol: 1 }, transports: ['websocket'], forceNew: true });
      socket.on('presence', (push: { changes?: unknown[] }) => {
        changes += push.changes?.length ?? 0;
      });
      await new Promise<void>(resolve => socket.once('connect', resolve));
      for (let k = 0; k < 5; k++) {
        await socket.emitWithAck('room:join', { room: roomOf((n * 5 + k) % rooms) });
      }
      await socket.emitWithAck('room:join', { room: 'everybody' });
    }),
  );
  process.on('message', () => process.send?.(changes));
  process.send?.('ready');
}

/** People, their accounts at three vendors, and the rooms that they share. */
async function people(dataDir: string): Promise<void> {
  await using server = await openEmbedded(dataDir, { durable: false });
  await using db = await openPostgres(server.url, { statementTimeout: 60_000 });
  await migrate(db.sql);
  await db.sql`insert into users (id, name, role)
    select 'user-' || n, 'User ' || n, 'member' from generate_series(0, ${users - 1}::int) n`;
  await db.sql`insert into vendor_links (vendor, remote, user_id, how)
    select vendor, 'id-' || n, 'user-' || n, 'admin'
    from generate_series(0, ${users - 1}::int) n, unnest(array['slack', 'gather', 'google']) vendor`;
  await db.sql`analyze users, vendor_links`;
  const create = async (id: string, members: string[]) =>
    db.call('create_room', { room: { id, title: id, kind: 'public' }, by: 'user-0', members, reuse: false });
  const named = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => `user-${from + n}`).filter(user => user !== 'user-0');
  for (let n = 0; n < rooms; n++) {
    await create(roomOf(n), named(n * ROOM_SIZE, Math.min(users, (n + 1) * ROOM_SIZE)));
  }
  await create('everybody', named(0, users));
}

type Integration = NonNullable<NonNullable<Parameters<typeof start>[2]>['integrations']>[number];
type Court = Parameters<Integration['start']>[0];

async function run(): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'first-court-bench-'));
  try {
    await people(dataDir);
    const config = readConfig({
      PORT: '0',
      DATA_DIR: dataDir,
      JWT_SECRET: SECRET,
      RATE_LIMITS: 'off',
      MAX_CONNECTIONS_PER_ADDRESS: '100000',
    });
    const say = (fields: object, message: string) =>
      void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
    const log = { debug: () => {}, info: () => {}, warn: say, error: say };
    const courts = new Map<string, Court>();
    const integrations = (['slack', 'gather', 'google'] as const).map(vendor => ({
      vendor,
      start(court: Court) {
        courts.set(vendor, court);
        return { state: () => ({ state: 'ready' }) as const, async [Symbol.asyncDispose]() {} };
      },
    }));
    await using hub = await start(config, log, { integrations });
    while (courts.size < 3) await delay(50);
    const child = fork(import.meta.filename, [
      '--watch',
      hub.url,
      '--watchers',
      `${watchers}`,
      '--users',
      `${users}`,
    ]);
    await once(child, 'message');
    const heard = async (): Promise<number> => {
      const answer = once(child, 'message');
      child.send('how many');
      return (await answer)[0] as number;
    };

    let random = 1;
    const draw = (below: number) => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((random / 2 ** 32) * below);
    };
    const change = (user: number, [vendor, part, statuses]: (typeof PARTS)[number]) => {
      const status = statuses[draw(statuses.length)] ?? null;
      courts
        .get(vendor)
        ?.claim(`id-${user}`, part, status && { status, ...(status === 'busy' && { text: part }) });
    };
    for (let user = 0; user < users; user++) for (const part of PARTS) change(user, part);

    const drive = async (forMs: number) => {
      const began = performance.now();
      let made = 0;
      for (let passed = 0; passed < forMs; passed = performance.now() - began) {
        for (; made < (passed * rate) / 1000; made++)
          change(draw(users), PARTS[draw(PARTS.length)] as (typeof PARTS)[number]);
        await delay(10);
      }
      return made;
    };
    await drive(6000);
    const toldBefore = await heard();
    const before = process.cpuUsage();
    const began = performance.now();
    const made = await drive(seconds * 1000);
    const used = process.cpuUsage(before);
    const elapsed = performance.now() - began;
    const told = (await heard()) - toldBefore;
    child.kill();
    await once(child, 'exit');

    const share = (used.user + used.system) / 1000 / elapsed;
    const result = {
      users,
      claimsEach: PARTS.length,
      changesPerSecond: Math.round((made / elapsed) * 1000),
      told,
      cpuShare: Number(share.toFixed(3)),
      ok: share < MARK,
    };
    process.stdout.write(
      values.json
        ? `${JSON.stringify(result)}\n`
        : `${users} people, ${PARTS.length} claims each, ${result.changesPerSecond} changes/s for ${seconds} s; ${told} changes told to ${watchers} watchers\n` +
            `the whole hub used ${(share * 100).toFixed(1)}% of one core (mark: under ${MARK * 100}%)\n`,
    );
    if (!result.ok) process.exitCode = 1;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

await (values.watch ? watch(values.watch) : run());
