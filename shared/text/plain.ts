// A long text beside itself in plain characters, to be searched by a database that knows no scripts; and its words for an index. Pure.
import { fold, wordsOf } from './words.ts';

const WORDLY = /[\p{L}\p{N}\p{M}'’]/u;

/** As many characters (code points): small, without accents, and a space for what is no letter or digit. */
export function plainOf(text: string): string {
  let plain = '';
  for (const char of text) plain += WORDLY.test(char) ? ([...fold(char)][0] ?? ' ') : ' ';
  return plain;
}

/** How the text begins, and every other word of it once: up to `most` characters, of which `beginning` are as they stand. */
export function indexWords(text: string, most: number, beginning: number): string {
  const start = text.slice(0, beginning).toWellFormed();
  const known = new Set(wordsOf(start).map(({ word }) => word));
  let rest = '';
  for (const { word } of wordsOf(text.slice(beginning))) {
    if (known.has(word)) continue;
    if (start.length + rest.length + word.length >= most) break;
    known.add(word);
    rest += ` ${word}`;
  }
  return start + rest;
}
