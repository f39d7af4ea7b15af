// One summary as it grows: claims in, numbered and quoted, out to whoever listens. Nothing gets here that was not verified.
import { summaryText } from '#shared/posted-summary.ts';
import type { Citation, SummaryClaim } from '#shared/protocol/summaries.ts';
import { SourceList } from './citations.ts';
import type { KeptClaim } from './ports-summaries.ts';

export interface Part {
  readonly text: string;
  readonly claims: SummaryClaim[];
  readonly citations: Citation[];
}

type Quotable = readonly { seq: number; id: string; text: string }[];

export class SummaryText {
  #sources = new SourceList();
  #claims: { kept: KeptClaim; shown: SummaryClaim }[] = [];

  /** @param quotable the messages that it cites. @returns what is new */
  add(kept: KeptClaim, quotable: Quotable): Part {
    const { claim, fresh } = this.#sources.add(kept, quotable);
    const first = this.#claims.length === 0;
    this.#claims.push({ kept, shown: claim });
    return { text: `${first ? '' : '\n'}${summaryText([claim])}`, claims: [claim], citations: fresh };
  }

  clear(): void {
    this.#sources = new SourceList();
    this.#claims = [];
  }

  get kept(): readonly KeptClaim[] {
    return this.#claims.map(({ kept }) => kept);
  }

  get citations(): readonly Citation[] {
    return this.#sources.citations;
  }

  /** Whole, of the claims whose sources all still stand; numbered anew. */
  whole(standing: Quotable): Part {
    const there = new Map(standing.map(message => [message.seq, message]));
    const text = new SummaryText();
    for (const { kept } of this.#claims) {
      if (kept.cites.every(seq => there.has(seq)))
        text.add(
          kept,
          kept.cites.flatMap(seq => there.get(seq) ?? []),
        );
    }
    const claims = text.#claims.map(({ shown }) => shown);
    return { text: summaryText(claims), claims, citations: [...text.citations] };
  }
}
