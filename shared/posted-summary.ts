// A summary as text, and what is left of it when a message that it cites is deleted. The database does the same (migration 0011).
import type { Citation, PostedSummary, SummaryClaim } from './protocol/summaries.ts';

interface Cited {
  readonly claims: readonly SummaryClaim[];
  readonly citations: readonly Citation[];
}

export const claimText = ({ text, cites }: SummaryClaim): string =>
  `- ${text}${cites.map(cite => ` [${cite}]`).join('')}`;

/** A list in Markdown, each claim with the numbers of its sources. */
export const summaryText = (claims: readonly SummaryClaim[]): string => claims.map(claimText).join('\n');

/** Without the claims that cite this message; the other sources keep their numbers. */
export function withoutCited<S extends Cited>(summary: S, gone: string): S {
  const lost = new Set(
    summary.citations.flatMap(({ messageId }, at) => (messageId === gone ? [at + 1] : [])),
  );
  if (lost.size === 0) return summary;
  return {
    ...summary,
    claims: summary.claims.filter(({ cites }) => !cites.some(cite => lost.has(cite))),
    citations: summary.citations.map(citation =>
      citation.messageId === gone ? { ...citation, quote: '' } : citation,
    ),
  };
}

const makers = { claude: 'Claude', openai: 'OpenAI' } as const;

/** Who wrote it, in words for people. */
export function writtenBy({
  provider,
  model,
  note,
}: Pick<PostedSummary, 'provider' | 'model' | 'note'>): string {
  const by = provider === 'extractive' ? 'Extracted without a model' : `${makers[provider]} ${model}`;
  return note ? `${by}. ${note}` : by;
}
