// The part of the Query DSL that a hub needs, evaluated over one index. Everything else is refused, as Elasticsearch refuses what it
// does not know; wildcard, regexp, query_string and scripts are among that on purpose.
import { badRequest } from './answers.ts';
import type { IndexStore } from './index-store.ts';
import type { Source } from './mapping.ts';
import { type MatchOptions, matchField, matchPhrase, matchPrefix } from './match.ts';

export type Scores = ReadonlyMap<string, number>;
type Body = Record<string, unknown>;
type Evaluate = (store: IndexStore, body: Body) => Scores;

/** Values in one terms query (index.max_terms_count). */
const MAX_TERMS = 65_536;

/** Every document that fits, with its score. @throws ElasticProblem when the query is not one */
export function evaluate(store: IndexStore, query: unknown): Scores {
  const [name, body] = only(query, 'query');
  const known = kinds[name];
  if (!known) throw badRequest('parsing_exception', `unknown query [${name}]`);
  const { boost = 1, ...rest } = object(body, name);
  const scores = known(store, rest);
  return boost === 1 ? scores : mapValues(scores, score => score * Number(boost));
}

const mapValues = (scores: Scores, change: (score: number) => number): Scores =>
  new Map(Array.from(scores, ([id, score]) => [id, change(score)]));
const object = (value: unknown, where: string): Body => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body;
  throw badRequest('parsing_exception', `[${where}] query malformed, no start_object after query name`);
};
const only = (value: unknown, where: string): [name: string, value: unknown] => {
  const entries = Object.entries(object(value, where));
  const [first] = entries;
  if (entries.length === 1 && first) return first;
  throw badRequest(
    'parsing_exception',
    `[${where}] query malformed, it has ${entries.length} names where one is wanted`,
  );
};
const list = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** A field with its options, in the short form or the long one. */
function fieldOf(body: Body, name: string, main: string): [field: string, options: Body] {
  const [field, value] = only(body, name);
  return [field, typeof value === 'object' && value !== null ? (value as Body) : { [main]: value }];
}

const everything = (store: IndexStore): Scores => new Map(Array.from(store.visible.keys(), id => [id, 1]));

function where(store: IndexStore, fits: (source: Source) => boolean): Scores {
  const found = new Map<string, number>();
  for (const [id, source] of store.visible) if (fits(source)) found.set(id, 1);
  return found;
}

const holds = (source: Source, field: string, fits: (value: unknown) => boolean): boolean =>
  list(source[field]).some(value => value !== null && fits(value));

function bool(store: IndexStore, body: Body): Scores {
  const clauses = (name: string) => list(body[name]).map(one => evaluate(store, one));
  const [must, filter, should, not] = ['must', 'filter', 'should', 'must_not'].map(clauses) as [
    Scores[],
    Scores[],
    Scores[],
    Scores[],
  ];
  const required = [...must, ...filter];
  const least = leastOf(body.minimum_should_match, should.length, required.length > 0 ? 0 : 1);
  const [smallest, ...others] = required.toSorted((a, b) => a.size - b.size);
  const candidates =
    smallest?.keys() ??
    (should.length > 0 ? new Set(should.flatMap(one => [...one.keys()])) : store.visible.keys());
  const found = new Map<string, number>();
  for (const id of candidates) {
    if (!others.every(one => one.has(id)) || not.some(one => one.has(id))) continue;
    if (should.filter(one => one.has(id)).length < least) continue;
    found.set(
      id,
      [...must, ...should].reduce((sum, one) => sum + (one.get(id) ?? 0), 0),
    );
  }
  return found;
}

function leastOf(value: unknown, count: number, otherwise: number): number {
  if (count === 0) return 0;
  if (value === undefined) return otherwise;
  const [, amount, percent] = /^(-?\d+)(%?)$/.exec(String(value)) ?? [];
  const asked = percent ? Math.trunc((count * Number(amount)) / 100) : Number(amount);
  return asked < 0 ? count + asked : asked;
}

const best = (all: readonly Scores[], tie: number): Scores => {
  const found = new Map<string, number>();
  for (const id of new Set(all.flatMap(one => [...one.keys()]))) {
    const scores = all.map(one => one.get(id) ?? 0);
    const highest = Math.max(...scores);
    found.set(id, highest + tie * (scores.reduce((sum, one) => sum + one, 0) - highest));
  }
  return found;
};

const BOUNDS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
};

const kinds: Readonly<Record<string, Evaluate>> = {
  match_all: store => everything(store),
  match_none: () => new Map(),
  bool,
  constant_score: (store, { filter }) => mapValues(evaluate(store, filter), () => 1),
  dis_max: (store, { queries, tie_breaker = 0 }) =>
    best(
      list(queries).map(one => evaluate(store, one)),
      Number(tie_breaker),
    ),
  match(store, body) {
    const [field, options] = fieldOf(body, 'match', 'query');
    return matchField(store, field, options as unknown as MatchOptions);
  },
  match_phrase(store, body) {
    const [field, { query, boost = 1 }] = fieldOf(body, 'match_phrase', 'query');
    return mapValues(matchPhrase(store, field, String(query)), score => score * Number(boost));
  },
  multi_match(store, { fields, type = 'best_fields', tie_breaker = 0, ...options }) {
    const scores = list(fields).map(one => {
      const [field = '', boost = '1'] = String(one).split('^');
      const found =
        type === 'phrase'
          ? matchPhrase(store, field, String(options.query))
          : matchField(store, field, options as unknown as MatchOptions);
      return mapValues(found, score => score * Number(boost));
    });
    return best(scores, type === 'most_fields' ? 1 : Number(tie_breaker));
  },
  prefix(store, body) {
    const [field, { value }] = fieldOf(body, 'prefix', 'value');
    return store.mapping.texts.has(field)
      ? matchPrefix(store, field, String(value))
      : where(store, source => holds(source, field, one => String(one).startsWith(String(value))));
  },
  term(store, body) {
    const [field, { value }] = fieldOf(body, 'term', 'value');
    return where(store, source => holds(source, field, one => String(one) === String(value)));
  },
  terms(store, body) {
    const [field, values] = only(body, 'terms');
    const wanted = new Set(list(values).map(String));
    if (wanted.size > MAX_TERMS)
      throw badRequest(
        'illegal_argument_exception',
        `The number of terms [${wanted.size}] used in the Terms Query request has exceeded the allowed maximum of [${MAX_TERMS}]. This maximum can be set by changing the [index.max_terms_count] index level setting.`,
      );
    return where(store, source => holds(source, field, one => wanted.has(String(one))));
  },
  range(store, body) {
    const [field, { format: _, ...bounds }] = fieldOf(body, 'range', 'gte');
    const number = (value: unknown) =>
      store.mapping.typeOf(field) === 'date' ? Date.parse(String(value)) : Number(value);
    return where(store, source =>
      holds(source, field, one =>
        Object.entries(bounds).every(([name, bound]) => {
          const compare = BOUNDS[name];
          if (!compare) throw badRequest('parsing_exception', `[range] query does not support [${name}]`);
          return compare(number(one), number(bound));
        }),
      ),
    );
  },
  exists: (store, { field }) => where(store, source => holds(source, String(field), () => true)),
};
