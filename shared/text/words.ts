// The words of a text, in whatever script, each with its place: what search compares, and where it highlights. Pure.

export interface Word {
  /** Lower case, without accents. */
  readonly word: string;
  /** Where it stands in the text: UTF-16 units, the end not included. */
  readonly start: number;
  readonly end: number;
}

/** Scripts that put no spaces between words: every two neighbouring characters count as a word. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}ー々〆`;
const RUN = new RegExp(
  `[${UNSPACED}]+|(?![${UNSPACED}])[\\p{L}\\p{N}](?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])*(?:['’](?![${UNSPACED}])\\p{L}+)*`,
  'gu',
);
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
/** Longer ones are keys and hashes: nobody types them to their end. */
const MAX_WORD = 64;

const ASCII = /^[\0-\x7f]*$/;
const [A, Z, ZERO, NINE, APOSTROPHE] = [97, 122, 48, 57, 39];

const SPECIAL: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ς: 'σ',
};

/** As words are compared: lower case, wide and narrow forms alike, without accents. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (/^[\x20-\x7e]*$/.test(lower)) return lower;
  return lower
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\u064b-\u065f\u05b0-\u05c7]/g, '')
    .normalize('NFC')
    .replace(/[ßæœøđðþłıς]/g, char => SPECIAL[char] as string);
}

/** In their order; in scripts without spaces also the last character alone, so that every character begins a word. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  if (ASCII.test(text)) {
    plain(text.toLowerCase(), words);
    return words;
  }
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (IS_UNSPACED.test(run)) pairs(run, index, words);
    else spaced(run, index, words);
  }
  return words;
}

/** What RUN finds, several times as fast: most texts are no more than this, and a search reads hundreds of them. @param text lower case */
function plain(text: string, words: Word[]): void {
  let start = -1;
  let quoted = false;
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = code >= A && code <= Z;
    const digit = code >= ZERO && code <= NINE;
    if (letter || (digit && !quoted)) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      const next = text.charCodeAt(at + 1);
      if (code === APOSTROPHE && next >= A && next <= Z) quoted = true;
      else {
        if (quoted) spaced(text.slice(start, at), start, words);
        else words.push({ word: text.slice(start, Math.min(at, start + MAX_WORD)), start, end: at });
        start = digit ? at : -1;
        quoted = false;
      }
    }
  }
}

/** Whether it is one of a script without spaces. */
export const isUnspaced = (word: string): boolean => IS_UNSPACED.test(word);

function pairs(run: string, at: number, words: Word[]): void {
  const chars = [...run];
  let start = at;
  chars.forEach((char, i) => {
    const next = chars[i + 1] ?? '';
    words.push({ word: fold(char + next), start, end: start + char.length + next.length });
    start += char.length;
  });
}

/** `l'eau` is about water, `Ada's` about Ada; `don't` is one word. */
function spaced(run: string, at: number, words: Word[]): void {
  const end = at + run.length;
  const [, before = '', after = ''] = /^(.*?)['’](.*)$/su.exec(run) ?? [];
  if (after === '') push(words, run, at, end);
  else if (before.length <= 2) push(words, after, end - after.length, end);
  else if (/^s$/i.test(after)) push(words, before, at, at + before.length);
  else push(words, run.replace(/['’]/g, ''), at, end);
}

function push(words: Word[], raw: string, start: number, end: number): void {
  const word = fold(raw).slice(0, MAX_WORD);
  if (word) words.push({ word, start, end });
}
