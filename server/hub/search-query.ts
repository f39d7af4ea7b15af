// Reads what people type into a search box: words, pre*, "phrases", -words, and operators such as from:ada. Pure; any string is either read
// or refused with a sentence that says what to do.
import { wordsOf } from '#shared/text/words.ts';
import { HubError } from './errors.ts';
import type { Has } from './ports-search.ts';
import { isFiller, isStopWord } from './search-stop-words.ts';

/** What was typed, with names still to be looked up. */
export interface TypedQuery {
  readonly words: readonly { readonly text: string; readonly prefix: boolean }[];
  readonly phrases: readonly string[];
  readonly without: readonly string[];
  /** Names or ids, lower case; `me` is the reader. */
  readonly from: readonly string[];
  readonly in: readonly string[];
  /** ISO 8601, UTC. */
  readonly since?: string;
  readonly until?: string;
  readonly has: readonly Has[];
  /** Asked in a sentence: not every word need be there. */
  readonly question: boolean;
  /** All words outside operators in their order, folded, also those that say little: for ranking. */
  readonly said: readonly string[];
}

const MAX_PARTS = 60;
/** So many words that mean something are a sentence, not a list of what must be there. */
const SENTENCE = 5;
const OPERATORS = ['from', 'in', 'before', 'after', 'on', 'has'] as const;
type Operator = (typeof OPERATORS)[number];
const HAS: readonly Has[] = ['file', 'link', 'reaction', 'thread', 'pin'];
const ASKS =
  /^(what|who|whom|whose|when|where|why|how|which|summari[sz]e|describe|explain|tell|please|did|does|do|is|are|was|were|can|could|should|wer|was|wann|wo|warum|wie|welche|qui|que|quoi|quand|pourquoi|comment|quel|quelle)$/;

const PART =
  /(?<alone>-?[a-z]+:)(?=\s|$)|(?<minus>-)?(?:(?<operator>[a-z]+):)?(?:["“”„«»](?<quoted>[^"“”„«»]*)["“”„«»]?|(?<bare>[^\s"“”„«»]+))/giu;

export const HELP =
  'Type words to look for, such as budget, "opening night" or plan*, and narrow down with from:name, in:room, before:, after: or on:2024-05-01, has:link.';

/**
 * @param now milliseconds; days are those of UTC
 * @throws HubError `bad_request`
 */
export function parseQuery(input: string, now: number): TypedQuery {
  const read = {
    words: [] as TypedQuery['words'][number][],
    phrases: [] as string[],
    without: [] as string[],
  };
  const named = { from: [] as string[], in: [] as string[], has: [] as Has[] };
  const times: Times = {};
  const said: string[] = [];
  let pending: Operator | undefined;
  let parts = 0;

  const operate = (operator: Operator, value: string) => {
    if (operator === 'from' || operator === 'in') named[operator].push(nameIn(operator, value));
    else if (operator === 'has') named.has.push(thingIn(value));
    else narrow(times, operator, dayOf(operator, value, now));
  };
  const take = (text: string, quoted: boolean, minus: boolean) => {
    const words = wordsOf(text);
    if (words.length === 0) return;
    if (minus) return void read.without.push(text);
    // A single letter is somebody's name when it is written as one.
    said.push(
      ...words
        .filter(({ word, start, end }) => word.length > 1 || /^(?!I$)\p{Lu}$/u.test(text.slice(start, end)))
        .map(({ word }) => word),
    );
    const prefix = !quoted && /[^*]\*$/.test(text);
    if (quoted || (words.length > 1 && !prefix && isJoined(text))) read.phrases.push(text);
    else read.words.push({ text: text.toLowerCase().replace(/\*+$/, ''), prefix });
  };

  for (const { groups = {} } of input.replace(/\p{Cc}/gu, ' ').matchAll(PART)) {
    if (++parts > MAX_PARTS) throw refused(`A search takes at most ${MAX_PARTS} words. Leave some out.`);
    const { minus, quoted } = groups;
    const text = quoted ?? groups.bare ?? '';
    const operator = operatorIn(groups.operator ?? groups.alone?.replace(/^-|:$/g, ''));
    if (operator && (minus || groups.alone?.startsWith('-')))
      throw refused(`-${operator}: does not exist: a minus takes out words and "phrases" alone.`);
    if (pending && !operator) operate(pending, text);
    else if (pending) throw missing(pending);
    else if (operator && text.trim() !== '') operate(operator, text);
    else if (!operator)
      take(groups.operator ? `${groups.operator}:${text}` : text, quoted !== undefined, minus !== undefined);
    pending = operator && text.trim() === '' ? operator : undefined;
  }
  if (pending) throw missing(pending);
  return whole({ ...read, ...named, ...times, said });
}

