// What a node notes of what it gives: kept while the database is away, in order, never more exact than it is known.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '#shared/protocol/events.ts';
import { Unreachable } from './errors.ts';
import type { Carrier, Stay } from './hand-overs.ts';
import { Ledger } from './ledger.ts';
import type { Log } from './ports.ts';
import type { LedgerStore } from './ports-ledger.ts';

const test = suite('ledger');
const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
type Notes = Parameters<LedgerStore['noteDeliveries']>[0];

function world() {
  const written: Notes[] = [];
  const errors: string[] = [];
  let fails: Error | undefined;
  const store = {
    async noteDeliveries(notes: Notes) {
      if (fails) throw fails;
      written.push(notes);
      return { now: Date.now() };
    },
  } as LedgerStore;
  const log: Log = { ...quiet, error: (_, message) => void errors.push(message) };
  const ledger = new Ledger({ store, node: 'one', log });
  const fail = (error?: Error) => {
    fails = error;
  };
  return { ledger, written, errors, fail };
}

/** A room of so many who listen, from the beginning. */
function room(sockets: number): { carrier: Carrier; stays: (Stay & { cursor: number })[] } {
  const stays = Array.from({ length: sockets }, (_, n) => ({
    socket: `s${n}`,
    user: `u${n}`,
    since: 0,
    cursor: 0,
    began: performance.now(),
    noted: false,
  }));
  return { stays, carrier: { place: { room: 'lobby', epoch: 'e' }, stays: () => stays } };
}

const entries = (first: number, last: number, ageMs = 0) =>
  Array.from({ length: last - first + 1 }, (_, i) => ({
    seq: first + i,
    at: new Date(Date.now() - ageMs).toISOString(),
  })) as LogEvent[];

test('a thousand who listen are one range a time and one line each, whatever is said; who heard nothing is no line', async () => {
  const { ledger, written } = world();
  const { carrier, stays } = room(2500);
  for (const { user, socket } of stays) ledger.connected(user, socket, { device: `d-${socket}` });
  await ledger.write();
  for (const round of [1, 2, 3]) {
    for (const stay of stays) stay.cursor = round * 10;
    ledger.carried(carrier, entries(round * 10 - 9, round * 10));
  }
  await ledger.write();
  const [, ...groups] = written;
  assert.equal(
    groups.map(({ items }) => items.length),
    [1000, 1000, 500],
  );
  assert.equal(
    groups.map(({ carried }) => carried.map(({ first, last }) => [first, last])),
    [[], [], [[1, 30]]],
  );
  assert.is(groups[0]?.items[0]?.last, undefined, 'it listens on');
  for (const stay of stays) stay.cursor = 40;
  ledger.carried(carrier, entries(31, 40));
  ledger.ended(carrier, stays[0] as Stay);
  ledger.ended(carrier, { ...(stays[1] as Stay), since: 40 });
  await ledger.write();
  const last = written.at(-1);
  assert.equal(
    last?.items.map(({ socket, first, last }) => [socket, first, last]),
    [['s0', 1, 40]],
  );
  assert.equal(
    last?.carried.map(({ first, last }) => [first, last]),
    [[1, 40]],
  );
});

test('how late entries left is told in steps, begins anew when it gets worse, and is not told when nobody knows', async () => {
  const { ledger, written } = world();
  const { carrier } = room(0);
  ledger.carried(carrier, entries(1, 2));
  await ledger.write();
  ledger.carried(carrier, entries(3, 4));
  ledger.carried(carrier, entries(5, 5, 700));
  ledger.carried(carrier, entries(6, 6));
  ledger.carried(carrier, entries(7, 7, 90_000_000));
  await ledger.write();
  const ranges = written.flatMap(({ carried }) =>
    carried.map(({ first, last, within }) => [first, last, within]),
  );
  assert.equal(ranges, [
    [1, 2, undefined],
    [1, 7, undefined],
  ]);
  const fresh = world();
  await fresh.ledger.write();
  for (const [seq, age] of [
    [1, 0],
    [2, 700],
    [3, 0],
    [4, 90_000_000],
  ] as const)
    fresh.ledger.carried(carrier, entries(seq, seq, age));
  await fresh.ledger.write();
  assert.equal(
    fresh.written.at(-1)?.carried.map(({ first, last, within }) => [first, last, within]),
    [
      [1, 1, 100],
      [2, 3, 1000],
      [4, 4, undefined],
    ],
  );
});

test('while the database is away nothing is lost and nothing doubled; what it refuses is told and let go', async () => {
  const { ledger, written, errors, fail } = world();
  ledger.connected('ada', 's', { device: 'd', client: 'c' });
  const place = { room: 'lobby', epoch: 'e' };
  ledger.given('s', 'page', place, entries(51, 100));
  fail(new Unreachable('away', false));
  await ledger.write().then(
    () => assert.unreachable(),
    error => assert.instance(error, Unreachable),
  );
  ledger.given('s', 'page', place, entries(1, 50));
  ledger.given('s', 'page', place, entries(40, 60));
  ledger.given('s', 'page', place, []);
  ledger.named('s', 'read', place, 90);
  ledger.named('s', 'read', place, 80);
  ledger.named('s', 'acknowledged', place, 0);
  ledger.given('stranger', 'page', place, entries(1, 2));
  await ledger.write().catch(() => {});
  fail();
  await ledger.write();
  const told = written.flatMap(({ items }) => items.map(({ via, first, last }) => [via, first, last]));
  assert.equal(told, [
    ['page', 51, 100],
    ['page', 1, 60],
    ['read', 90, 90],
  ]);
  assert.ok(written.every(({ items }) => items.every(({ ago, fromAgo }) => ago >= 0 && fromAgo >= ago)));

  fail(new Error('no such thing'));
  ledger.named('s', 'read', place, 95);
  await ledger.write();
  assert.is(errors.length, 1);
  fail();
  await ledger[Symbol.asyncDispose]();
  assert.equal([written.at(-1)?.ended, written.at(-1)?.items], [true, []]);
});

test.run();
