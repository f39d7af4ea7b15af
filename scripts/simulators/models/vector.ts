// What stands in for an embedding model: texts that share words, or parts of words, lie near each other.
import { createHash } from 'node:crypto';

/** Of length 1. */
export function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    for (const [part, weight] of [[word, 1], ...parts(word).map(one => [one, 0.3] as const)] as const) {
      const digest = createHash('md5').update(part).digest();
      for (let at = 0; at < 4; at++) {
        const place = digest.readUInt16LE(at * 2) % dimensions;
        vector[place] = (vector[place] ?? 0) + ((digest[8 + at] ?? 0) & 1 ? weight : -weight);
      }
    }
  // No text is nothing.
  vector[0] = (vector[0] ?? 0) + 0.01;
  const length = Math.hypot(...vector);
  return vector.map(value => value / length);
}

const parts = (word: string) =>
  Array.from({ length: Math.max(0, word.length - 3) }, (_, at) => word.slice(at, at + 4));
