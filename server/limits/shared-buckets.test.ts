// The bounds that createSharedBuckets promises, over any number of nodes, takings and times at which they tell each other.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSharedBuckets } from './shared-buckets.ts';
import { createTokenBuckets } from './token-buckets.ts';

const test = suite('limits/shared-buckets');
const RATE = { perSecond: 8, burst: 16 };
const REFILL = (RATE.burst / RATE.perSecond) * 1000;
const KEY = 'k';

function nodesOf(count: number) {
  const clock = { ms: 1000.125, now: () => clock.ms };
  /** The ledger as Redis keeps it: the time at which a key owes nothing any more. */
  const paidAt = new Map<string, number>();
  const away = { yes: false };
  const ledger = async (told: ReadonlyMap<string, number>) => {
    if (away.yes) throw new Error('away');
    return [...told].map(([key, ms]) => {
      paidAt.set(key, Math.max(clock.ms, paidAt.get(key) ?? 0) + ms);
      return Math.floor((paidAt.get(key) as number) - clock.ms);
    });
  };
  const nodes = Array.from({ length: count }, () =>
    createSharedBuckets(createTokenBuckets(RATE, clock), ledger, clock),
  );
  return { clock, away, nodes };
}

const step = fc.record({
  wait: fc.integer({ min: 0, max: 400 }),
  node: fc.nat({ max: 4 }),
  takes: fc.integer({ min: 1, max: 20 }),
});

test('nodes together never refuse what one bucket would give, and never give more than is promised', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { minLength: 1, maxLength: 80 }),
      async (count, steps) => {
        const { clock, nodes } = nodesOf(count);
        const began = clock.ms;
        const one = createTokenBuckets(RATE, clock);
        let given = 0;
        let owedToOne = 0;
        let longest = 0;
        let shared = clock.ms;
        for (const { wait, node, takes } of steps) {
          clock.ms += wait;
          for (let n = 0; n < takes; n++) {
            const taken = (nodes[node % count] as (typeof nodes)[0]).take(KEY, 1).ok;
            // One bucket that was used exactly as the nodes were, and may owe for what they gave too much.
            const owed = one.owed(KEY);
            if (!taken) assert.ok(owed + 1000 / RATE.perSecond > REFILL - 2, `refused at ${owed} ms`);
            else {
              given++;
              one.owes(KEY, owed + one.price(1), clock.ms);
              owedToOne = Math.max(owedToOne, one.owed(KEY));
            }
          }
          if (clock.ms - shared >= 250) {
            longest = Math.max(longest, clock.ms - shared);
            shared = clock.ms;
            for (const each of nodes) await each.share();
          }
        }
        const d = Math.max(longest, clock.ms - shared) / 1000;
        const t = (clock.ms - began) / 1000;
        const most = RATE.burst + RATE.perSecond * t + (count - 1) * (RATE.burst + RATE.perSecond * d) + 1e-6;
        assert.ok(given <= most, `${given} given, ${most} promised`);
      },
    ),
    { numRuns: 1000 },
  );
});

test('over a long time the sum is near the rate, however the calls are spread', async () => {
  for (const count of [1, 2, 5]) {
    const { clock, nodes } = nodesOf(count);
    let given = 0;
    for (let ms = 0; ms < 300_000; ms += 50) {
      clock.ms += 50;
      for (const node of nodes) for (let n = 0; n < 2; n++) if (node.take(KEY, 1).ok) given++;
      if (ms % 250 === 0) for (const node of nodes) await node.share();
    }
    const due = RATE.perSecond * 300;
    assert.ok(
      given >= due && given <= due + count * (RATE.burst + 2),
      `${count} nodes gave ${given} of ${due}`,
    );
  }
});

test('one who rests on each node in turn gets no more: what was given too much stays owed', async () => {
  const { clock, nodes } = nodesOf(10);
  let given = 0;
  for (let round = 0; round < 20; round++) {
    for (const node of nodes) for (let n = 0; n < 100; n++) if (node.take(KEY, 1).ok) given++;
    for (const node of nodes) await node.share();
    clock.ms += 2 * REFILL + 1;
  }
  const due = RATE.perSecond * (clock.ms / 1000);
  assert.ok(given <= due + 10 * RATE.burst, `${given} of ${due}`);
});

test('while the ledger is away each node gives what it alone may, and tells no more than what is still owed', async () => {
  const { clock, away, nodes } = nodesOf(2);
  const [north, south] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
  away.yes = true;
  for (let s = 0; s < 60; s++) {
    clock.ms += 1000;
    for (let n = 0; n < 20; n++) north.take(KEY, 1);
    await assert_rejects(north.share());
  }
  away.yes = false;
  await north.share();
  assert.ok(south.take(KEY, 1).ok);
  await south.share();
  const refused = south.take(KEY, RATE.burst);
  assert.ok(
    !refused.ok && refused.retryAfterMs <= REFILL + 1000 / RATE.perSecond,
    'a minute`s worth was told',
  );
  clock.ms += REFILL + 1000 / RATE.perSecond + 2;
  assert.ok(south.take(KEY, RATE.burst).ok);
});

async function assert_rejects(work: Promise<unknown>): Promise<void> {
  const outcome = await work.then(
    () => 'resolved',
    () => 'rejected',
  );
  assert.is(outcome, 'rejected');
}

test.run();
