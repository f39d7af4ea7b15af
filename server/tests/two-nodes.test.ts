// time limit: 300 s
// Two hubs on one database under long random command sequences: every answer and every frame is what a model of the room says (I3-I5, I8, I9).
// takes: 21 s
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallData } from '#shared/protocol/calls.ts';
import type { Reply } from '#shared/protocol/errors.ts';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import { boot } from '../testing/boot.ts';
import { connect, Refused, type TestClient } from '../testing/client.ts';
import { until } from '../testing/until.ts';

const test = suite('two nodes');
/** 2,000 take a minute and a half: for those who have it, `SEQUENCES=2000`. */
const RUNS = Number(process.env.SEQUENCES ?? 200);
const STEPS = 50;
const AT_ONCE = 100;
const USERS = ['ada', 'bob', 'cleo'] as const;
/** Two looks of a node at the heads of its rooms, and what a busy machine adds. */
const PATIENCE = 30_000;

const command = fc.record({
  user: fc.integer({ min: 0, max: 2 }),
  node: fc.integer({ min: 0, max: 1 }),
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant('send' as const) },
    { weight: 3, arbitrary: fc.constantFrom('repeat' as const, 'conflict' as const, 'join' as const) },
    { weight: 1, arbitrary: fc.constantFrom('read' as const, 'leave' as const, 'kick' as const) },
  ),
});
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** One socket's copy of one room. */
interface Copy {
  epoch: string;
  cursor: number;
  heard: boolean;
  /** The hub told this socket to join again. */
  resync: boolean;
}

/** Socket ids by user and node, and what each room's copies hold. */
class World {
  readonly faults: string[] = [];
  readonly #clients: TestClient[][];
  readonly #copies = new Map<string, Copy>();

  constructor(clients: TestClient[][]) {
    this.#clients = clients;
    clients.forEach((nodes, user) => {
      nodes.forEach((client, node) => {
        client.socket.on('events', (frame: Push<'events'>) => this.#frame(user, node, frame));
        client.socket.on('resync', ({ room }: Push<'resync'>) => {
          const copy = this.copy(room, user, node);
          if (copy) copy.resync = true;
        });
      });
    });
  }

  client(user: number, node: number): TestClient {
    return this.#clients[user]?.[node] as TestClient;
  }

  copy(room: string, user: number, node: number): Copy | undefined {
    return this.#copies.get(`${room} ${user} ${node}`);
  }

  join(room: string, user: number, node: number): Promise<number> {
    const key = `${room} ${user} ${node}`;
    const held = this.#copies.get(key);
    const after = held && { epoch: held.epoch, seq: held.cursor };
    const socket = this.client(user, node).socket;
    // Taken over in the turn in which the answer comes: a frame may be right behind it.
    return new Promise((resolve, reject) => {
      socket.emit('room:join', { room, ...(after && { after }) }, (reply: Reply<CallData<'room:join'>>) => {
        if (!reply.ok) {
          reject(new Refused('room:join', reply.error));
          return;
        }
        const { epoch, head, events } = reply.data;
        const copy = held ?? { epoch, cursor: head, heard: true, resync: false };
        Object.assign(copy, { heard: true, resync: false });
        this.#copies.set(key, copy);
        for (const event of events) if (event.seq > copy.cursor) this.#take(key, copy, event);
        if (copy.cursor !== head) this.faults.push(`${key}: joined at ${head}, holds ${copy.cursor}`);
        resolve(head);
      });
    });
  }

  #frame(user: number, node: number, { room, events }: Push<'events'>): void {
    const key = `${room} ${user} ${node}`;
    const copy = this.#copies.get(key);
    if (!copy?.heard) return;
    for (const event of events as LogEvent[]) this.#take(key, copy, event);
  }

  #take(key: string, copy: Copy, event: LogEvent): void {
    if (event.seq !== copy.cursor + 1) this.faults.push(`${key}: ${event.seq} came after ${copy.cursor}`);
    copy.cursor = event.seq;
  }
}

const script = (commands: readonly Command[]) =>
  commands.map(({ user, node, kind }) => `${USERS[user]}@${node} ${kind}`).join(', ');

