// The checker is checked: it finds nothing in right lives of a hub, and each planted mistake by the invariant that it breaks.
// takes: 14 s
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Bug, bugs } from './bugs.ts';
import { check } from './check.ts';
import { live } from './model.ts';

const test = suite('chaos/checker');
const RUNS = Number(process.env.CHECKER_RUNS ?? 300);
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

const broken = (seed: number, bug?: Bug) => {
  const { history, state, reads, planted } = live(seed, bug);
  const verdicts = check(history, state, reads);
  return { planted, verdicts, broken: verdicts.filter(verdict => verdict.result === 'broken') };
};

test('a hub that keeps its promises breaks none, and every invariant had something to decide', () => {
  const decided = new Set<string>();
  fc.assert(
    fc.property(seeds, seed => {
      const { verdicts, broken: found } = broken(seed);
      assert.equal(
        found.map(({ invariant, violations }) => [invariant, violations[0]]),
        [],
      );
      for (const { invariant, facts } of verdicts) if (facts > 0) decided.add(invariant);
    }),
    { numRuns: RUNS },
  );
  assert.is(decided.size, 15);
});

for (const [bug, invariant] of Object.entries(bugs) as [Bug, string][]) {
  test(`${invariant} is broken by: ${bug}`, () => {
    let caught = 0;
    fc.assert(
      fc.property(seeds, seed => {
        const { planted, broken: found } = broken(seed, bug);
        if (planted === 0) return;
        caught++;
        assert.ok(
          found.some(verdict => verdict.invariant === invariant),
          `planted ${planted} times, and ${invariant} held; broken: ${found.map(one => one.invariant).join() || 'nothing'}`,
        );
      }),
      { numRuns: Math.ceil(RUNS / 10) },
    );
    assert.ok(caught > RUNS / 50, `the mistake was made in ${caught} lives only`);
  });
}

test.run();
