// The exact scan: finds what a plain computation finds, in the rooms that are named alone, whatever came and went before.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '../../hub/vector-bytes.ts';
import { createShelf } from './shelf.ts';

const test = suite('search/vectors/shelf');
const SIZE = 10;

const unit = (values: readonly number[]): Float32Array => {
  const length = Math.hypot(...values) || 1;
  return Float32Array.from(values, value => value / length);
};
const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
const vector = fc
  .array(fc.integer({ min: -100, max: 100 }), { minLength: SIZE, maxLength: SIZE })
  .filter(values => values.some(value => value !== 0))
  .map(unit);
const change = fc.record({
  room: fc.constantFrom('a', 'b', 'c'),
  seq: fc.integer({ min: 1, max: 200 }),
  vector: fc.option(vector),
});

test('the same as a plain computation, but for what packing costs (attack 26: of these rooms alone)', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), vector, (changes, query) => {
      const shelf = createShelf(SIZE);
      const plain = new Map<string, { room: string; seq: number; vector: Float32Array }>();
      for (const { room, seq, vector: one } of changes) {
        shelf.apply([{ room, seq, ...(one && pack(one)) }]);
        if (one) plain.set(`${room} ${seq}`, { room, seq, vector: one });
        else plain.delete(`${room} ${seq}`);
      }
      const rooms = [
        { id: 'a', since: 1, head: 200 },
        { id: 'b', since: 50, head: 200 },
        { id: 'nowhere', since: 1, head: 1 },
      ];
      const readable = [...plain.values()].filter(
        ({ room, seq }) => room === 'a' || (room === 'b' && seq >= 50),
      );
      const expected = readable.map(one => cosine(one.vector, query)).sort((a, b) => b - a);
      const found = shelf.nearest(query, rooms, 20);
      assert.is(found.length, Math.min(20, readable.length));
      found.forEach(({ room, seq, score }, at) => {
        const one = plain.get(`${room} ${seq}`);
        assert.ok(one && (room === 'a' || (room === 'b' && seq >= 50)));
        assert.ok(Math.abs(cosine(one.vector, query) - score) < 0.015, 'packing costs about a hundredth');
        assert.ok(Math.abs((expected[at] ?? 0) - score) < 0.03);
      });
      assert.is(new Set(found.map(({ room, seq }) => `${room} ${seq}`)).size, found.length);
    }),
    { numRuns: 60 },
  );
});

test.run();
