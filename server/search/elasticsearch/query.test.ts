// What is asked of Elasticsearch: exact pieces alone, always within the rooms that the hub names (attack 26), however many they are.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SearchQuery } from '../../hub/ports-search.ts';
import { wanted } from '../../testing/contracts/search-index.ts';
import { requests } from './query.ts';

const test = suite('elasticsearch query');

/** Every name of a query that stands somewhere in it. */
const KINDS = ['bool', 'dis_max', 'match', 'match_phrase', 'prefix', 'range', 'term', 'terms'];
const FIELDS = ['at', 'by', 'has', 'room', 'seq', 'stems', 'text', 'text.beginnings', 'text.cjk'];
const CLAUSES = ['must', 'must_not', 'should', 'filter', 'queries'];

function check(query: unknown): void {
  const [[kind = '', body] = [], ...more] = Object.entries(query as object);
  assert.equal(more, []);
  assert.ok(KINDS.includes(kind), kind);
  if (kind === 'bool' || kind === 'dis_max') {
    for (const [name, inner] of Object.entries(body as object))
      if (CLAUSES.includes(name)) for (const one of inner as unknown[]) check(one);
    return;
  }
  assert.ok(
    Object.keys(body as object).every(field => FIELDS.includes(field)),
    JSON.stringify(body),
  );
}

interface RoomFilter {
  readonly bool: { readonly should: object[] };
}
const filterOf = ({ bool = {} }: ReturnType<typeof requests>[number]) => (bool.filter ?? []) as RoomFilter[];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('*', '.*', 'a?', '"', '{"wildcard":{}}', '日本', 'a'.repeat(300)),
);
const anyQuery: fc.Arbitrary<SearchQuery> = fc.record({
  words: fc.array(fc.record({ text, prefix: fc.boolean() }), { maxLength: 4 }),
  match: fc.constantFrom('all', 'any'),
  near: fc.boolean(),
  phrases: fc.array(text, { maxLength: 2 }),
  without: fc.array(text, { maxLength: 2 }),
  from: fc.array(text, { maxLength: 2 }),
  has: fc.subarray(['file', 'link', 'reaction', 'thread', 'pin'] as const),
});

test('whatever is typed, it is a value: no wildcard, no pattern, no query language, no script; and the rooms are in the filter', () => {
  fc.assert(
    fc.property(anyQuery, query => {
      const all = requests(query, [{ id: 'hall', since: 1, head: 9 }]);
      assert.is(all.length, 1);
      for (const one of all) {
        check(one);
        assert.equal(filterOf(one)[0], {
          bool: { should: [{ terms: { room: ['hall'] } }], minimum_should_match: 1 },
        });
      }
    }),
    { numRuns: 300 },
  );
});

test('more rooms than one list may hold, and more stays than one request may: nothing is left out, nothing asked without rooms', () => {
  const whole = Array.from({ length: 70_000 }, (_, n) => ({ id: `r${n}`, since: 1, head: 1 }));
  const later = Array.from({ length: 1100 }, (_, n) => ({ id: `p${n}`, since: 5, head: 9 }));
  const all = requests(wanted('hello'), [...whole, ...later]);
  assert.is(all.length, 3);
  const filters = all.map(one => filterOf(one)[0]?.bool.should ?? []);
  assert.ok(filters.every(should => should.length > 0));
  const lists = filters
    .flat()
    .flatMap(one => ('terms' in one ? [(one.terms as { room: string[] }).room] : []));
  assert.equal(
    lists.map(({ length }) => length),
    [65_536, 4464],
  );
  assert.is(filters.flat().length, 2 + 1100);
  assert.equal(requests(wanted('hello'), []), []);
});

test.run();
