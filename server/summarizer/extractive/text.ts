// From a message as it was written to plain words: nothing of it can become a link, an image, HTML or formatting again.

/** More of one message is not read: nobody says so much in a sentence worth citing. */
const MAX_LINE = 8_000;
/** No word is longer; what is, is a key, a hash or an attack. */
const MAX_WORD = 40;

// Every repetition is bounded, so that text made of opening brackets costs no more than any other.
const FENCE = /(```|~~~)[\s\S]*?(\1|$)/g;
const QUOTED = /^[ \t]{0,3}>.*$/gm;
const LINK = /!?\[([^\][\n]{0,300})\]\([^()\n]{0,2000}\)/g;
const REFERENCE = /!?\[([^\][\n]{0,300})\]\[[^\][\n]{0,100}\]/g;
const TAG = /<\/?[a-z!][^<>\n]{0,1000}>/gi;
const ADDRESS =
  /\b(?:https?|ftp|file|data|javascript|mailto|tel|irc|ws|wss):[^\s<>]{1,2000}|\bwww\.[^\s<>]{1,500}/gi;
const BULLET = /^[ \t]{0,8}(?:#{1,6}|[-*+]|\d{1,3}[.)])[ \t]+(?:\[[ x]\][ \t]+)?/gm;
/** Controls, marks without a width and marks of direction: they hide words or turn them round. */
const INVISIBLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Whether words are not separated by spaces in it. */
export const isUnspaced = (text: string): boolean => UNSPACED.test(text);

/** Names are chosen by people too, and stand in claims. */
export function plainName(by: string): string {
  const name = by
    .slice(0, 200)
    .normalize('NFC')
    .replace(INVISIBLE, '')
    .replace(TAG, ' ')
    .replace(LINK, '$1')
    .replace(ADDRESS, ' ')
    .replace(/[[\]<>`*|\\~^{}@]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return name.slice(0, 60) || 'Somebody';
}

/** Lines are kept, since a list has one statement on each. */
export function plain(text: string): string {
  return text
    .slice(0, MAX_LINE)
    .normalize('NFC')
    .replace(INVISIBLE, '')
    .replace(FENCE, ' ')
    .replace(QUOTED, ' ')
    .replace(TAG, ' ')
    .replace(LINK, '$1')
    .replace(REFERENCE, '$1')
    .replace(ADDRESS, '(link)')
    .replace(BULLET, '')
    .replace(/&(?:nbsp|lt|gt|quot|#\d{1,6});/g, ' ')
    .replace(/[[\]<>`*|\\~^{}]+/g, ' ')
    .replace(/(^|[\s(])_+|_+(?=[\s.,;:!?)]|$)/gm, '$1')
    .replace(/\S{41,}/g, word => (isUnspaced(word) ? word : `${word.slice(0, MAX_WORD)}…`))
    .replace(/[^\S\n]+/g, ' ')
    .trim();
}
