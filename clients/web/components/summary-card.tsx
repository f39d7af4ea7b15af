// A summary that was posted, among the messages.
import type { PostedSummary } from '../../js/index.ts';
import { writtenBy } from '../../js/index.ts';
import { Claims } from './claims.tsx';
import { Icon } from './icons.tsx';

const titles = { brief: 'Recap', decisions: 'Decisions', actions: 'Action items' } as const;

export function SummaryCard({ summary }: { summary: PostedSummary }) {
  const { style, question, claims, citations } = summary;
  return (
    <section className="summary-card" aria-label={titles[style]}>
      <h3>
        <Icon name="recap" />
        {titles[style]}
        {question && <q>{question}</q>}
      </h3>
      {claims.length > 0 ? (
        <Claims claims={claims} citations={citations} />
      ) : (
        <p className="summary-empty">The messages that this was made of were deleted.</p>
      )}
      <footer>{writtenBy(summary)}</footer>
    </section>
  );
}
