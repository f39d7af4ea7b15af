// A message's text without the marks of Markdown, for places of one line and for what is read aloud.
import type { Message } from '../../js/index.ts';

export const plainText = (text: string): string =>
  text
    .replace(/```\w*\n?|`|\*\*|~~|(?<![\p{L}\p{N}])[*_]+(?=\S)|(?<=\S)[*_]+(?![\p{L}\p{N}])/gu, '')
    .replace(/!?\[([^\]\n]*)\]\([^)\s]*\)/g, '$1')
    .replace(/^\s*(?:[>#]+|[-+*]|\|)\s+/gm, '')
    .replace(/\s+/g, ' ')
    .trim();

/** The same with the names of its files. */
export const messageWords = ({ text, files }: Pick<Message, 'text' | 'files'>): string =>
  [
    plainText(text),
    ...(files.length > 0 ? [`${text ? 'with' : 'shared'} ${files.map(({ name }) => name).join(', ')}`] : []),
  ]
    .filter(Boolean)
    .join(' ');
