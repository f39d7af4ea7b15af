// What is known of an unfinished upload on a disk: one JSON file beside its bytes, so that any node with the same folder can go on with it.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type KvStore, Upload } from '@tus/utils';
import { z } from 'zod';
import { writeWhole } from './disk-write.ts';

const known = z.object({
  id: z.string(),
  size: z.int().min(0),
  metadata: z.record(z.string(), z.string().nullable()).optional(),
  creation_date: z.string(),
});

/** Damaged is as good as missing: the upload cannot go on, and the sweep takes it away. */
export function createConfigs(folder: string): KvStore {
  const fileOf = (id: string) => path.join(folder, `${id}.json`);
  return {
    async get(id) {
      const text = await readFile(fileOf(id), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      try {
        const { metadata, ...rest } = known.parse(JSON.parse(text));
        return new Upload({ ...rest, offset: 0, ...(metadata && { metadata }) });
      } catch {
        return undefined;
      }
    },
    set: (id, upload) => writeWhole(folder, fileOf(id), JSON.stringify(upload)),
    delete: id => rm(fileOf(id), { force: true }),
  };
}
