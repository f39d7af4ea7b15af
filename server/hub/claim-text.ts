// A model's words, and quotes of messages, as text that can do nothing: one line without links, images, HTML or what nobody sees. Pure.

const LONGEST = 500;
const LINK = '(link)';

/** In this order: what is inside of something comes before it. */
const RULES: readonly (readonly [RegExp, string])[] = [
  // Line ends are spaces; what is invisible or turns the direction of writing goes, but for what joins parts of an emoji.
  [/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '],
  [/(?!\u200d)\p{Cf}/gu, ''],
  // Numbers of sources are ours to give.
  [/\[\d+(?:\s*,\s*\d+)*\](?!\()/g, ''],
  [/!?\[([^[\]]*)\]\((?:[^()\\]|\\.|\([^()]*\))*\)/g, '$1'],
  [/!?\[([^[\]]*)\]\[[^[\]]*\]/g, '$1'],
  [/^\s*\[[^\]]*\]:.*$/g, ''],
  [/<!--.*?-->|<\/?[a-z!?][^>]*>/gi, ''],
  [/\b[a-z][a-z0-9+.-]*:\/\/\S*/gi, LINK],
  [/\b(?:javascript|vbscript|data|blob|file|mailto|tel|sms)\s*:\S*/gi, LINK],
  [/\bwww\.\S+/gi, LINK],
  // Ids are for machines.
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '(id)'],
  [/(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '(address)'],
  [/(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+[a-z]{2,}\/\S*/gi, LINK],
];

/** Empty when nothing is left that says something. */
export function harmless(text: string, longest = LONGEST): string {
  // Taking one thing away can make another: `<<b>img>`.
  const clean = settled(text.slice(0, 4 * longest), rest => plainMarks(settled(rest, strip)));
  return /[\p{L}\p{N}]/u.test(clean) ? shortened(clean, longest) : '';
}

function settled(text: string, change: (text: string) => string): string {
  const next = change(text);
  return next === text ? text : settled(next, change);
}

const strip = (text: string): string =>
  RULES.reduce((rest, [what, instead]) => rest.replace(what, instead), text);

/** What could still begin a link, a tag or a list is only a mark. */
const plainMarks = (text: string): string =>
  text
    .replace(/\(\s*\)/g, '')
    .replace(/^(?:\s*(?:[-*+>•]|#{1,6}|\d{1,3}[.)])\s+)+/, '')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,;:!?](?:\s|$))/g, '')
    .trim();

function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), longest - 40)).trimEnd()}…`;
}
