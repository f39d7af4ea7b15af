// A message's text as Markdown, its mentions named. What cannot be read as Markdown in reasonable time is shown as it was written.
import { memo, useSyncExternalStore } from 'react';
import type { RoomMessage } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { splitMentions } from '../state/mentions.ts';
import { Boundary } from './boundary.tsx';
import { Markdown } from './markdown.tsx';

export const MessageText = memo(function MessageText({ message }: { message: RoomMessage }) {
  const { me } = useWorkspace();
  const names = useMentioned(message);
  const plain = <div className="prose prose-plain">{message.text}</div>;
  if (isCostly(message.text)) return plain;
  return (
    <Boundary key={message.text} fallback={() => plain}>
      <Markdown text={message.text} names={names} me={me.name} />
    </Boundary>
  );
});

/** Whom the text names, as `handle=Name` pairs. The hub decides who is mentioned; for what it has not seen yet, we guess. */
function useMentioned({ text, mentions, pending }: RoomMessage): string {
  const { people } = useWorkspace();
  const find = () => {
    if (!mentions && !pending) return '';
    const pairs: string[] = [];
    splitMentions(text, name => {
      const person = people.find(name);
      if (!person || !(mentions?.includes(person.id) ?? pending)) return undefined;
      pairs.push(`${name}\n${person.name}`);
      return person;
    });
    return pairs.join('\n');
  };
  return useSyncExternalStore(people.subscribe, find);
}

const MAX_MARKDOWN = 12_000;
const MAX_DEPTH = 12;
const MAX_MARKS = 400;

/** Deep nesting and floods of brackets make parsers slow or exhaust the stack; no person writes so. */
function isCostly(text: string): boolean {
  if (text.length > MAX_MARKDOWN) return true;
  const nested = new RegExp(`^(?:[ \\t]*(?:>|[-*+][ \\t]|\\d{1,9}[.)][ \\t])){${MAX_DEPTH},}`, 'm');
  return nested.test(text) || (text.match(/[[\]*_`~<]/g)?.length ?? 0) > MAX_MARKS;
}
