// A vector in a quarter of its size: each number as a signed byte. Cosines change by less than a hundredth. Pure.

export interface Packed {
  readonly scale: number;
  /** Base64. */
  readonly bytes: string;
}

export function pack(vector: Float32Array): Packed {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = largest / 127;
  const bytes = Int8Array.from(vector, value => Math.round(value / scale));
  return { scale, bytes: Buffer.from(bytes.buffer).toString('base64') };
}
