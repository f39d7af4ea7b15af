// Finds messages. Who may read what is decided by the database, when the search begins and once more when its hits are read (I9); an index in
// between only names candidates.
import { z } from 'zod';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { Message } from '#shared/protocol/models.ts';
import * as p from '#shared/protocol/primitives.ts';
import type { Embeddings } from './embeddings.ts';
import { HubError } from './errors.ts';
import type { Actor } from './ports.ts';
import type {
  Found,
  ReadableRoom,
  SearchIndex,
  SearchQuery,
  SearchScope,
  SearchStore,
} from './ports-search.ts';
import { type FileReading, highlightsOf, withPassages } from './search-files.ts';
import { createMatcher } from './search-match.ts';
import { createMeaning, together } from './search-meaning.ts';
import { parseQuery, type TypedQuery } from './search-query.ts';
import { type Asked, type Ranked, type Reading, rank } from './search-rank.ts';

export type SearchHub = ReturnType<typeof createSearch>;

type Mode = CallData<'search'>['mode'];

/** What an index is asked for; as many can be paged through. */
const CANDIDATES = 300;
/** With fewer hits that hold all words, those that hold some of them follow. */
const FEW = 10;
/** A question is also answered by what was said beside its best hits: so many of them, so many entries around each. */
const BEST = 30;
const BESIDE = 4;

export interface Wanted {
  readonly query: SearchQuery;
  readonly question: boolean;
  readonly said: readonly string[];
  readonly rooms: readonly ReadableRoom[];
  readonly now: number;
}

export interface Answer {
  readonly ranked: readonly Ranked[];
  readonly total: number;
  /** As an index says it. */
  readonly known?: boolean;
}

export function createSearch({
  store,
  index,
  embeddings,
  now,
}: {
  store: SearchStore;
  index: Pick<SearchIndex, 'search'>;
  /** Undefined: nobody makes any, and everything is found by its words. */
  embeddings?: Pick<Embeddings, 'nearest'> | undefined;
  now(): number;
}) {
  const byMeaning = embeddings && createMeaning({ store, embeddings });
  const ask = async (actor: Actor, wanted: Wanted, changes: Partial<SearchQuery>): Promise<Answer> => {
    const query = { ...wanted.query, ...changes };
    const { found, total, known = false } = await index.search(query, wanted.rooms, CANDIDATES);
    const asked: Asked = {
      matcher: createMatcher(query),
      question: wanted.question,
      said: wanted.said,
      entries: wanted.rooms.reduce((sum, { since, head }) => sum + head - since + 1, 0),
      now: wanted.now,
    };
    const read = async (places: readonly Pick<Found, 'room' | 'seq'>[]): Promise<Reading[]> => {
      const candidates = places.length === 0 ? [] : await store.candidates(actor, places);
      const { matcher } = asked;
      const readings = candidates.map(candidate => ({ candidate, read: matcher.read(candidate.text) }));
      return withPassages(store, actor, matcher, readings);
    };
    const readings = await read(found.map(placeOf));
    const ranked = rank(asked, readings);
    const whole = total <= found.length ? ranked.length : total;
    if (!wanted.question) return { ranked, total: whole, known };
    const more = await read(placesBeside(ranked, readings));
    return { ranked: more.length > 0 ? rank(asked, [...readings, ...more]) : ranked, total: whole, known };
  };

  /** By words: all of them; if nothing has them, spelled nearly so; where there are few, some of them after those. */
  const byWords = async (actor: Actor, wanted: Wanted): Promise<Answer> => {
    const several = wanted.query.words.length > 1;
    if (wanted.question) {
      const answer = await ask(actor, wanted, { match: 'any' });
      return answer.total > 0 || answer.known ? answer : ask(actor, wanted, { match: 'any', near: true });
    }
    const all = await ask(actor, wanted, {});
    if (all.total >= FEW || wanted.query.words.length === 0 || (all.total > 0 && !several)) return all;
    const near = all.total === 0 && !all.known ? await ask(actor, wanted, { near: true }) : all;
    if (near.total >= FEW || !several) return near;
    return joined(near, await ask(actor, wanted, { match: 'any', near: near.total === 0 }));
  };

  const inMode = async (actor: Actor, wanted: Wanted, mode: Mode): Promise<Answer & { mode: Mode }> => {
    const meant = mode === 'keyword' ? undefined : await byMeaning?.(actor, wanted);
    if (meant && mode === 'semantic') return { ...meant, mode };
    const words = await byWords(actor, wanted);
    return meant ? { ...together(words, meant), mode } : { ...words, mode: 'keyword' };
  };

  return {
    /** `semantic` and `hybrid` need embeddings; without them the answer says that it was found by keywords. */
    async search(actor: Actor, input: ParsedInput<'search'>): Promise<CallData<'search'>> {
      const place = input.cursor === undefined ? undefined : readCursor(input.cursor);
      const at = place?.now ?? now();
      const typed = parseQuery(input.query, at);
      const scope = await store.searchScope(actor, {
        room: input.room,
        people: typed.from.filter(name => name !== ME),
        rooms: typed.in,
      });
      const wanted = resolve(typed, input, scope, actor, at, place?.until);
      if (!wanted) return { hits: [], total: 0, mode: 'keyword' };
      const { ranked, total, mode } = await inMode(actor, wanted, input.mode);
      const start = place ? after(ranked, place) : 0;
      const page = ranked.slice(start, start + input.limit);
      const messages =
        page.length > 0
          ? await store.hits(
              actor,
              page.map(({ candidate }) => placeOf(candidate)),
            )
          : [];
      const hits = shown(page, messages, createMatcher({ ...wanted.query, near: true }));
      const more = page.length > 0 && start + page.length < ranked.length;
      const until = place?.until ?? newestOf(ranked);
      return {
        hits,
        total: Math.max(total, start + hits.length),
        mode,
        ...(more && {
          cursor: writeCursor({
            now: at,
            until,
            n: start + page.length,
            last: page.slice(-LAST).map(({ candidate }) => placeOf(candidate)),
          }),
        }),
      };
    },
  };
}

