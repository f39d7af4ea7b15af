// A feed under every order of hints, gaps, joins, removals and returns: each socket gets each entry of its stay once, in order, and no other.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { HandOvers, Stay as NotedStay } from './hand-overs.ts';
import type { Log, Outlet, Page } from './ports.ts';
import { createRoomFeeds } from './room-feeds.ts';

const test = suite('room feed');
const RUNS = Number(process.env.FEED_RUNS ?? 10_000);
const USERS = ['ada', 'bob', 'cleo'];
const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What one socket was given, in the order in which it was given. */
interface Seen {
  readonly seqs: number[];
  removedAfter?: number;
}

/** A socket's subscription, and the entry after which it began. */
interface Stay {
  readonly socket: string;
  readonly user: string;
  readonly from: number;
}

/** A log that grows in front of one node, which hears of it by hints that may be late, lost, repeated or in disorder. */
function world() {
  const entries: LogEvent[] = [];
  const members = new Set<string>();
  const seen = new Map<string, Seen>();
  const faults: string[] = [];
  /** What came in frames, for the ledger's word to be held against. */
  const framed = new Map<string, number[]>();
  const noteOf = ({ socket, since, cursor }: NotedStay) => {
    const told = Array.from({ length: cursor - since }, (_, i) => since + 1 + i);
    const given = framed.get(socket) ?? [];
    if (told.join() !== given.join()) faults.push(`${socket} is noted with ${told}, and was given ${given}`);
  };
  const handOvers: HandOvers = {
    carried(carrier, events) {
      const last = events.at(-1)?.seq as number;
      for (const stay of carrier.stays()) {
        noteOf(stay);
        if (Math.max(stay.since, stay.cursor) < last)
          faults.push(`${stay.socket} listens, and ${last} passed it`);
      }
    },
    ended: (_, stay) => noteOf(stay),
    closed(carrier) {
      if ([...carrier.stays()].length > 0) faults.push('a feed closed over somebody who listened');
    },
  };
  const outlet: Outlet = {
    events(sockets, frame) {
      for (const socket of sockets) {
        framed.set(socket, [...(framed.get(socket) ?? []), ...frame.events.map(event => event.seq)]);
        const one = seen.get(socket);
        if (!one) faults.push(`a frame for ${socket}, which is not subscribed`);
        else if (one.removedAfter !== undefined) faults.push(`a frame for ${socket} after its removal`);
        else one.seqs.push(...frame.events.map(event => event.seq));
      }
    },
    clogged: () => false,
    removed(socket) {
      const one = seen.get(socket);
      if (one) one.removedAfter = one.seqs.at(-1) ?? 0;
    },
    resync: sockets => void faults.push(`resync for ${sockets.join()}`),
    presence: () => {},
    presenceCounts: () => {},
    typing: () => {},
    summary: () => {},
    bot: () => {},
    reports: () => {},
    draft: () => {},
    end: () => {},
    read: () => {},
    fileProgress: () => {},
    announcement: () => {},
  };
  const head = () => entries.length;
  const roster = () => [...members].map(user => ({ user, name: user, role: 'member' as const }));
  const feeds = createRoomFeeds({
    outlet,
    log,
    handOvers,
    moved: () => {},
    store: {
      // The answer is what the database holds when it is asked; it arrives some turns later.
      async openFeed() {
        const start = { epoch: 'e', head: head(), members: roster() };
        await turn();
        return start;
      },
      async feedEvents(_room, after): Promise<Page<'events'>> {
        const page = { epoch: 'e', head: head(), items: entries.slice(after, after + 7) };
        await turn();
        return page;
      },
      async heads(rooms) {
        const answer = Object.fromEntries(rooms.map(room => [room, { epoch: 'e', head: head() }]));
        await turn();
        return answer;
      },
    },
  });
  const write = (type: 'member.joined' | 'member.left' | 'message.created', user: string) => {
    if (type === 'member.joined') members.add(user);
    if (type === 'member.left') members.delete(user);
    const seq = head() + 1;
    entries.push({
      seq,
      id: `${seq}`,
      type,
      at: '',
      by: user,
      data: { user, name: user, role: 'member', text: '' },
    } as never);
  };
  const hint = (from: number, to: number) =>
    feeds.offer([{ room: 'room', epoch: 'e', head: to, events: entries.slice(from, to) }]);
  return { entries, members, seen, faults, feeds, head, write, hint };
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve));

type Step =
  | { do: 'write'; user: number; count: number; hint: 'now' | 'lost' | 'late' }
  | { do: 'hint'; from: number; to: number }
  | { do: 'join'; user: number }
  | { do: 'drop'; user: number }
  | { do: 'kick'; user: number }
  | { do: 'turn' }
  | { do: 'poll' };

const user = fc.nat(USERS.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      user,
      count: fc.integer({ min: 1, max: 4 }),
      hint: fc.constantFrom('now' as const, 'lost' as const, 'late' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hint' as const), from: fc.nat(40), to: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), user }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), user }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kick' as const), user }) },
  { weight: 4, arbitrary: fc.constant({ do: 'turn' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'poll' as const }) },
);

