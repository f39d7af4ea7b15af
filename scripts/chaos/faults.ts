// What each fault does. Each returns its effect in words; one that had none throws, and counts as not done.
import { setTimeout as delay } from 'node:timers/promises';
import { withConnection } from '../../server/store/databases.ts';
import type { RedisServer } from '../lib/redis-server.ts';
import type { ChaosClient } from './client.ts';
import type { HistoryWriter } from './history.ts';
import type { Node } from './node.ts';
import type { FaultName } from './plan.ts';
import type { Random } from './random.ts';

export interface Stage {
  readonly nodes: readonly Node[];
  readonly clients: readonly ChaosClient[];
  /** The owners of the rooms. */
  readonly admins: readonly ChaosClient[];
  readonly databaseUrl: string;
  readonly redis: RedisServer | undefined;
  readonly history: HistoryWriter;
  /** Somebody waits for all nodes to be up at once. */
  readonly turn: { wantsAll: boolean };
}

type Fault = (stage: Stage, random: Random) => Promise<string>;

class NoEffect extends Error {}
const struck = <T>(found: T | undefined | false): found is T =>
  found !== undefined && found !== false && found !== 0;
const effect = <T>(found: T | undefined | false, what: (found: T) => string): string => {
  if (!struck(found)) throw new NoEffect('it had no effect');
  return what(found);
};

/** Strikes again while it hit nothing, since what it aimed at was struck by another fault meanwhile. */
async function persistently<T>(
  strike: () => Promise<T | undefined | false>,
  what: (found: T) => string,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const found = await strike();
    if (struck(found) || attempt === 8) return effect(found, what);
    await delay(500);
  }
}

/** Faults meet: one waits for what it strikes while another has it down. */
async function eventually(there: () => boolean, otherwise: string): Promise<void> {
  for (const until = performance.now() + 60_000; !there(); await delay(100))
    if (performance.now() > until) throw new NoEffect(otherwise);
}

/** Nodes that are up; waits for them while others fall. Who wants all of them goes first, or would never see them together. */
async function live({ nodes, turn }: Stage, random: Random, count = 1): Promise<Node[]> {
  const up = () => nodes.filter(node => node.up);
  const wantsAll = count === nodes.length;
  if (wantsAll) turn.wantsAll = true;
  try {
    await eventually(() => turn.wantsAll === wantsAll && up().length >= count, 'no hub was up');
  } finally {
    if (wantsAll) turn.wantsAll = false;
  }
  const choice = up();
  return Array.from({ length: count }, () => choice.splice(random.whole(0, choice.length - 1), 1)[0] as Node);
}

const killed =
  (count: number): Fault =>
  async (stage, random) => {
    const hit = await live(stage, random, count);
    const effects = await Promise.all(hit.map(node => node.kill()));
    await Promise.all(
      hit.map(async node => {
        await delay(random.whole(1000, 4000));
        await node.start();
      }),
    );
    return `${hit.map(node => node.name).join(', ')} ${effects[0]}`;
  };
const stopped =
  (least: number, most: number): Fault =>
  async (stage, random) => {
    const [node] = (await live(stage, random)) as [Node];
    return `${node.name} ${await node.stop(random.whole(least, most))}`;
  };
const onClients =
  (strike: (node: Node, random: Random) => Promise<number | undefined>, unit: string): Fault =>
  async ({ nodes }, random) => {
    const busy = () => nodes.filter(node => node.up && node.clients.connections > 0);
    // Another fault may take the connection that was hit in the same moment.
    return persistently(
      async () => {
        await eventually(() => busy().length > 0, 'no client was connected');
        return strike(random.pick(busy()), random);
      },
      amount => `${amount} ${unit}`,
    );
  };
const onRedis =
  (strike: (redis: RedisServer) => Promise<string>): Fault =>
  async ({ redis }) =>
    strike(redis as RedisServer);

const inDatabase = <T>(url: string, work: Parameters<typeof withConnection<T>>[1]) =>
  withConnection(url, work);

/** Someone who is in a room now, with a room in which they are; waits for one while all are cut off. */
async function present(
  { clients, admins }: Stage,
  random: Random,
): Promise<{ client: ChaosClient; room: string }> {
  const there = () =>
    clients.flatMap(client =>
      admins.includes(client)
        ? []
        : [...client.copies.values()].filter(copy => copy.subscribed).map(({ room }) => ({ client, room })),
    );
  await eventually(() => there().length > 0, 'nobody was in a room');
  return random.pick(there());
}

/** As an honest admin: the same call until it gets through. */
async function surely<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 60) throw error;
      await delay(1000);
    }
  }
}

