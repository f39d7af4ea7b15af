// What a summary claims, each claim with numbered sources that lead to the messages it rests on.
import { Fragment } from 'react';
import type { Citation, SummaryClaim } from '../../js/index.ts';
import { useRoomActions } from './room-context.ts';

interface Props {
  claims: readonly SummaryClaim[];
  citations: readonly Citation[];
  /** More is coming. */
  growing?: boolean;
}

export function Claims({ claims, citations, growing }: Props) {
  return (
    <ul className="points" data-growing={growing || undefined}>
      {claims.map(({ text, cites }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: claims are only added at the end
        <li key={at}>
          <Inline text={text} />{' '}
          <span className="sources">
            {cites.map(number => (
              <Source key={number} number={number} citation={citations[number - 1]} />
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Source({ number, citation }: { number: number; citation: Citation | undefined }) {
  const { jumpToSource } = useRoomActions();
  if (!citation) return null;
  const { quote, messageId } = citation;
  return (
    <button
      type="button"
      className="source"
      title={quote || 'This message was deleted.'}
      aria-label={`Source ${number}: ${quote || 'a message that was deleted'}`}
      onClick={() => jumpToSource(messageId)}
    >
      {number}
    </button>
  );
}

/** Bold and code, and nothing else: what a model writes is never a link. */
function Inline({ text }: { text: string }) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part, at) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text keep their order
    if (/^\*\*.+\*\*$/.test(part)) return <strong key={at}>{part.slice(2, -2)}</strong>;
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text keep their order
    if (/^`.+`$/.test(part)) return <code key={at}>{part.slice(1, -1)}</code>;
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text keep their order
    return <Fragment key={at}>{part}</Fragment>;
  });
}
