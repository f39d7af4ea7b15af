// What `court upload` remembers of unfinished uploads, in a file beside the sign-ins, so that the same command goes on after Ctrl-C.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { KeptUpload, UploadStorage } from '../js/index.ts';

const kept = z.object({
  key: z.string(),
  account: z.string(),
  room: z.string(),
  fingerprint: z.string(),
  name: z.string(),
  type: z.string(),
  size: z.number(),
  at: z.number(),
  id: z.string().optional(),
});

/** @param folder that of the sign-ins */
export function uploadRecord(folder: string): UploadStorage {
  const file = path.join(folder, 'uploads.json');

  /** What can't be read is forgotten: it only costs beginning anew. */
  async function read(): Promise<KeptUpload[]> {
    const text = await readFile(file, 'utf8').catch(() => '[]');
    try {
      return z.array(kept).parse(JSON.parse(text)) as KeptUpload[];
    } catch {
      return [];
    }
  }

  async function write(uploads: KeptUpload[]): Promise<void> {
    const next = `${file}.${process.pid}`;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(next, `${JSON.stringify(uploads, null, 2)}\n`, { mode: 0o600 });
    await rename(next, file);
  }

  return {
    load: async account => (await read()).filter(upload => upload.account === account),
    async put({ blob: _, handle: _h, ...upload }) {
      // Without a fingerprint no other process would know it again.
      if (upload.fingerprint)
        await write([...(await read()).filter(({ key }) => key !== upload.key), upload]);
    },
    async remove(key) {
      const all = await read();
      if (all.some(upload => upload.key === key)) await write(all.filter(upload => upload.key !== key));
    },
    close: async () => {},
  };
}