const ME = 'me';
const placeOf = ({ room, seq }: Pick<Found, 'room' | 'seq'>) => ({ room, seq });
const keyOf = ({ room, seq }: Pick<Found, 'room' | 'seq'>) => `${room} ${seq}`;

/** Undefined: nothing can be found. @throws HubError `bad_request` for names that stand for nobody */
function resolve(
  typed: TypedQuery,
  input: ParsedInput<'search'>,
  scope: SearchScope,
  actor: Actor,
  now: number,
  before: string | undefined,
): Wanted | undefined {
  const people = typed.from.flatMap(name => {
    const ids = name === ME ? [actor.id] : (scope.people[name] ?? []);
    if (ids.length === 0)
      throw unknown(
        `Nobody whom you know here is called "${name}". Try their whole name in quotes, or from:me.`,
      );
    return ids;
  });
  const named = typed.in.flatMap(name => {
    const ids = scope.named[name] ?? [];
    if (ids.length === 0)
      throw unknown(
        `You are in no room called "${name}"${input.room ? ' here' : ''}. Take its id or its title in quotes.`,
      );
    return ids;
  });
  const from = input.from === undefined ? people : [input.from];
  if (input.from !== undefined && people.length > 0 && !people.includes(input.from)) return undefined;
  const rooms = named.length > 0 ? scope.rooms.filter(({ id }) => named.includes(id)) : scope.rooms;
  const since = [typed.since, iso(input.after)]
    .filter(time => time !== undefined)
    .sort()
    .at(-1);
  const until = [typed.until, iso(input.before), before].filter(time => time !== undefined).sort()[0];
  if (rooms.length === 0 || (since && until && since >= until)) return undefined;
  const { words, phrases, without, has, question, said } = typed;
  const query: SearchQuery = {
    ...{ words, phrases, without, from, has, match: 'all', near: false },
    ...(since && { since }),
    ...(until && { until }),
  };
  return { query, question, said, rooms, now };
}

const iso = (time: string | undefined) => time && new Date(time).toISOString();
const unknown = (message: string) => new HubError('bad_request', message);

/** What the second adds comes after the first. */
function joined(first: Answer, second: Answer): Answer {
  const known = new Set(first.ranked.map(({ candidate }) => keyOf(candidate)));
  const added = second.ranked.filter(({ candidate }) => !known.has(keyOf(candidate)));
  // Scores are comparable within one ranking alone.
  const least = first.ranked.at(-1)?.score ?? Number.POSITIVE_INFINITY;
  const scale = Math.min(1, least / (added[0]?.score || 1));
  return {
    ranked: [...first.ranked, ...added.map(one => ({ ...one, score: one.score * scale }))],
    total: Math.max(first.total, second.total),
  };
}

function placesBeside(
  ranked: readonly Ranked[],
  readings: readonly Reading[],
): Pick<Found, 'room' | 'seq'>[] {
  const known = new Set(readings.map(({ candidate }) => keyOf(candidate)));
  const places = new Map<string, Pick<Found, 'room' | 'seq'>>();
  for (const { candidate } of ranked.slice(0, BEST)) {
    for (let seq = Math.max(1, candidate.seq - BESIDE); seq <= candidate.seq + BESIDE; seq++) {
      const place = { room: candidate.room, seq };
      if (!known.has(keyOf(place))) places.set(keyOf(place), place);
    }
  }
  return [...places.values()];
}

/** In the order of the ranking, as they are now; what was taken away meanwhile is not shown. */
function shown(
  page: readonly Ranked[],
  messages: readonly Message[],
  matcher: ReturnType<typeof createMatcher>,
) {
  const whole = new Map(messages.map(message => [keyOf(message), message]));
  return page.flatMap(({ candidate, score, passages }: Ranked & FileReading) => {
    const message = whole.get(keyOf(candidate));
    return message ? [{ message, score, highlights: highlightsOf(message.text, passages, matcher) }] : [];
  });
}

/** Room ids may be long, and a cursor is sent in a call. */
const LAST = 4;
const cursorShape = z.object({
  /** When the first page was asked for, so that the order stays. */
  now: z.int().min(0),
  /** What came later is not in it. */
  until: z.iso.datetime(),
  /** So many were shown. */
  n: z.int().min(0),
  /** The last ones of them: one may be deleted meanwhile, and the next page begins all the same where this one ended. */
  last: z.array(z.object({ room: p.roomId, seq: p.seq })).max(LAST),
});
type Cursor = z.infer<typeof cursorShape>;

const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function readCursor(text: string): Cursor {
  const decoded = Buffer.from(text, 'base64url').toString();
  try {
    return cursorShape.parse(JSON.parse(decoded));
  } catch {
    throw new HubError('bad_request', 'cursor: is not one of ours. Search again without it.');
  }
}

/** Behind the last one shown, wherever it stands now; if all are gone, as far as one was. */
function after(ranked: readonly Ranked[], { last, n }: Cursor): number {
  const shown = new Set(last.map(keyOf));
  const at = ranked.findLastIndex(({ candidate }) => shown.has(keyOf(candidate)));
  return at < 0 ? n : at + 1;
}

/** Just after the newest of them. */
function newestOf(ranked: readonly Ranked[]): string {
  const newest = ranked.reduce((time, { candidate }) => Math.max(time, candidate.at), 0);
  return new Date(newest + 1).toISOString();
}
