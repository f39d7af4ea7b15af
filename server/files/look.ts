// What a file is, by its beginning. Where its bytes say two things, or say other than its name, it is given out as the safer one.
import type { Look } from '../hub/ports-files.ts';
import { canShow, canShrink, hasWords, PDF } from './kinds.ts';
import { PIXELS } from './limits.ts';
import { pictureSize } from './picture.ts';
import { isRunnableName, markOf, textKind } from './text-kind.ts';

export const UNKNOWN: Look = {
  type: 'application/octet-stream',
  preview: false,
  text: false,
  inline: false,
};

/** Tags and signatures of what a browser runs, long enough that they do not turn up in pixels by chance. */
const HIDDEN =
  /<(?:script|html|body|iframe|object|embed|!doctype|svg[\s>]|img\s[^>]{0,200}on\w+=|\?php|meta\s|form\s)|javascript:|\son(?:load|error)=/i;
/** Readers of PDF take one that begins within the first kilobyte. */
const PDF_WITHIN = 1024;

/** @param size bytes of the whole file */
export async function look(head: Uint8Array, size: number, name: string): Promise<Look> {
  const whole = head.length >= size;
  const latin1 = Buffer.from(head).toString('latin1');
  const type = await typeOf(head, latin1, whole, name);
  const pixels = canShrink(type) ? await pictureSize(head, type) : undefined;
  return {
    type,
    ...pixels,
    preview: canShrink(type) && (!pixels || pixels.width * pixels.height <= PIXELS),
    text: hasWords(type),
    inline: canShow(type) && !isRunnableName(name) && !HIDDEN.test(latin1) && !isPdf(latin1),
  };
}

async function typeOf(head: Uint8Array, latin1: string, whole: boolean, name: string): Promise<string> {
  // Before signatures: the mark of UTF-16 begins as sound does.
  const marked = markOf(head) && textKind(head, whole, name);
  if (marked) return marked;
  const signed = await signature(head);
  // An XML declaration says nothing about what is in it.
  if (signed && signed !== 'application/xml') return signed;
  if (isPdf(latin1)) return PDF;
  return textKind(head, whole, name) ?? UNKNOWN.type;
}

/** Undefined: none that is known, or broken in a way that its reader stumbles over. */
async function signature(head: Uint8Array): Promise<string | undefined> {
  const { fileTypeFromBuffer } = await import('file-type');
  try {
    return (await fileTypeFromBuffer(head))?.mime;
  } catch {
    return undefined;
  }
}

const isPdf = (latin1: string) => latin1.slice(0, PDF_WITHIN).includes('%PDF-');