/** Runs one sequence in a room of its own. Throws what differs from the model. */
async function run(world: World, room: string, commands: readonly Command[]): Promise<void> {
  await world
    .client(0, 0)
    .call('room:create', { id: room, title: room, kind: 'public', members: ['bob', 'cleo'] });
  const members = new Set([0, 1, 2]);
  const sent = new Map<number, { id: string; seq: number }>();
  /** What a socket that hears the room must hold in the end: all, or up to its user's removal. */
  const ends = new Map<string, number>();
  let head = 4;
  const code = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'ok',
      error => {
        if (error instanceof Refused) return error.error.code;
        throw error;
      },
    );

  for (const [step, { user, node, kind }] of commands.entries()) {
    const client = world.client(user, node);
    const says = (what: unknown, expected: unknown) =>
      assert.equal(what, expected, `${room}, step ${step}: ${kind} by ${USERS[user]} on node ${node}`);
    const mine = sent.get(user);
    if (kind === 'send') {
      const id = crypto.randomUUID();
      if (!members.has(user))
        says(await code(client.call('message:send', { room, id, text: 'x' })), 'forbidden');
      else {
        const { seq, duplicate } = await client.call('message:send', { room, id, text: 'x' });
        says({ seq, duplicate }, { seq: ++head, duplicate: undefined });
        sent.set(user, { id, seq });
      }
    } else if (kind === 'repeat' && mine) {
      const { seq, duplicate } = await client.call('message:send', { room, id: mine.id, text: 'x' });
      says({ seq, duplicate }, { seq: mine.seq, duplicate: true });
    } else if (kind === 'conflict' && mine) {
      says(await code(client.call('message:send', { room, id: mine.id, text: 'other' })), 'conflict');
    } else if (kind === 'join') {
      if (!members.has(user)) {
        members.add(user);
        head++;
      }
      says(await world.join(room, user, node), head);
      ends.set(`${user} ${node}`, Number.POSITIVE_INFINITY);
    } else if (kind === 'read') {
      if (!members.has(user)) says(await code(client.call('events:read', { room, after: 0 })), 'forbidden');
      else {
        const { events } = await client.call('events:read', { room, after: 0, limit: 500 });
        says(
          events.map(event => event.seq),
          Array.from({ length: head }, (_, i) => i + 1),
        );
      }
    } else if (kind === 'leave' && user !== 0) {
      const copy = world.copy(room, user, node);
      if (copy) copy.heard = false;
      ends.delete(`${user} ${node}`);
      await client.call('room:leave', { room, forget: true });
      if (members.delete(user)) head++;
      // The same person's other socket is given the news, and nothing after it.
      const other = `${user} ${1 - node}`;
      if (ends.get(other) === Number.POSITIVE_INFINITY) ends.set(other, head);
    } else if (kind === 'kick' && user !== 0) {
      const owner = world.client(0, node);
      if (!members.has(user))
        says(await code(owner.call('member:remove', { room, user: USERS[user] })), 'not_found');
      else {
        says((await owner.call('member:remove', { room, user: USERS[user] })).seq, ++head);
        members.delete(user);
        for (const on of [0, 1])
          if (ends.get(`${user} ${on}`) === Number.POSITIVE_INFINITY) ends.set(`${user} ${on}`, head);
      }
    }
  }
  await Promise.all(
    [...ends].map(async ([socket, end]) => {
      const [user, node] = socket.split(' ').map(Number) as [number, number];
      const due = Math.min(end, head);
      const copy = world.copy(room, user, node) as Copy;
      // Who was told to join again and is no member any more has nothing to come back to.
      if (copy.resync && end !== Number.POSITIVE_INFINITY) return;
      const held = () =>
        `${room}: ${USERS[user]} on node ${node} holds ${copy.cursor}, due is ${due} of ${head}`;
      await until(
        async () => {
          if (copy.resync && copy.cursor < due) await world.join(room, user, node);
          return copy.cursor >= due;
        },
        () => `${held()}; ${script(commands)}`,
        { patience: PATIENCE, every: 20 },
      );
      assert.is(copy.cursor, due, `${held()}; ${script(commands)}`);
      copy.heard = false;
      if (end === Number.POSITIVE_INFINITY) await world.client(user, node).call('room:leave', { room });
    }),
  );
}

test(`${RUNS} sequences of ${STEPS} commands by three people on two nodes`, async () => {
  await using north = await boot();
  await using south = await boot({ databaseUrl: north.databaseUrl });
  await using parts = new AsyncDisposableStack();
  const clients: TestClient[][] = [];
  for (const user of USERS) {
    const own: TestClient[] = [];
    for (const hub of [north, south])
      own.push(parts.use(await connect(hub.url, { token: await hub.token(user) })));
    clients.push(own);
  }
  const world = new World(clients);
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  const sequences = fc.sample(fc.array(command, { minLength: STEPS, maxLength: STEPS }), {
    numRuns: RUNS,
    seed,
  });
  for (let first = 0; first < RUNS; first += AT_ONCE) {
    const batch = sequences.slice(first, first + AT_ONCE);
    const ended = await Promise.allSettled(
      batch.map((commands, i) => run(world, `room-${first + i}`, commands)),
    );
    for (const one of ended) {
      if (one.status === 'rejected') assert.unreachable(`SEED=${seed}: ${(one.reason as Error).message}`);
    }
    assert.equal(world.faults, [], `SEED=${seed}`);
    for (const client of clients.flat()) client.pushes.length = 0;
  }
});

test.run();
