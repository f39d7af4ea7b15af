// The words of Word documents, by Mammoth. The archive is read by our rules: only the parts that Mammoth asks for are unpacked, each no
// further than it says it is long, and all of them together no further than the limit.
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { DOCUMENT_BYTES, DOCUMENT_PARTS } from './limits.ts';

/** @throws when it is broken or too large */
export async function docxText(bytes: Uint8Array): Promise<string> {
  const archive = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    lazyEntries: true,
    validateEntrySizes: true,
    strictFileNames: true,
  });
  if (archive.entryCount > DOCUMENT_PARTS) throw new Error('too many parts');
  const file = await partsOf(archive);
  const { default: mammoth } = await import('mammoth');
  // Mammoth takes an archive that is open already as `file`, which its types leave out.
  const { value } = await mammoth.extractRawText({ file } as unknown as { buffer: Buffer });
  return value;
}

/** What Mammoth wants of an archive. */
async function partsOf(archive: ZipFile) {
  const entries = new Map<string, Entry>();
  for await (const entry of archive.eachEntry()) {
    // Two parts of one name: readers differ in which they take.
    if (entries.has(entry.fileName)) throw new Error('a part twice');
    entries.set(entry.fileName, entry);
  }
  let left = DOCUMENT_BYTES;
  return {
    exists: (name: string) => entries.has(name),
    async read(name: string, encoding?: string): Promise<string | Uint8Array> {
      const entry = entries.get(name);
      if (!entry) throw new Error('no such part');
      left -= entry.uncompressedSize;
      if (left < 0) throw new Error('too large unpacked');
      const pieces: Buffer[] = await Array.fromAsync(await archive.openReadStreamPromise(entry));
      const part = Buffer.concat(pieces);
      if (encoding === 'base64') return part.toString('base64');
      return encoding ? new TextDecoder(encoding).decode(part) : part;
    },
  };
}
