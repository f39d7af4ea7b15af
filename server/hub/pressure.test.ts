// What is refused at which load, that the order never turns round, and that the level neither flaps nor stays (guarantees, "Overload").
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classes, createPressure, type Pressure } from './pressure.ts';

const test = suite('pressure');
/** Samples in five seconds. */
const FIVE_SECONDS = 25;

function pressed(waitMs = 0) {
  const queue = { waitMs };
  const pressure = createPressure({ waitMs: () => queue.waitMs });
  return {
    queue,
    pressure,
    sample: (loopDelayMs: number, memory = 0.1) => pressure.sample({ loopDelayMs, memory }),
  };
}
const refused = (pressure: Pressure) => classes.filter(what => pressure.refuses(what));

test('each class goes at its load: of the loop, of the queue, of both together, of memory', () => {
  const rows: [loopDelayMs: number, waitMs: number, memory: number, level: number][] = [
    [0, 0, 0.1, 0],
    [199, 0, 0.79, 0],
    [200, 0, 0.1, 1],
    [0, 200, 0.1, 1],
    [100, 100, 0.1, 1],
    [230, 0, 0.1, 2],
    [0, 250, 0.1, 3],
    [240, 40, 0.1, 4],
    [299, 0, 0.1, 4],
    [400, 0, 0.1, 5],
    [0, 60_000, 0.1, 5],
    [0, 0, 0.8, 1],
    [0, 0, 0.87, 3],
    [0, 0, 0.95, 5],
    [200, 0, 0.87, 3],
  ];
  for (const [loopDelayMs, waitMs, memory, level] of rows) {
    const { pressure, sample } = pressed(waitMs);
    sample(loopDelayMs, memory);
    sample(loopDelayMs, memory);
    assert.is(pressure.level, level, `${[loopDelayMs, waitMs, memory]}`);
    assert.equal(refused(pressure), classes.slice(0, level));
  }
});

test('whatever the load does, who is missed more is never refused before who is missed less', () => {
  const moment = fc.record({
    loopDelayMs: fc.nat(1000),
    waitMs: fc.nat(1000),
    memory: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(moment, { maxLength: 40 }), moments => {
      const { queue, pressure, sample } = pressed();
      for (const { loopDelayMs, waitMs, memory } of moments) {
        sample(loopDelayMs, memory);
        queue.waitMs = waitMs;
        assert.equal(refused(pressure), classes.slice(0, pressure.level));
      }
    }),
  );
});

test('one long turn of the loop is no load, two in a row are', () => {
  const { pressure, sample } = pressed();
  for (const delay of [0, 5000, 0, 5000, 0]) {
    sample(delay);
    assert.is(pressure.level, 0);
  }
  sample(230);
  sample(230);
  assert.is(pressure.level, 2);
});

test('a load that swings round a limit moves the level once, not with each swing', () => {
  const { queue, pressure, sample } = pressed();
  const levels: number[] = [];
  for (let i = 0; i < 100; i++) {
    queue.waitMs = i % 8 < 4 ? 205 : 160;
    sample(0);
    levels.push(pressure.level);
  }
  assert.equal(new Set(levels), new Set([1]));
});

test('five seconds after the worst load nothing is refused any more', () => {
  const { queue, pressure, sample } = pressed(10_000);
  sample(10_000, 1);
  sample(10_000, 1);
  assert.is(pressure.describe(), 'shedding typing, AI and search, backfill, joins, sends');
  queue.waitMs = 3;
  for (let i = 0; i < FIVE_SECONDS; i++) sample(2);
  assert.is(pressure.level, 0);
  assert.is(pressure.describe(), 'ok');
});

test('sends are decided one by one: they go on as soon as the queue is short, while the classes before them still wait', () => {
  const { queue, pressure, sample } = pressed(600);
  sample(0);
  assert.is(pressure.refuses('sends'), true);
  queue.waitMs = 260;
  assert.equal([pressure.refuses('sends'), pressure.refuses('joins')], [false, true]);
});

test.run();
