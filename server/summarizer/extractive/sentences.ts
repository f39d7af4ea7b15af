// Sentences of a conversation with the lines they were said in: turns broken by others' "yeah" are put together, long ones are taken apart.
import type { Line } from '../../hub/ports-ai.ts';
import { plain, plainName } from './text.ts';

export interface Sentence {
  /** Its place in the conversation. */
  readonly index: number;
  readonly by: string;
  readonly text: string;
  /** The lines that it was said in. */
  readonly cites: readonly string[];
  /** Where the first of these is among the lines. */
  readonly line: number;
  readonly replyTo: string | undefined;
}

/** A sentence has at most so many characters: what has no full stop is cut at a comma or a space. */
const MAX_SENTENCE = 400;
/** So many lines at most are put together. */
const MAX_PARTS = 12;
/** So many sentences are taken from one go. */
const MAX_EACH = 200;
/** So many are looked at in all: the time a summary takes is bounded. Of more, those that say least are left out. */
const MAX_ALL = 30_000;
/** Not after "Mr.", "e.g." and single letters. */
const END =
  /(?<!\b(?:mr|mrs|ms|dr|prof|hon|st|vs|no|e\.g|i\.e|etc|\p{L})\.)(?<=[.!?…]["')]?)\s+|(?<=[。！？])|\n+/iu;
const OPEN = /(?:,|-|\.\.\.|…)$/;

export function sentences(lines: readonly Line[]): Sentence[] {
  const found: Sentence[] = [];
  for (const { by, text, parts } of utterances(lines)) {
    let offset = 0;
    for (const piece of text.split(END).flatMap(shorten).slice(0, MAX_EACH)) {
      const trimmed = piece.trim();
      const at = text.indexOf(trimmed, offset);
      offset = at + trimmed.length;
      if (!trimmed) continue;
      const within = parts.filter(part => part.start < offset && part.end > at);
      const [first] = within;
      if (!first) continue;
      found.push({
        index: found.length,
        by,
        text: trimmed,
        cites: within.map(part => part.line.id),
        line: first.index,
        replyTo: first.line.replyTo,
      });
    }
  }
  return found.length <= MAX_ALL ? found : fewer(found);
}

function fewer(all: readonly Sentence[]): Sentence[] {
  const lengths = all.map(({ text }) => text.length).sort((a, b) => b - a);
  const least = lengths[MAX_ALL]!;
  return all.filter(({ text }) => text.length > least).map((sentence, index) => ({ ...sentence, index }));
}

interface Part {
  readonly line: Line;
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

interface Utterance {
  readonly by: string;
  text: string;
  readonly parts: Part[];
}

/** What one person said in one go, even if somebody's "yeah" came between. */
function utterances(lines: readonly Line[]): Utterance[] {
  const found: Utterance[] = [];
  let open: Utterance | undefined;
  lines.forEach((line, index) => {
    const text = spaced(plain(line.text));
    const by = plainName(line.by);
    if (!text) return;
    if (open && open.by === by && open.parts.length < MAX_PARTS && OPEN.test(open.text)) {
      const start = open.text.length + 1;
      open.text += ` ${text}`;
      open.parts.push({ line, index, start, end: open.text.length });
      return;
    }
    const fresh: Utterance = { by, text, parts: [{ line, index, start: 0, end: text.length }] };
    found.push(fresh);
    if (!(open && OPEN.test(open.text) && text.length < 20)) open = fresh;
  });
  return found;
}

/** Transcripts put spaces where nobody does: "we 're here ," */
const spaced = (text: string) =>
  text
    .replace(/ (?=[,.;:!?…](?:\s|$))/g, '')
    .replace(/(\p{L}) ('(?:s|re|ve|ll|d|m|t)\b)/gu, '$1$2')
    .replace(/(\p{L}) - (?=\p{L})/gu, '$1-');

function shorten(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > MAX_SENTENCE) {
    const head = rest.slice(0, MAX_SENTENCE);
    const comma = Math.max(
      head.lastIndexOf(', '),
      head.lastIndexOf('; '),
      head.lastIndexOf('、'),
      head.lastIndexOf('，'),
    );
    const space = head.lastIndexOf(' ');
    const cut = comma > 150 ? comma + 1 : space > 150 ? space : MAX_SENTENCE;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  pieces.push(rest);
  return pieces;
}
