// Holds claims to their sources: what cites nothing, or anything but what was given, goes; quotes are cut from the messages by us. Pure.
import type { Citation, SummaryClaim } from '#shared/protocol/summaries.ts';
import { harmless } from './claim-text.ts';
import type { Claim } from './ports-ai.ts';
import type { KeptClaim } from './ports-summaries.ts';

/** Sources of one claim; a model that names more has not chosen. */
const MOST_CITES = 6;
const QUOTE_CHARS = 180;

/**
 * @param given what each line's id stands for: numbers of messages in the log
 * @returns undefined when it cites nothing, or something that was not given, or says nothing
 */
export function verified(claim: Claim, given: ReadonlyMap<string, readonly number[]>): KeptClaim | undefined {
  const text = harmless(claim.text);
  const cites = new Set<number>();
  for (const id of claim.cites) {
    const seqs = given.get(id);
    if (!seqs) return undefined;
    for (const seq of seqs) cites.add(seq);
  }
  if (text === '' || cites.size === 0) return undefined;
  return { text, cites: [...cites].sort((a, b) => a - b).slice(0, MOST_CITES) };
}

/** Gives each source its number, in the order in which they are first cited. */
export class SourceList {
  readonly citations: Citation[] = [];
  readonly #places = new Map<number, number>();

  /** @param quotable the messages cited, as they are now. @returns the claim with the numbers of its sources, and the sources that are new */
  add(
    { text, cites }: KeptClaim,
    quotable: readonly { seq: number; id: string; text: string }[],
  ): { claim: SummaryClaim; fresh: Citation[] } {
    const fresh: Citation[] = [];
    for (const message of quotable) {
      if (this.#places.has(message.seq)) continue;
      const citation = { seq: message.seq, messageId: message.id, quote: quoteOf(message.text, text) };
      this.#places.set(message.seq, this.citations.push(citation));
      fresh.push(citation);
    }
    return { claim: { text, cites: cites.map(seq => this.#places.get(seq) as number) }, fresh };
  }
}

/** The sentence of the message that has most words in common with the claim, and what follows it. */
export function quoteOf(message: string, claim: string): string {
  const wanted = new Set(words(claim));
  const sentences = message.split(/(?<=[.!?。！？])\s+|\n+/u).filter(sentence => sentence.trim());
  const common = sentences.map(sentence => words(sentence).filter(word => wanted.has(word)).length);
  const best = common.indexOf(Math.max(0, ...common));
  const quote = harmless(sentences.slice(best).join(' '), QUOTE_CHARS);
  return best > 0 ? `…${quote}` : quote;
}

const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
