// The words of plain texts, in whatever encoding, and what every text goes through before it leaves for the hub.
import { TEXT_CHARS } from '../hub/ports-files.ts';
import { markOf } from './text-kind.ts';

/** @param cut the text goes on behind these bytes */
export async function plainText(bytes: Uint8Array, cut: boolean): Promise<string> {
  const mark = markOf(bytes);
  if (mark) return new TextDecoder(mark).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    const { default: chardet } = await import('chardet');
    const [best] = chardet.analyse(bytes);
    return decoder(best && best.confidence >= SURE ? best.name : WESTERN).decode(bytes);
  }
}

/** Of 100. A short text fits many encodings; below this, the commonest is the better guess. */
const SURE = 40;
const WESTERN = 'windows-1252';

function decoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder(WESTERN);
  }
}

const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]+/g;

/** Without control characters and half characters, which neither a database nor a model takes; undefined when no word is left. */
export function tidy(text: string): string | undefined {
  const tidied = text
    .slice(0, 2 * TEXT_CHARS)
    .replace(/\r\n?/g, '\n')
    .normalize('NFC')
    .replace(CONTROLS, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .slice(0, TEXT_CHARS)
    .toWellFormed();
  return tidied === '' ? undefined : tidied;
}
