// Texts in as few requests as a provider's limits allow. Pure.

export interface Limits {
  /** Of one text; what is longer is cut. */
  readonly chars: number;
  readonly texts: number;
  /** Of one request. */
  readonly charsInAll: number;
}

/** Cut where no character is broken in two. */
function cut(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, chars)) ? chars - 1 : chars;
  return text.slice(0, end);
}

/** In their order. An empty text, which vendors refuse, becomes a dot. */
export function batchesOf(texts: readonly string[], { chars, texts: most, charsInAll }: Limits): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const one = cut(text.trim() === '' ? '.' : text, chars);
    const batch = batches.at(-1);
    if (!batch || batch.length === most || one.length > room) {
      batches.push([one]);
      room = charsInAll - one.length;
    } else {
      batch.push(one);
      room -= one.length;
    }
  }
  return batches;
}
