import { mock } from 'node:test';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Alarm } from './alarm.ts';
import { CallError } from './errors.ts';
import { ReadMarker } from './read-marker.ts';
import { RoomTyping } from './room-typing.ts';
import { TokenRefresher, tokenExpiry } from './tokens.ts';

const test = suite('what happens in time');
const settle = () => new Promise<void>(resolve => setImmediate(resolve));

test.before.each(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
test.after.each(() => mock.timers.reset());

test('an alarm rings once, at the last time it was set to, and not after it was cleared', () => {
  const alarm = new Alarm();
  const rings: string[] = [];
  alarm.set(10, () => rings.push('early'));
  alarm.set(20, () => rings.push('late'));
  mock.timers.tick(30);
  alarm.set(10, () => rings.push('cleared'));
  alarm.clear();
  mock.timers.tick(30);
  assert.equal(rings, ['late']);
  assert.not(alarm.isSet);
});

test('typing is told sparingly, and ends 5 s after the last key', () => {
  const told: [number, boolean][] = [];
  const start = Date.now();
  const typing = new RoomTyping(
    on => told.push([Date.now() - start, on]),
    () => {},
  );
  for (let key = 0; key < 40; key++) {
    typing.own(true);
    mock.timers.tick(100);
  }
  for (let tenth = 0; tenth < 100; tenth++) mock.timers.tick(100);
  assert.equal(told, [
    [0, true],
    [3000, true],
    [8900, false],
  ]);
  typing.own(true);
  typing.own(false);
  typing.own(false);
  mock.timers.tick(10_000);
  assert.equal(
    told.slice(3).map(([, on]) => on),
    [true, false],
  );
});

test('others type until they stop, or nothing is heard of them', () => {
  let changes = 0;
  const typing = new RoomTyping(
    () => {},
    () => changes++,
  );
  typing.other('bob', true);
  typing.other('bob', true);
  typing.other('eve', true);
  assert.equal([typing.users, changes], [['bob', 'eve'], 2]);
  typing.other('bob', false);
  typing.other('bob', false);
  assert.equal([typing.users, changes], [['eve'], 3]);
  mock.timers.tick(30_000);
  assert.equal([typing.users, changes], [[], 4]);
});

test('marks of reading are gathered and never go back (I8)', async () => {
  const told: number[] = [];
  const marker = new ReadMarker(async seq => {
    told.push(seq);
    return seq;
  });
  assert.ok(marker.mark(1));
  for (const seq of [2, 5, 3, 4]) marker.mark(seq);
  assert.not(marker.mark(4));
  assert.is(marker.seq, 5);
  await settle();
  mock.timers.tick(1000);
  await settle();
  assert.equal(told, [1, 5]);
  mock.timers.tick(5000);
  await settle();
  assert.equal(told, [1, 5]);
});

test('a mark that was lost is told again at the next join; a new log begins where the hub says', async () => {
  const told: number[] = [];
  let fails = true;
  const marker = new ReadMarker(async seq => {
    told.push(seq);
    if (fails) throw new CallError('unknown', 'lost');
    return seq;
  });
  marker.mark(7);
  await settle();
  fails = false;
  marker.joined(3, false);
  await settle();
  assert.equal([told, marker.seq], [[7, 7], 7]);
  marker.joined(2, true);
  await settle();
  assert.equal([told, marker.seq], [[7, 7], 2]);
});

const jwt = (exp: number) => `head.${btoa(JSON.stringify({ sub: 'ada', exp: exp / 1000 }))}.sign`;

test('a token is swapped a minute before it ends by the clock of the hub, again and again', async () => {
  const swaps: number[] = [];
  const start = Date.now();
  // The hub's clock is an hour ahead.
  const hub = (ms: number) => start + 3_600_000 + ms;
  const refresher = new TokenRefresher(
    async () => {
      swaps.push(Date.now() - start);
      return jwt(hub(Date.now() - start + 900_000));
    },
    error => {
      throw error;
    },
  );
  refresher.start(jwt(hub(900_000)), new Date(hub(0)).toISOString());
  for (let minute = 0; minute < 30; minute++) {
    mock.timers.tick(60_000);
    await settle();
  }
  assert.equal(swaps, [840_000, 1_680_000]);
  refresher.stop();
  mock.timers.tick(10_000_000);
  assert.is(swaps.length, 2);
});

test('a swap that fails is tried again, and one that comes too late sets no timer', async () => {
  const start = Date.now();
  let answer: (token: string) => void = () => {};
  let swaps = 0;
  const warnings: Error[] = [];
  const refresher = new TokenRefresher(
    () => {
      swaps++;
      if (swaps === 1) return Promise.reject(new Error('away'));
      if (swaps === 2) return Promise.resolve(jwt(start + 4000));
      return new Promise(resolve => {
        answer = resolve;
      });
    },
    error => warnings.push(error),
  );
  refresher.start(jwt(start + 4000), new Date(start).toISOString());
  mock.timers.tick(3000);
  await settle();
  mock.timers.tick(1500);
  await settle();
  assert.equal(
    [swaps, warnings.map(warning => warning.message)],
    [2, ['away', 'getToken gave the token that is about to end once more']],
  );
  mock.timers.tick(2500);
  await settle();
  assert.is(swaps, 3);
  refresher.stop();
  answer(jwt(start + 10_000));
  await settle();
  mock.timers.tick(60_000);
  await settle();
  assert.is(swaps, 3);
});

test('a token that is no JWT has no end that one could read', () => {
  assert.is(tokenExpiry('opaque'), undefined);
  assert.is(tokenExpiry('a.b.c'), undefined);
  assert.is(tokenExpiry(jwt(5000)), 5000);
});

test.run();
