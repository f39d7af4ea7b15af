import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backoffMs, RECONNECT } from './backoff.ts';

const test = suite('backoff');

test('starts within a second, doubles, never waits longer than the cap, and honours the hub', () => {
  fc.assert(
    fc.property(
      fc.nat(2000),
      fc.nat(60_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (n, after, at) => {
        const ms = backoffMs(n, after, { random: () => at }) - after;
        assert.ok(ms >= 0 && ms <= Math.min(30_000, 1000 * 2 ** n));
      },
    ),
  );
  const most = (attempt: number) => backoffMs(attempt, 0, { random: () => 0.999_999 });
  assert.equal([0, 1, 2, 3, 4, 5, 50].map(most), [999, 1999, 3999, 7999, 15_999, 29_999, 29_999]);
});

test('a connection starts within five seconds, under the same cap', () => {
  const most = (attempt: number) => backoffMs(attempt, 0, { ...RECONNECT, random: () => 0.999_999 });
  assert.equal([0, 1, 2, 3, 50].map(most), [4999, 9999, 19_999, 29_999, 29_999]);
});

test('spreads a crowd over the whole range', () => {
  const waits = Array.from({ length: 1000 }, () => backoffMs(3));
  for (let eighth = 0; eighth < 8; eighth++) {
    assert.ok(waits.some(ms => ms >= eighth * 1000 && ms < (eighth + 1) * 1000));
  }
});

test.run();
