import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTokenBuckets } from './token-buckets.ts';

const test = suite('limits/token-buckets');

function at(rate: { perSecond: number; burst: number }, maxKeys?: number) {
  const clock = { ms: 1000.125 };
  const buckets = createTokenBuckets(rate, { now: () => clock.ms, ...(maxKeys && { maxKeys }) });
  return { clock, buckets };
}

test('a rested key has its whole burst, then is told how long to wait, to the millisecond', () => {
  const { clock, buckets } = at({ perSecond: 20, burst: 40 });
  for (let n = 0; n < 40; n++) assert.ok(buckets.take('a', 1).ok, `take ${n}`);
  assert.equal(buckets.take('a', 1), { ok: false, retryAfterMs: 50 });
  clock.ms += 49;
  assert.not(buckets.take('a', 1).ok);
  clock.ms += 1;
  assert.ok(buckets.take('a', 1).ok);
  assert.not(buckets.take('a', 1).ok);
});

test('one key does not use up what is another key`s', () => {
  const { buckets } = at({ perSecond: 1, burst: 1 });
  assert.ok(buckets.take('a', 1).ok);
  assert.not(buckets.take('a', 1).ok);
  assert.ok(buckets.take('b', 1).ok);
});

test('a refusal costs nothing: asking all the time does not make the wait longer', () => {
  const { clock, buckets } = at({ perSecond: 1, burst: 1 });
  buckets.take('a', 1);
  for (let n = 0; n < 1000; n++) buckets.take('a', 1);
  clock.ms += 1000;
  assert.ok(buckets.take('a', 1).ok);
});

test('a cost above the burst takes the whole budget and is not refused for ever', () => {
  const { clock, buckets } = at({ perSecond: 10, burst: 10 });
  assert.ok(buckets.take('a', 1000).ok);
  assert.not(buckets.take('a', 1).ok);
  clock.ms += 100;
  assert.ok(buckets.take('a', 1).ok);
});

test('keys are forgotten once their budget is full again, and only then', () => {
  const { clock, buckets } = at({ perSecond: 1, burst: 10 });
  for (let n = 0; n < 10; n++) buckets.take('heavy', 1);
  for (let n = 0; n < 500; n++) buckets.take(`k${n}`, 1);
  assert.is(buckets.size, 501);
  clock.ms += 5000;
  buckets.take('heavy', 5);
  assert.not(buckets.take('heavy', 1).ok, 'half of it came back in half of the time');
  clock.ms += 20_000;
  buckets.take('other', 1);
  assert.is(buckets.size, 1);
});

test('with more keys than fit, memory stays bounded', () => {
  const { buckets } = at({ perSecond: 1, burst: 1000 }, 100);
  for (let n = 0; n < 10_000; n++) buckets.take(`k${n}`, 1);
  assert.ok(buckets.size <= 200, `${buckets.size} keys`);
});

test('in any span, a key gets no more than its burst and what refilled, and never less than a plain bucket would give', () => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 700 }), cost: fc.integer({ min: 1, max: 6 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const { clock, buckets } = at({ perSecond: 8, burst: 16 });
      let tokens = 16;
      for (const { wait, cost } of steps) {
        clock.ms += wait;
        tokens = Math.min(16, tokens + (wait * 8) / 1000);
        const plain = tokens + 1e-6 >= cost;
        if (plain) tokens -= cost;
        assert.is(buckets.take('a', cost).ok, plain);
      }
    }),
    { numRuns: 500 },
  );
});

test.run();
