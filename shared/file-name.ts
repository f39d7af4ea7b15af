// Names of files, made harmless: a name is shown and handed to whoever downloads, and is never a path of ours.
import { FILE_NAME_CHARS } from './protocol/files.ts';

/** Control characters, and those that turn the direction of what follows: `exe.gnp` behind one of these reads `png.exe`. */
const HIDDEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ufff9-\ufffb]/gu;
/** Not allowed in names on one system or the other. */
const RESERVED = /[<>:"|?*]/g;
/** Devices of Windows, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;
/** The last ending and one before it: `.tar.gz`. */
const ENDING = /(?:\.[\p{L}\p{N}_-]{1,10}){1,2}$/u;
const UNNAMED = 'file';

/** From 1 to FILE_NAME_CHARS characters (UTF-16), without a path, in NFC. A name that is harmless already stays as it is. */
export function safeFileName(given: string): string {
  const last =
    given
      .toWellFormed()
      .replace(HIDDEN, '')
      .split(/[/\\]/)
      .findLast(part => /[^.\s]/.test(part)) ?? '';
  const name = last.normalize('NFC').replace(RESERVED, '_').replace(/\s+/g, ' ');
  const bare = name
    .replace(/^\s*\.+/, '_')
    .trimStart()
    .replace(/[\s.]+$/, '');
  return shorten(bare.replace(DEVICE, '_$&')) || UNNAMED;
}

/** Cut before the ending, and not through a character. */
function shorten(name: string): string {
  if (name.length <= FILE_NAME_CHARS) return name;
  const ending = ENDING.exec(name)?.[0] ?? '';
  const stem = name.slice(0, FILE_NAME_CHARS - ending.length);
  return stem.replace(/[\ud800-\udbff]$/, '').replace(/[\s.]+$/, '') + ending;
}
