// Whether a text holds a word that somebody waits for: as a word of its own, however it is written.

/** Scripts that put no spaces between words: there a word is found wherever it stands. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const LETTER = /[\p{L}\p{N}\p{M}_]/u;

export function hasKeyword(text: string, words: readonly string[]): boolean {
  const within = fold(text);
  return words.some(word => holds(within, fold(word)));
}

const fold = (text: string) => text.normalize('NFC').toLowerCase();

function holds(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = [...text.slice(Math.max(0, at - 2), at)].at(-1);
    const after = [...text.slice(at + word.length, at + word.length + 2)][0];
    if (ends([...word][0], before) && ends([...word].at(-1), after)) return true;
  }
  return false;
}

/** Between these two signs a word may end. */
function ends(inside: string | undefined, outside: string | undefined): boolean {
  if (!inside || !outside) return true;
  return !LETTER.test(inside) || !LETTER.test(outside) || UNSPACED.test(inside);
}