export const faults: Readonly<Record<FaultName, Fault>> = {
  'kill one hub': killed(1),
  'kill two hubs': killed(2),
  'kill all hubs': killed(3),
  'stop a hub': stopped(3000, 15_000),
  'stop a hub beyond its ping timeout': stopped(38_000, 38_000),
  async 'roll all hubs'(stage) {
    const effects: string[] = [];
    for (const node of stage.nodes) {
      // Another fault may have it down just now, or take it down first.
      const rolled = await surely(async () => {
        await eventually(() => node.up && !stage.turn.wantsAll, `${node.name} was not up`);
        return `${node.name} ${await node.terminate()}`;
      });
      await node.start();
      effects.push(rolled);
    }
    return effects.join('; ');
  },

  'restart Redis': onRedis(async redis => {
    const run = async () => /run_id:(\w+)/.exec(String(await redis.command('INFO', 'server')))?.[1];
    const before = await run();
    await redis.kill();
    await delay(1500);
    await redis.restart();
    return effect((await run()) !== before, () => 'another process answers');
  }),
  FLUSHALL: onRedis(async redis => effect((await redis.command('FLUSHALL')) === 'OK', () => 'empty')),
  'CLIENT PAUSE': onRedis(async redis => {
    await redis.command('CLIENT', 'PAUSE', '4000', 'ALL');
    const began = performance.now();
    await redis.command('PING');
    return effect(performance.now() - began > 3000, () => 'a PING took more than 3 s');
  }),
  'CLIENT KILL pubsub': onRedis(async redis =>
    // Another fault may have every hub away from Redis in this moment.
    persistently(
      async () => Number(await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')),
      count => `${count} connections`,
    ),
  ),
  async 'partition one hub from Redis'(stage, random) {
    const [node] = (await live(stage, random)) as [Node];
    return effect(await node.redis?.partition(5000), count => `${node.name}: ${count} connections`);
  },

  async 'restart PostgreSQL'({ databaseUrl, history }) {
    const started = () =>
      inDatabase(databaseUrl, async sql =>
        String((await sql`select pg_postmaster_start_time()::text as at`)[0]?.at),
      );
    const before = await started();
    const [row] = await inDatabase(
      databaseUrl,
      sql => sql`select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int as pid`,
    );
    const fell = history.now();
    // Immediate: no checkpoint, every session dropped.
    process.kill(row?.pid, 'SIGQUIT');
    await delay(500);
    const after = await surely(started);
    return effect(
      after !== before,
      () => `another server process after ${Math.round(history.now() - fell)} ms`,
    );
  },
  async 'terminate backends'({ databaseUrl }) {
    const terminate = () =>
      inDatabase(
        databaseUrl,
        sql => sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and application_name not like 'first-court embedded%'`,
      );
    // The server itself may be away just now, or no hub be there.
    return persistently(
      async () => (await surely(terminate)).length,
      count => `${count} sessions`,
    );
  },
  async 'lock the rooms'({ databaseUrl }) {
    // One statement: a session that dies in the middle of the driver's transaction ends the process.
    const lock = `do $$ begin lock table rooms in access exclusive mode; perform pg_sleep(3); end $$`;
    await surely(() => inDatabase(databaseUrl, sql => sql.unsafe(lock)));
    return 'locked for 3 s';
  },
  async 'stall the database'(stage, random) {
    // A hub that another fault takes down in this very moment has nothing to wait for.
    return persistently(
      async () => {
        const [node] = (await live(stage, random)) as [Node];
        const bytes = await node.database.stall(4000);
        return bytes > 0 && `${node.name}: ${bytes} bytes waited`;
      },
      words => words,
    );
  },
  async 'cut a COMMIT reply'(stage, random) {
    return persistently(
      async () => {
        const [node] = (await live(stage, random)) as [Node];
        return (await node.database.cutReplyTo('message.created', 15_000)) && node.name;
      },
      name => name,
    );
  },

  'reset a client': onClients(async (node, random) => node.clients.reset(1, random), 'reset'),
  'half-open client': onClients((node, random) => node.clients.halfOpen(8000, random), 'bytes swallowed'),
  'paused reader': onClients((node, random) => node.clients.pauseReader(15_000, random), 'bytes waited'),
  'slow reader': onClients((node, random) => node.clients.slowReader(4096, 8000, random), 'bytes in 8 s'),

  async 'clock jump'(stage, random) {
    // A hub that another fault stops in this moment does not answer; then it is another's turn.
    const { node, words } = await surely(async () => {
      const [node] = (await live(stage, random)) as [Node];
      return { node, words: await node.clock(random.whole(-30_000, 300_000)) };
    });
    await delay(6000);
    // A hub that was started again meanwhile has the true time already.
    if (node.up) await surely(() => node.clock(0));
    return `${node.name} ${words}`;
  },

  async 'leave and return'(stage, random) {
    const { client, room } = await present(stage, random);
    const copy = client.copies.get(room);
    await copy?.leave().catch(() => undefined);
    await delay(random.whole(500, 2000));
    const admin = stage.admins.find(one => one.copies.has(room)) as ChaosClient;
    await surely(() => admin.ask('member:add', { room, user: client.options.user }));
    if (copy) copy.wanted = true;
    copy?.rejoin();
    return `${client.options.user} left ${room}`;
  },
  async 'kick and return'(stage, random) {
    // Another fault may have put this one out in the same moment: then it is somebody else's turn.
    const { admin, user, room, seq } = await surely(async () => {
      const { client, room } = await present(stage, random);
      const { user } = client.options;
      const admin = stage.admins.find(one => one.copies.has(room)) as ChaosClient;
      return { admin, user, room, ...(await admin.ask('member:remove', { room, user })) };
    });
    stage.history.write({ kind: 'kick', room, by: admin.options.user, target: user, seq });
    await delay(random.whole(500, 2000));
    await surely(() => admin.ask('member:add', { room, user }));
    return `${user} was removed from ${room} at ${seq}`;
  },
  async 'change a role'(stage, random) {
    return surely(async () => {
      const { client, room } = await present(stage, random);
      const admin = stage.admins.find(one => one.copies.has(room)) as ChaosClient;
      const role = random.pick(['moderator', 'member'] as const);
      const { seq } = await admin.ask('member:role', { room, user: client.options.user, role });
      return `${client.options.user} is ${role} in ${room} since ${seq}`;
    });
  },
  async 'expire a token'(stage, random) {
    // Other faults may keep one from coming in at all before the token is over: then it is somebody else's turn.
    for (let attempt = 0; attempt < 6; attempt++) {
      const { client } = await present(stage, random);
      if (await client.expire(4, 12_000)) return `${client.options.user} was told that the session expired`;
    }
    throw new NoEffect('it had no effect');
  },
};