function whole(read: Omit<TypedQuery, 'question'>): TypedQuery {
  const { words, phrases, from, has, since, until, said } = read;
  const empty = words.length + phrases.length === 0;
  if (empty && from.length + read.in.length + has.length === 0 && !since && !until) throw refused(HELP);
  if (since && until && since >= until)
    throw refused(`Nothing can be both after ${since.slice(0, 10)} and before ${until.slice(0, 10)}.`);
  const telling = words.filter(({ text, prefix }) => prefix || !isStopWord(text));
  const question = words.length > 2 && (ASKS.test(said[0] ?? '') || telling.length >= SENTENCE);
  const content = question ? telling.filter(({ text, prefix }) => prefix || !isFiller(text)) : telling;
  const kept = [content, telling, words].find(list => list.length > 0) ?? [];
  return { ...read, words: unique(kept), question };
}

/** By the text, the first of each. */
function unique(words: TypedQuery['words']): TypedQuery['words'] {
  return [...new Map(words.map(word => [`${word.text}${word.prefix ? '*' : ''}`, word])).values()];
}

/** `apt-get` and `first.court` belong together; scripts without spaces are left to the index. */
const isJoined = (text: string) => /[\p{L}\p{N}][^\p{L}\p{N}\p{M}\s]+[\p{L}\p{N}]/u.test(text);

const operatorIn = (name: string | undefined): Operator | undefined =>
  OPERATORS.find(operator => operator === name?.toLowerCase());

function nameIn(operator: 'from' | 'in', value: string): string {
  const name = value.replace(/^[@#]/, '').trim().toLowerCase();
  if (name === '') throw missing(operator);
  return name;
}

function thingIn(value: string): Has {
  const thing = HAS.find(one => one === value.toLowerCase().replace(/s$/, ''));
  if (!thing) throw refused(`has: knows ${HAS.join(', ')}, as in has:link.`);
  return thing;
}

interface Times {
  since?: string;
  until?: string;
}
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Several of them narrow each other down. */
function narrow(times: Times, operator: Operator, { from, to }: Span): void {
  const iso = (ms: number) => new Date(ms).toISOString();
  const since = operator === 'after' ? iso(to) : operator === 'on' ? iso(from) : undefined;
  const until = operator === 'before' ? iso(from) : operator === 'on' ? iso(to) : undefined;
  if (since && since > (times.since ?? '')) times.since = since;
  if (until && (times.until === undefined || until < times.until)) times.until = until;
}

const DAY = 86_400_000;

/** A day, a month, a year: from its beginning to its end. */
function dayOf(operator: Operator, value: string, now: number): Span {
  const today = now - (now % DAY);
  const named: Readonly<Record<string, number>> = { today, yesterday: today - DAY };
  const day = named[value.toLowerCase()];
  if (day !== undefined) return { from: day, to: day + DAY };
  const [, year, month, date] = /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(value) ?? [];
  const from = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(date ?? 1));
  const to = date ? from + DAY : Date.UTC(Number(year) + (month ? 0 : 1), month ? Number(month) : 0, 1);
  // A 31st of February would silently be a day in March.
  const real = new Date(from);
  if (
    Number(year) < 1970 ||
    real.getUTCMonth() + 1 !== Number(month ?? 1) ||
    real.getUTCDate() !== Number(date ?? 1)
  )
    throw refused(
      `${operator}: takes a day such as ${operator}:2024-05-01, ${operator}:2024-05, ${operator}:today or ${operator}:yesterday.`,
    );
  return { from, to };
}

const refused = (message: string) => new HubError('bad_request', message);
const EXAMPLES: Readonly<Record<Operator, string>> = {
  from: 'a name, as in from:ada',
  in: 'a room, as in in:commons',
  before: 'a day, as in before:2024-05-01',
  after: 'a day, as in after:yesterday',
  on: 'a day, as in on:today',
  has: `one of ${HAS.join(', ')}, as in has:link`,
};
const missing = (operator: Operator) => refused(`${operator}: needs ${EXAMPLES[operator]}.`);
