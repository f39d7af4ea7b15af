// One chaos run from nothing to a folder of evidence: starts the servers and the people, lets the plan loose on them, and writes down the end.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openEmbedded } from '../../server/store/embedded.ts';
import type { Fate } from '../lib/ack-faults.ts';
import { openRedisServer } from '../lib/redis-server.ts';
import { ChaosClient, type ClientOptions } from './client.ts';
import { faults, type Stage } from './faults.ts';
import { dump, readAll } from './final-state.ts';
import { type HistoryWriter, openHistory } from './history.ts';
import { type Node, openNode } from './node.ts';
import { type FaultName, plan, type Scale } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import { type Loss, loseAndRestore } from './restore.ts';
import { talk } from './traffic.ts';

export interface RunOptions {
  readonly seed: number;
  readonly scale: Scale;
  /** Where history, state and reads go. */
  readonly folder: string;
  /** Hubs speak over Redis, which takes a redis-server. */
  readonly redis: boolean;
  progress(line: string): void;
}

/** What a fault class was asked for, and how often it took effect. */
export type FaultCounts = Readonly<
  Record<FaultName, { planned: number; done: number; failures: readonly string[] }>
>;

export interface RunFacts {
  readonly seed: number;
  readonly redis: boolean;
  readonly sent: number;
  readonly reconnects: number;
  readonly finalReads: number;
  readonly clients: number;
  /** Acks of messages while there was chaos, as the proxies passed them on. */
  readonly acks: { readonly lost: number; readonly late: number; readonly whole: number };
  readonly loss: Loss;
  readonly faults: FaultCounts;
}

const NODES = ['north', 'south', 'west'];
const SECRET = 'a secret of the chaos run, 32 bytes or more';
const LATE_MS = 700;

export async function run({
  seed,
  scale,
  folder,
  redis: wantsRedis,
  progress,
}: RunOptions): Promise<RunFacts> {
  await mkdir(folder, { recursive: true });
  await using parts = new AsyncDisposableStack();
  // Whoever breaks the run off does not want its servers to go on.
  const breakOff = () => void parts.disposeAsync().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, breakOff);
    parts.defer(() => void process.off(signal, breakOff));
  }
  const history = parts.use(openHistory(path.join(folder, 'history.jsonl')));
  const data = await mkdtemp(path.join(tmpdir(), 'first-court-chaos-'));
  // PostgreSQL does not run as root, so its own user must be able to come in here.
  await chmod(data, 0o755);
  parts.defer(() => rm(data, { recursive: true, force: true }));
  const database = parts.use(await openEmbedded(data));
  const redis = wantsRedis ? parts.use(await openRedisServer()) : undefined;
  progress(`database and ${redis ? 'Redis' : 'no Redis'} are up`);
  const random = createRandom(seed);
  const noise = { on: false };
  const acks = { lost: 0, late: 0, whole: 0 };
  const fate = random.fork();
  const ackFate = () => drawFate(acks, noise, fate);
  const nodes: Node[] = [];
  for (const name of NODES) {
    const env = {
      ...{ DATA_DIR: data, JWT_SECRET: SECRET, RATE_LIMITS: 'off', LOG_LEVEL: 'warn' },
      ...{ MAX_CONNECTIONS_PER_USER: '100000', MAX_CONNECTIONS_PER_ADDRESS: '100000' },
    };
    const options = { name, env, databaseUrl: database.url, redisPort: redis?.port, history, ackFate };
    nodes.push(parts.use(await openNode(options)));
  }
  await Promise.all(nodes.map(node => node.handles('baseline')));
  progress(`${nodes.length} hubs are up`);

  const people = await gather(scale, nodes, history, random);
  const { all, twins, admins } = people;
  parts.defer(() => {
    for (const client of [...all, ...twins.values()]) client.close();
  });
  progress(`${all.length} clients are in ${scale.rooms} rooms`);

  history.write({ kind: 'phase', name: 'warm-up' });
  const began = history.now();
  const speakers = { clients: all, twins, history, random: random.fork() };
  const talking = talk(speakers, scale.rate, began + scale.traffic);
  await delay(scale.warmUp);
  history.write({ kind: 'phase', name: 'chaos' });
  noise.on = true;
  const stage = {
    nodes,
    clients: all,
    admins,
    databaseUrl: database.url,
    redis,
    history,
    turn: { wantsAll: false },
  };
  const counts = await strike(seed, scale, stage, progress);
  noise.on = false;
  const sent = await talking;
  history.write({ kind: 'phase', name: 'quiesce' });
  progress('quiet now');
  await Promise.all([delay(scale.quiesce), settled(all)]);
  if (redis) await askPresence(all, history);
  history.write({ kind: 'phase', name: 'restore' });
  const loss = await loseAndRestore({
    ...{ databaseUrl: database.url, folder, history },
    async talk() {
      await talk(speakers, scale.rate, history.now() + scale.aroundRestore);
      await settled(all);
    },
    restartDatabase: () => faults['restart PostgreSQL'](stage, random),
  });
  progress(
    `${loss.entries} entries were lost with the database; the backup was in place after ${loss.ms} ms`,
  );
  await delay(scale.quiesce);
  history.write({ kind: 'phase', name: 'check' });

  const finalReads = await readAll(all, nodes, history, path.join(folder, 'reads'));
  const reconnects = all.reduce((sum, client) => sum + client.reconnects, 0);
  for (const client of [...all, ...twins.values()]) client.close();
  progress(`${finalReads} full reads`);
  await writeFile(path.join(folder, 'state.json'), JSON.stringify(await dump(database.url)));
  // Until the hubs have seen the sockets close.
  await delay(1500);
  await Promise.all(nodes.map(node => node.handles('end')));
  const facts = {
    seed,
    redis: redis !== undefined,
    sent,
    reconnects,
    finalReads,
    clients: all.length,
    acks,
    loss,
    faults: counts,
  };
  await writeFile(path.join(folder, 'run.json'), JSON.stringify(facts, null, 2));
  await parts.disposeAsync();
  return facts;
}