test(`${RUNS} interleavings: dense from the join to the removal or the end, and noted as it was (I4, I5, I9)`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async steps => {
      const { entries, members, seen, faults, feeds, head, write, hint } = world();
      const stays: Stay[] = [];
      write('member.joined', 'ada');
      const joins: Promise<void>[] = [];
      const polls: Promise<void>[] = [];
      let sockets = 0;

      /** As rooms.ts does it: no await between the look at the members and the subscription. */
      const join = async (name: string): Promise<void> => {
        if (!members.has(name)) {
          write('member.joined', name);
          hint(head() - 1, head());
        }
        const at = head();
        const feed = await feeds.open('room', { epoch: 'e', head: at });
        const missed = feed.members.has(name) ? feed.attach(`${name}-${sockets}`, name, at) : [];
        if (feed.members.has(name) && missed) {
          const socket = `${name}-${sockets++}`;
          feeds.subscribed(socket, feed);
          seen.set(socket, { seqs: missed.map(event => event.seq) });
          stays.push({ socket, user: name, from: at });
        }
        feeds.release(feed);
        if (!missed) await join(name);
      };

      for (const one of steps) {
        const name = 'user' in one ? (USERS[one.user] as string) : '';
        if (one.do === 'write') {
          const from = head();
          for (let i = 0; i < one.count; i++) write('message.created', name);
          const to = head();
          if (one.hint === 'now') hint(from, to);
          if (one.hint === 'late') void turn().then(() => hint(from, to));
        } else if (one.do === 'hint')
          hint(Math.min(one.from, one.to, head()), Math.min(Math.max(one.from, one.to), head()));
        else if (one.do === 'join') joins.push(join(name));
        else if (one.do === 'drop') {
          const stay = stays.findLast(other => other.user === name);
          if (stay && seen.has(stay.socket)) {
            feeds.detachAll(stay.socket);
            seen.delete(stay.socket);
          }
        } else if (one.do === 'kick' && members.has(name)) {
          write('member.left', name);
          hint(head() - 1, head());
        } else if (one.do === 'turn') await turn();
        else if (one.do === 'poll') polls.push(feeds.poll());
      }
      await Promise.all([...joins, ...polls]);

      const endOf = (stay: Stay) =>
        entries.find(event => event.type === 'member.left' && event.by === stay.user && event.seq > stay.from)
          ?.seq;
      const expected = (stay: Stay) =>
        Array.from({ length: (endOf(stay) ?? head()) - stay.from }, (_, i) => stay.from + 1 + i);
      const settled = () =>
        stays.every(
          stay =>
            (seen.get(stay.socket)?.seqs.at(-1) ?? 0) >= (expected(stay).at(-1) ?? 0) ||
            !seen.has(stay.socket),
        );
      // Quiet: polls close what hints left open, and fan-outs end.
      const patience = performance.now() + 20_000;
      while (!settled() && performance.now() < patience) {
        await feeds.poll();
        await turn();
      }
      await turn();
      await turn();

      assert.equal(faults, []);
      for (const stay of stays) {
        const got = seen.get(stay.socket);
        if (!got) continue;
        assert.equal(got.seqs, expected(stay), `${stay.socket} from ${stay.from}`);
        const told = got.removedAfter !== undefined;
        assert.is(told, endOf(stay) !== undefined, `${stay.socket} was told of its removal`);
      }
    }),
    { numRuns: RUNS },
  );
});

test('a fan-out to thousands lets the loop turn between slices', async () => {
  const { seen, feeds, write, hint, head } = world();
  write('member.joined', 'ada');
  const feed = await feeds.open('room', { epoch: 'e', head: head() });
  for (let i = 0; i < 3000; i++) {
    seen.set(`s${i}`, { seqs: [] });
    feed.attach(`s${i}`, 'ada', head());
  }
  write('message.created', 'ada');
  hint(head() - 1, head());
  let turns = 0;
  while ([...seen.values()].some(one => one.seqs.length === 0)) {
    await turn();
    turns++;
    assert.ok(turns < 100);
  }
  assert.ok(turns >= 10, `${turns} turns`);
  feeds.release(feed);
});

test('a feed is of the log that its caller read, and of no other: a backup may be restored at any moment (I15)', async () => {
  const world = { epoch: 'old', head: 9 };
  const told: string[] = [];
  const feeds = createRoomFeeds({
    outlet: { resync: (sockets: readonly string[]) => void told.push(...sockets) } as never,
    log,
    moved: () => {},
    store: {
      openFeed: async () => ({ ...world, members: [] }),
      feedEvents: async () => ({ ...world, items: [] }),
      heads: async () => ({}),
    },
  });
  const old = await feeds.open('room', world);
  old.attach('s', 'ada', 9);
  const before = { ...world };
  Object.assign(world, { epoch: 'new', head: 3 });
  const feed = await feeds.open('room', world);
  assert.equal([feed.epoch, feed.applied], ['new', 3]);
  assert.equal(told, ['s'], 'who followed the old log begins again');
  feeds.release(feed);
  // What somebody read before the restore leads to no place in the log that there is now.
  const stale = await feeds.open('room', before).catch(error => error);
  assert.is(stale.code, 'unavailable');
});

test.run();
