// What was searched for may stand in a file and not in the message that shared it: its passages are read then, and only then.
import type { Highlight } from '#shared/protocol/models.ts';
import { isUnspaced } from '#shared/text/words.ts';
import type { Actor } from './ports.ts';
import type { FilePassage, SearchStore } from './ports-search.ts';
import { highlights } from './search-highlights.ts';
import type { Matcher, Term } from './search-match.ts';
import type { Reading } from './search-rank.ts';

/** Messages whose files are looked into, of one search. */
const MOST = 60;
/** First letters by which another form of a word is looked for, and what may be a misspelling. */
const STEM = 4;
const NEAR = 3;

export interface FileReading extends Reading {
  readonly passages?: readonly FilePassage[];
}

/** Messages of which not all was found in their own words, read together with the passages of their files. */
export async function withPassages(
  store: Pick<SearchStore, 'passages'>,
  actor: Actor,
  matcher: Matcher,
  readings: readonly Reading[],
): Promise<FileReading[]> {
  const lacking = readings
    .filter(reading => reading.candidate.files && !isWhole(matcher, reading))
    .slice(0, MOST);
  if (lacking.length === 0 || matcher.terms.length === 0) return [...readings];
  const found = await store.passages(
    actor,
    lacking.map(({ candidate: { room, seq } }) => ({ room, seq })),
    matcher.terms.map(beginnings),
  );
  const byPlace = Map.groupBy(found, keyOf);
  return readings.map(reading => {
    const passages = lacking.includes(reading) ? byPlace.get(keyOf(reading.candidate)) : undefined;
    if (!passages) return reading;
    const text = [reading.candidate.text, ...passages.map(({ name, text }) => `${name}\n${text}`)].join('\n');
    return { candidate: reading.candidate, read: matcher.read(text), passages };
  });
}

/** A hit's pieces of its own text, and of its files where more was found in them. */
export function highlightsOf(
  text: string,
  passages: readonly FilePassage[] | undefined,
  matcher: Matcher,
): Highlight[] {
  const own = highlights(text, matcher.read(text));
  const ofFiles = (passages ?? []).flatMap(passage =>
    pieces(passage, matcher)
      .filter(({ ranges }) => ranges.length > 0)
      .map(piece => ({ ...piece, file: passage.file })),
  );
  const telling =
    ofFiles.length > 0 ? own.filter(piece => piece.ranges.length > 0 || piece.text !== '') : own;
  return [...telling, ...ofFiles];
}

/** Of its name, when nothing is in its text. */
function pieces({ name, text }: FilePassage, matcher: Matcher): Highlight[] {
  const shown = text || name;
  return highlights(shown, matcher.read(shown));
}

const keyOf = ({ room, seq }: Pick<FilePassage, 'room' | 'seq'>) => `${room} ${seq}`;

function isWhole({ terms }: Matcher, { read: { hits } }: Reading): boolean {
  return new Set(hits.map(({ term }) => term)).size === terms.length;
}

/** How a word may begin in plain text: as typed, else with fewer of its letters. Scripts without spaces begin words anywhere. */
function beginnings({ words: [word = ''], exact }: Term): string[] {
  if (isUnspaced(word)) return [word];
  const shorter = exact
    ? []
    : [Math.max(STEM, word.length - 3), NEAR].map(length => ` ${word.slice(0, length)}`);
  return [` ${word}`, ...shorter];
}