/** Everybody knows what became of what they sent; who waits for an answer gets the minute that I12 allows. */
async function settled(clients: readonly ChaosClient[]): Promise<void> {
  const until = performance.now() + 60_000;
  while (performance.now() < until && !clients.every(client => client.idle)) await delay(50);
}

/** Of the acks in the chaos, one in twenty is lost and one comes late. */
function drawFate(
  acks: { lost: number; late: number; whole: number },
  noise: { on: boolean },
  random: Random,
): Fate {
  if (!noise.on) return undefined;
  const dice = random.next();
  if (dice < 0.05) {
    acks.lost++;
    return 'lost';
  }
  if (dice < 0.1) {
    acks.late++;
    return LATE_MS;
  }
  acks.whole++;
  return undefined;
}

/** Everybody connects, admins make the rooms, everybody joins theirs. */
async function gather(scale: Scale, nodes: readonly Node[], history: HistoryWriter, random: Random) {
  let calls = 0;
  const common = {
    ...{ secret: SECRET, nodes, history },
    nextCall: () => ++calls,
  } satisfies Partial<ClientOptions>;
  const person = (user: string, role: ClientOptions['role'], name = `${user}.1`) =>
    new ChaosClient({ ...common, name, user, role, random: random.fork() });
  const some = (count: number, role: ClientOptions['role'], word: string) =>
    Array.from({ length: count }, (_, i) => person(`${word}-${i + 1}`, role));
  const admins = some(scale.admins, 'admin', 'admin');
  const bots = some(scale.bots, 'bot', 'bot');
  const all = [...admins, ...bots, ...some(scale.users, 'member', 'user')];
  const twins = new Map(bots.map(({ options: { user } }) => [user, person(user, 'bot', `${user}.2`)]));
  const everyone = [...all, ...twins.values()];
  for (let i = 0; i < everyone.length; i += 20)
    await Promise.all(everyone.slice(i, i + 20).map(client => client.connect()));

  for (let number = 0; number < scale.rooms; number++) {
    const room = `room-${number + 1}`;
    const owner = admins[number % admins.length] as ChaosClient;
    const others = all.filter(
      (client, i) =>
        client !== owner &&
        !admins.includes(client) &&
        (i + number) % Math.round(all.length / scale.people) === 0,
    );
    const title = `Room ${number + 1}`;
    const kind = number % 4 === 3 ? 'private' : 'public';
    await owner.ask('room:create', {
      id: room,
      title,
      kind,
      members: others.map(client => client.options.user),
    });
    await Promise.all([owner, ...others].map(client => client.enter(room)));
  }
  return { all, twins, admins };
}

async function strike(
  seed: number,
  scale: Scale,
  stage: Stage,
  progress: (line: string) => void,
): Promise<FaultCounts> {
  const steps = plan(seed, scale).filter(step => stage.redis || !/Redis|FLUSHALL|CLIENT/.test(step.name));
  const began = stage.history.now();
  const results = new Map<FaultName, { planned: number; done: number; failures: string[] }>();
  let number = 0;
  const running = steps.map(async ({ at, name, seed: chance }) => {
    const result = results.get(name) ?? { planned: 0, done: 0, failures: [] };
    results.set(name, result);
    result.planned++;
    await delay(Math.max(0, began + at - stage.history.now()));
    const fault = ++number;
    const { history } = stage;
    history.write({ kind: 'fault', fault, name, target: '', phase: 'begin' });
    try {
      const effect = await faults[name](stage, createRandom(chance));
      history.write({ kind: 'fault', fault, name, target: '', phase: 'heal', effect });
      result.done++;
      if (at % 3 === 0 || !/client|reader|return|role|token/.test(name)) progress(`${name}: ${effect}`);
    } catch (error) {
      history.write({ kind: 'fault', fault, name, target: '', phase: 'heal' });
      result.failures.push((error as Error).message);
      progress(`${name}: ${(error as Error).message}`);
    }
  });
  await Promise.all(running);
  return Object.fromEntries(results) as unknown as FaultCounts;
}

/** Some ask for the presence of the people in their room. */
async function askPresence(clients: readonly ChaosClient[], history: HistoryWriter): Promise<void> {
  const there = new Set(clients.filter(client => client.connected).map(client => client.options.user));
  for (const client of clients.slice(-30)) {
    const room = [...client.copies.values()].find(copy => copy.subscribed)?.room;
    if (!room) continue;
    const { presence } = await client.ask('presence:get', { room });
    for (const { user, status } of presence)
      history.write({
        kind: 'presence',
        client: client.options.name,
        node: client.where(room).node,
        about: user,
        online: there.has(user),
        status,
      });
  }
}
