// What chat adds to Markdown: a line break is one, `@names` are highlighted, footnotes are plain text since their links would leave the page.
import { splitMentions } from '../state/mentions.ts';

interface Node {
  type: string;
  value?: string;
  identifier?: string;
  children?: Node[];
  data?: { hName: string; hProperties: Record<string, unknown> };
}

export interface ChatTextOptions {
  /** Lines in pairs: the name as written, in lower case, then the name to show. */
  names: string;
  /** The reader's own name, whose mentions stand out more. */
  me: string;
}

/** A remark plugin. */
export function chatText({ names, me }: ChatTextOptions) {
  const lines = names.split('\n');
  const known = new Map<string, string>();
  for (let at = 0; at + 1 < lines.length; at += 2) known.set(lines[at]!, lines[at + 1]!);

  const mention = (name: string): Node => ({
    type: 'mention',
    children: [{ type: 'text', value: `@${name}` }],
    data: {
      hName: 'span',
      hProperties: { className: name === me ? ['mention', 'mention-me'] : ['mention'] },
    },
  });

  const pieces = (text: string): Node[] =>
    splitMentions(text, name => known.get(name)).flatMap(piece =>
      typeof piece === 'string' ? broken(piece) : [mention(piece.who), ...broken(piece.rest)],
    );

  const walk = (node: Node): void => {
    if (!node.children) return;
    node.children = node.children.flatMap(child => {
      if (child.type === 'text') return pieces(child.value ?? '');
      if (child.type === 'footnoteReference') return [{ type: 'text', value: `[^${child.identifier}]` }];
      walk(child);
      if (child.type === 'footnoteDefinition') return child.children ?? [];
      return [child];
    });
  };
  return walk;
}

/** Text with a break at each end of a line. */
function broken(text: string): Node[] {
  return text
    .split(/\r?\n/)
    .flatMap((value, at) => [
      ...(at > 0 ? [{ type: 'break' }] : []),
      ...(value ? [{ type: 'text', value }] : []),
    ]);
}
