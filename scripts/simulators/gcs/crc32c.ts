// CRC32C (Castagnoli), by which Google Cloud Storage knows that bytes arrived as they were sent.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
  return sum;
});

/** In base64, as Google writes it. */
export function crc32cOf(bytes: Uint8Array): string {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = ((TABLE[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8)) >>> 0;
  const text = Buffer.alloc(4);
  text.writeUInt32BE((sum ^ 0xffffffff) >>> 0);
  return text.toString('base64');
}
