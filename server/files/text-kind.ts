// Which kind of text some bytes are, when no format's signature fits them. Between kinds of text the name decides, and a browser's view
// goes before it: what a browser would take for a page or a drawing is called that, whatever its name.

/** A page, as browsers tell by its first tag (WHATWG MIME Sniffing, 7.1). */
const PAGE =
  /^(?:<!doctype html|<(?:html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|img|svg|form|meta|object|embed|link)[\s/>]|<!--)/i;
/** What may stand before the first tag of a drawing or a page: declarations, comments, a document type. */
const PREAMBLE = /^(?:\s+|<\?[^>]*>|<!--[\s\S]*?-->|<!doctype[^>[]*(?:\[[\s\S]*?\])?[^>]*>)+/i;
const DRAWING = /<(?:[\w-]+:)?svg[\s/>]/i;
const RUNNABLE_NAME = /\.(?:x?html?|xht|shtml|svgz?|xml|xsl|mht|mhtml|hta|swf|m?js|wasm)\s*$/i;

const BY_NAME: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  md: 'text/markdown',
  markdown: 'text/markdown',
};

/** A name under which a browser or a desktop would run what is in the file. */
export const isRunnableName = (name: string) => RUNNABLE_NAME.test(name);

/** @param head the beginning, or all. @param whole it is all. Undefined: no text. */
export function textKind(head: Uint8Array, whole: boolean, name: string): string | undefined {
  const text = decode(head, whole);
  if (text === undefined) return undefined;
  const start = text.trimStart();
  const body = start.replace(PREAMBLE, '');
  if (start.startsWith('<') && DRAWING.test(start)) return 'image/svg+xml';
  if (PAGE.test(body) || (PAGE.test(start) && !start.startsWith('<?xml'))) return 'text/html';
  if (start.startsWith('<?xml')) return 'application/xml';
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (/^(?:x?html?|xht|shtml)$/.test(ending)) return 'text/html';
  if (/^svgz?$/.test(ending)) return 'image/svg+xml';
  if (/^(?:xml|xsl)$/.test(ending)) return 'application/xml';
  if (ending === 'json' && isJson(text, whole)) return 'application/json';
  return BY_NAME[ending] ?? 'text/plain';
}

/** A file that begins as JSON does counts when it is too long to be read whole. */
function isJson(text: string, whole: boolean): boolean {
  if (!whole) return /^\s*[[{]/.test(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Control characters that no text has: all but tab, line ends, form feed and escape. */
const CONTROLS = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/;
/** Of an 8-bit text, how much may be other than ASCII; Cyrillic or Greek is four of five letters. */
const FOREIGN = 0.9;

function decode(head: Uint8Array, whole: boolean): string | undefined {
  const encoding = markOf(head) ?? 'utf-8';
  try {
    // `stream`: a character that the cut went through is no fault.
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: !whole });
    return CONTROLS.test(text) ? undefined : text;
  } catch {
    const text = Buffer.from(head).toString('latin1');
    if (encoding !== 'utf-8' || CONTROLS.test(text)) return undefined;
    const foreign = text.match(/[\x80-\xff]/g)?.length ?? 0;
    return foreign <= text.length * FOREIGN ? text : undefined;
  }
}

/** What a byte order mark says. */
export function markOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}
