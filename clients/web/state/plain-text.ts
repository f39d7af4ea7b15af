// A message's text without the marks of Markdown, for places of one line and for what is read aloud.

export const plainText = (text: string): string =>
  text
    .replace(/```\w*\n?|`|\*\*|~~|(?<![\p{L}\p{N}])[*_]+(?=\S)|(?<=\S)[*_]+(?![\p{L}\p{N}])/gu, '')
    .replace(/!?\[([^\]\n]*)\]\([^)\s]*\)/g, '$1')
    .replace(/^\s*(?:[>#]+|[-+*]|\|)\s+/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
