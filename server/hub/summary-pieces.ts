// Long talk, piece by piece: fixed stretches of the log are summed up one by one and kept, so that the next summary of the same days reads
// only what is new. Then the pieces are summed up together. What a claim of a piece cites is what a claim made of it cites.
import { hash } from 'node:crypto';
import { verified } from './citations.ts';
import type { Claim, Line, Restart, Summarizer, SummaryRequest, Usage } from './ports-ai.ts';
import type { KeptClaim, Material, PieceKey, Source, Stretch, SummaryStore } from './ports-summaries.ts';

/** Entries of the log in one piece. */
export const PIECE = 250;
/** Messages up to which one request is enough, where it costs money. */
const SHORT = 500;
/** Pieces written at once, and about how many words each has. */
const AT_ONCE = 3;
const PIECE_WORDS = 140;

export interface Ask extends Pick<SummaryRequest, 'style' | 'question' | 'words'> {}

/** Lines, and what each of them stands for in the log. */
export interface Given {
  readonly lines: readonly Line[];
  readonly stands: ReadonlyMap<string, readonly number[]>;
}

/** Carries a request out and counts its cost. */
export type Write = (request: SummaryRequest) => AsyncGenerator<Claim | Restart, Usage, undefined>;

/** What is taken of what a summarizer yields; more is no summary. */
const MOST_CLAIMS = 40;

export const askDigest = ({ style, question }: Ask, what: 'piece' | 'whole'): string =>
  hash('sha256', JSON.stringify([what, style, question ?? null]), 'base64url').slice(0, 22);

/** The sum of the versions in a stretch, as the material was read. */
export const versionOf = ({ changed }: Material, { first, last }: Stretch): number =>
  changed.reduce((sum, [seq, version]) => (seq >= first && seq <= last ? sum + version : sum), 0);

export const charsOf = (lines: readonly { readonly text: string; readonly by: string }[]): number =>
  lines.reduce((sum, { text, by }) => sum + text.length + by.length, 0);

export function plainly(sources: readonly Source[]): Given {
  return {
    lines: sources.map(({ seq, at, by, text, replyTo }) => ({
      id: String(seq),
      at,
      by,
      text,
      ...(replyTo !== undefined && { replyTo: String(replyTo) }),
    })),
    stands: new Map(sources.map(({ seq }) => [String(seq), [seq]])),
  };
}

export const isLong = (material: Material, { provider, maxChars }: Summarizer): boolean =>
  charsOf(material.lines) > maxChars || (provider !== 'extractive' && material.lines.length > SHORT);

/** The pieces of the material as lines of their own. */
export async function inPieces(
  material: Material,
  ask: Ask,
  deps: { store: SummaryStore; summarizer: Summarizer; write: Write },
): Promise<Given> {
  const { store, summarizer, write } = deps;
  const { room, lines } = material;
  const key: PieceKey = {
    room: room.id,
    epoch: room.epoch,
    ask: askDigest(ask, 'piece'),
    model: summarizer.model,
  };
  const stretches = stretchesOf(material, summarizer.maxChars);
  const found = [...(await store.findPieces(key, stretches))];

  const make = async (at: number): Promise<void> => {
    const stretch = stretches[at] as Stretch;
    const given = plainly(lines.filter(({ seq }) => seq >= stretch.first && seq <= stretch.last));
    const claims: KeptClaim[] = [];
    const { model } = await take(write(requestOf(material, given, { ...ask, words: PIECE_WORDS })), {
      restart: () => void claims.splice(0),
      claim(claim) {
        const good = verified(claim, given.stands);
        if (good) claims.push(good);
      },
    });
    found[at] = claims;
    await store.keepPiece({ ...key, model }, { ...stretch, version: versionOf(material, stretch), claims });
  };
  const missing = stretches.flatMap((_, at) => (found[at] ? [] : [at]));
  const work = async () => {
    for (let at = missing.shift(); at !== undefined; at = missing.shift()) await make(at);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return shrunk(asLines(found as KeptClaim[][], lines), summarizer.maxChars);
}

/** Reads a summarizer to its end. */
export async function take(
  written: ReturnType<Write>,
  taker: { claim(claim: Claim): void | Promise<void>; restart(why: string): void | Promise<void> },
): Promise<Usage> {
  let claims = 0;
  for (let next = await written.next(); ; next = await written.next()) {
    if (next.done) return next.value;
    const { value } = next;
    if ('restart' in value) {
      claims = 0;
      await taker.restart(value.restart);
    } else if (++claims <= MOST_CLAIMS) await taker.claim(value);
  }
}

export const requestOf = (material: Material, { lines }: Given, ask: Ask): SummaryRequest => ({
  title: material.room.title,
  lines,
  style: ask.style,
  ...(ask.question && { question: ask.question }),
  words: ask.words,
});

/** Cut at fixed places of the log, and in halves where even a piece is too long. */
export function stretchesOf({ first, last, lines }: Material, maxChars: number): Stretch[] {
  const stretches: Stretch[] = [];
  const cut = (from: number, to: number) => {
    const inside = lines.filter(({ seq }) => seq >= from && seq <= to);
    if (inside.length === 0) return;
    if (charsOf(inside) <= maxChars || from === to) {
      stretches.push({ first: from, last: to });
    } else {
      const middle = Math.floor((from + to) / 2);
      cut(from, middle);
      cut(middle + 1, to);
    }
  };
  for (let from = first; from <= last; ) {
    const to = Math.min(last, Math.ceil(from / PIECE) * PIECE);
    cut(from, to);
    from = to + 1;
  }
  return stretches;
}

function asLines(pieces: readonly (readonly KeptClaim[])[], sources: readonly Source[]): Given {
  const bySeq = new Map(sources.map(source => [source.seq, source]));
  const lines: Line[] = [];
  const stands = new Map<string, readonly number[]>();
  pieces.forEach((claims, piece) => {
    claims.forEach(({ text, cites }, at) => {
      const source = bySeq.get(cites[0] as number);
      if (!source) return;
      const id = `${piece + 1}.${at + 1}`;
      lines.push({ id, at: source.at, by: source.by, text });
      stands.set(id, cites);
    });
  });
  return { lines, stands };
}

/** The newest that fit; months of talk in pieces still fit into any model that is worth its name. */
function shrunk({ lines, stands }: Given, maxChars: number): Given {
  let from = 0;
  for (let chars = charsOf(lines); chars > maxChars && from < lines.length - 1; from++)
    chars -= charsOf(lines.slice(from, from + 1));
  return { lines: lines.slice(from), stands };
}
