// Full-text search in PostgreSQL, through the SQL functions of migrations 0010 to 0026. Texts are cut into words here, not there, so that every
// server finds the same: accents, languages and scripts without spaces are decided by shared/text.
import { setImmediate } from 'node:timers/promises';
import { isFrequent, languageOf, stems } from '#shared/text/stem.ts';
import { createStemmer, type Stemmer } from '#shared/text/stemmer.ts';
import { isUnspaced, wordsOf } from '#shared/text/words.ts';
import { unavailable } from '../hub/errors.ts';
import type { IndexedMessage, SearchIndex, SearchQuery } from '../hub/ports-search.ts';

/** As store/db.ts offers it. */
interface Db {
  call(fn: string, input: unknown): Promise<unknown>;
}

/** Places and scores side by side: objects of hundreds take several times as long. */
interface Columns {
  readonly rooms: readonly string[];
  readonly seqs: readonly number[];
  readonly scores: readonly number[];
  readonly total: number;
  readonly known: boolean;
}

/** Messages in these rooms together: so few are looked through whole, whatever is asked. */
const LITTLE = 20_000;
/** PostgreSQL's bounds of a tsvector. */
const MAX_POSITION = 16_383;
const MAX_POSITIONS = 255;

/** Texts that are cut into words without a pause: about a millisecond of it. */
const AT_ONCE = 40;

export function createPostgresSearch(db: Db): SearchIndex {
  const stemmer = createStemmer();
  return {
    kind: 'postgres',
    cursor: 'postgres-2',
    async search(query, rooms, limit) {
      if (holdsNothing(query)) return { found: [], total: 0 };
      const size = rooms.reduce((sum, { since, head }) => sum + head - since + 1, 0);
      const input = {
        rooms: rooms.map(({ id }) => id),
        floors: rooms.filter(({ since }) => since > 1).map(({ id, since }) => ({ room: id, since })),
        size,
        whole: size <= LITTLE,
        limit,
        match: query.match,
        words: query.words.filter(({ text }) => hasWords(text)).map(wanted),
        near: query.near,
        phrases: query.phrases.filter(hasWords).map(phrase => inOrder(cut(phrase))),
        without: query.without.filter(hasWords).map(phrase => inOrder(cut(phrase)).query),
        from: query.from,
        has: query.has,
        since: query.since,
        until: query.until,
      };
      try {
        const { rooms, seqs, scores, total, known } = (await db.call('search_messages', input)) as Columns;
        const found = rooms.map((room, i) => ({ room, seq: seqs[i] as number, score: scores[i] as number }));
        return { found, total, ...(known && { known }) };
      } catch (error) {
        if (!tookTooLong(error)) throw error;
        throw unavailable(
          'This search takes too long. Narrow it down: name a room with in:, a person with from:, or a rarer word.',
          5000,
        );
      }
    },
    async index(messages) {
      const documents: Document[] = [];
      for (const message of messages) {
        documents.push(documentOf(message, stemmer));
        // Those who send have their turn in between; the words of a file are many.
        if (message.files || documents.length % AT_ONCE === 0) await setImmediate();
      }
      await db.call('index_messages', { documents });
    },
    async [Symbol.asyncDispose]() {},
  };
}

const hasWords = (text: string): boolean => wordsOf(text).length > 0;

/** Something was asked for, and none of it is a word: no message holds it. */
function holdsNothing({ words, phrases }: SearchQuery): boolean {
  const texts = [...words.map(({ text }) => text), ...phrases];
  return texts.length > 0 && !texts.some(hasWords);
}

/** The database ended the statement, by its time limit or while it waited for a lock. */
const tookTooLong = (error: unknown): boolean =>
  /^(57014|55P03|TIMEOUT)$/.test((error as { code?: unknown }).code as string);

type Document = ReturnType<typeof documentOf>;

function documentOf(message: IndexedMessage, stemmer: Stemmer) {
  const { room, seq, at, by, has, text, files = '', deleted } = message;
  return {
    ...{ room, seq, at, author: by, has },
    ...(!deleted && { words: vectorOf(`${text}\n${files}`, stemmer) }),
  };
}

/** The text of a tsvector. Words as written have weight A, so that a phrase or an exclusion does not take their stems for them. */
function vectorOf(text: string, stemmer: Stemmer): string {
  const words = wordsOf(text);
  const language = languageOf(words);
  const places = new Map<string, string[]>();
  const put = (lexeme: string, place: string) => {
    const known = places.get(lexeme);
    if (!known) places.set(lexeme, [place]);
    else if (known.length < MAX_POSITIONS) known.push(place);
  };
  words.forEach(({ word }, i) => {
    const at = Math.min(i + 1, MAX_POSITION);
    put(word, `${at}A`);
    const root = stemmer(word, language);
    if (root !== word) put(root, `${at}`);
    const both = pairOf(word, words[i + 1]?.word);
    if (both && !places.has(both)) places.set(both, []);
  });
  return [...places]
    .map(([lexeme, at]) => (at.length > 0 ? `${quoted(lexeme)}:${at.join(',')}` : quoted(lexeme)))
    .join(' ');
}

/** Two frequent words side by side, which stand in the index as one: of a phrase made of them alone, nearly all messages would have to be read. */
const pairOf = (word: string, next: string | undefined): string | undefined =>
  next !== undefined && isFrequent(word) && isFrequent(next) ? `${word} ${next}` : undefined;

/** What an SQL function needs to look for it, and to know how many hold it: of each list of `lexemes` one is there, and a word that `begins` so. */
interface Sought {
  readonly query: string;
  readonly lexemes: readonly (readonly string[])[];
  readonly begins?: string;
  /** Words spelled nearly so may be meant. */
  readonly near?: string;
}

const cut = (text: string): string[] => wordsOf(text).map(({ word }) => word);

function wanted({ text, prefix }: SearchQuery['words'][number]): Sought {
  const found = cut(text);
  const [only = ''] = found;
  if (found.length !== 1) return inOrder(found, prefix);
  if (prefix || isUnspaced(only)) return { query: `${quoted(only)}:*`, lexemes: [], begins: only };
  const lexemes = [...new Set([only, ...stems(only)])];
  return {
    query: `(${lexemes.map(quoted).join(' | ')})`,
    lexemes: [lexemes],
    ...(/^\p{L}{4,24}$/u.test(only) && { near: only }),
  };
}

/** Words side by side, as written; the last one of a script without spaces may go on. */
function inOrder(words: readonly string[], prefix = false): Sought {
  const last = words.at(-1) ?? '';
  const open = prefix || isUnspaced(last);
  const whole = open ? words.slice(0, -1) : words;
  const query = words.map((word, i) => `${quoted(word)}:${open && i === words.length - 1 ? '*' : ''}A`);
  const pairs = whole.flatMap((word, i) => pairOf(word, whole[i + 1]) ?? []);
  return {
    query: `(${[`(${query.join(' <-> ')})`, ...pairs.map(quoted)].join(' & ')})`,
    lexemes: counted(whole).map(lexeme => [lexeme]),
    ...(open && { begins: last }),
  };
}

/** By what to tell how many hold a phrase: a pair for the two words in it, as far as they are in none before. */
function counted(words: readonly string[]): string[] {
  const lexemes: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const both = pairOf(word, words[i + 1]);
    lexemes.push(both ?? word);
    if (both) i++;
  }
  return lexemes;
}

/** As tsvector and tsquery read it. */
const quoted = (lexeme: string): string => `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
