// One message that was found: where, by whom, when, and the pieces of it that hold what was looked for.
import { memo, type ReactNode } from 'react';
import type { Highlight, SearchHit } from '../../js/index.ts';
import { useStore } from '../hooks/use-store.ts';
import { usePerson, useWorkspace } from '../hooks/use-workspace.ts';
import { dayWords, timeWords } from './dates.ts';

export const SearchHitRow = memo(function SearchHitRow({
  hit,
  open,
}: {
  hit: SearchHit;
  open(hit: SearchHit): void;
}) {
  const { rooms, search } = useWorkspace();
  const { message, highlights } = hit;
  const author = usePerson(message.by);
  const title = useStore(rooms).rooms.find(({ info }) => info.id === message.room)?.title ?? message.room;
  const going = useStore(search).target?.id === message.id;
  return (
    <li>
      <button
        type="button"
        className="pinned search-hit"
        data-item
        aria-current={going}
        onClick={() => open(hit)}
      >
        <span className="search-where">
          <span>{title}</span>
          <time dateTime={message.at}>
            {dayWords(message.at)}, {timeWords(message.at)}
          </time>
        </span>
        <strong>{author.name}</strong>
        {highlights.map(piece => (
          <span className="search-piece" key={piece.text}>
            {marked(piece)}
          </span>
        ))}
      </button>
    </li>
  );
});

export function marked({ text, ranges }: Highlight): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [start, end] of ranges) {
    parts.push(unmarked(text.slice(at, start)), <mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  parts.push(unmarked(text.slice(at)));
  return parts;
}

/** Between the hits, without what only draws tables and emphasis. */
const unmarked = (text: string): string =>
  text
    .replace(/^[\s|:-]*-{3}[\s|:-]*$/gm, '')
    .replace(/[ \t]*\|[ \t]*/g, ' ')
    .replace(/\*\*|~~|`|(?<![\p{L}\p{N}])[*_](?=\S)|(?<=\S)[*_](?![\p{L}\p{N}])/gu, '')
    .replace(/\s*\n\s*/g, '\n');
