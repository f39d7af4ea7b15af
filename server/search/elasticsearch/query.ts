// From a parsed query to Elasticsearch's Query DSL: exact pieces alone. What people type is a value in it and never a pattern, a script or a query
// language (attack 26).
import type { estypes } from '@elastic/elasticsearch';
import { stems } from '#shared/text/stem.ts';
import { wordsOf } from '#shared/text/words.ts';
import type { ReadableRoom, SearchQuery } from '../../hub/ports-search.ts';
import { LONGEST_PREFIX } from './schema.ts';

type Query = estypes.QueryDslQueryContainer;

/** Values in one terms query (index.max_terms_count). */
const MAX_TERMS = 65_536;
/** Rooms that are read from an entry on, in one request: each is clauses of its own, and these are limited. */
const MAX_RANGES = 500;
/** Shorter words are not guessed at. */
const SHORTEST_GUESS = 4;
/** What a message gains by holding the word as typed, another form of it, its beginning, or nearly it. */
const WEIGHTS = { exact: 3, stem: 1.5, beginning: 1, near: 0.3 };

const CJK = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/** One request for each part of the rooms that fits into one. */
export function requests(query: SearchQuery, rooms: readonly ReadableRoom[]): Query[] {
  const asked = questions(query);
  return roomFilters(rooms).map(room => ({
    bool: { ...asked, filter: [room, ...asked.filter] },
  }));
}

function questions({ words, match, near, phrases, without, from, since, until, has }: SearchQuery) {
  const each = words.map(one => word(one, near));
  const any: Query[] =
    match === 'any' && each.length > 0 ? [{ bool: { should: each, minimum_should_match: 1 } }] : each;
  return {
    must: [...any, ...phrases.map(phrase)],
    must_not: without.map(phrase),
    filter: [
      ...(from.length > 0 ? [{ terms: { by: [...from] } }] : []),
      ...(since || until
        ? [{ range: { at: { ...(since && { gte: since }), ...(until && { lt: until }) } } }]
        : []),
      ...has.map((what): Query => ({ term: { has: what } })),
    ],
  } satisfies estypes.QueryDslBoolQuery;
}

function word({ text, prefix }: SearchQuery['words'][number], near: boolean): Query {
  if (CJK.test(text)) return phrase(text);
  const match = (field: string, boost: number, more: Partial<estypes.QueryDslMatchQuery> = {}): Query => ({
    match: { [field]: { query: text, operator: 'and', boost, ...more } },
  });
  const ways = [match('text', WEIGHTS.exact), stemmed(text)];
  if (prefix) ways.push(beginning(text));
  else if (near && text.length >= SHORTEST_GUESS && !/\d/.test(text))
    ways.push(match('text', WEIGHTS.near, { fuzziness: 'AUTO', prefix_length: 1, max_expansions: 20 }));
  return { dis_max: { queries: ways, tie_breaker: 0 } };
}

/** Any form of each of its words: nobody says in which language they ask. */
const stemmed = (text: string): Query => {
  const forms = wordsOf(text).map(({ word }): Query => ({ match: { stems: stems(word).join(' ') } }));
  return { bool: { must: forms, boost: WEIGHTS.stem } };
};

/** A beginning is looked up as a word among beginnings; one longer than these is found by the words that it begins. */
const beginning = (text: string): Query =>
  [...text].length <= LONGEST_PREFIX
    ? { match: { 'text.beginnings': { query: text, operator: 'and', boost: WEIGHTS.beginning } } }
    : { prefix: { text: { value: text, boost: WEIGHTS.beginning } } };

const phrase = (text: string): Query => ({ match_phrase: { [CJK.test(text) ? 'text.cjk' : 'text']: text } });

/** The readable rooms as filters, each small enough for one request. Nothing readable: no request at all. */
function roomFilters(rooms: readonly ReadableRoom[]): Query[] {
  const whole = rooms.filter(({ since }) => since <= 1).map(({ id }) => id);
  const later = rooms.filter(({ since }) => since > 1);
  const open = chunks(whole, MAX_TERMS).map((ids): Query => ({ terms: { room: ids } }));
  const parts = chunks(later, MAX_RANGES).map((some): Query[] =>
    some.map(({ id, since }) => ({
      bool: { filter: [{ term: { room: id } }, { range: { seq: { gte: since } } }] },
    })),
  );
  const [first = [], ...more] = parts;
  const together = [...open, ...first];
  return [...(together.length > 0 ? [together] : []), ...more].map(should => ({
    bool: { should, minimum_should_match: 1 },
  }));
}

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
