// Unfinished uploads in the browser's database, with a copy of small files and the handle of large ones, so that they outlive the page.
import type { DBSchema } from 'idb';
import { lazyDatabase } from '../../database.ts';
import type { KeptUpload, UploadStorage } from '../types.ts';

interface Schema extends DBSchema {
  uploads: { key: string; value: KeptUpload; indexes: { account: string } };
}

/** Of larger files no copy is kept. */
const COPY_BYTES = 64 * 1024 * 1024;

/** The default in browsers. `name` is the database's. */
export function indexedDbUploads(name = 'first-court-uploads'): UploadStorage {
  const database = lazyDatabase<Schema>(name, db => {
    db.createObjectStore('uploads', { keyPath: 'key' }).createIndex('account', 'account');
  });
  return {
    load: async account => (await database.use()).getAllFromIndex('uploads', 'account', account),
    async put({ blob, ...upload }) {
      const db = await database.use();
      const small = blob && blob.size <= COPY_BYTES;
      try {
        await db.put('uploads', small ? { ...upload, blob } : upload);
      } catch (error) {
        // No room for a copy: then the file has to be chosen again.
        if (!small) throw error;
        await db.put('uploads', upload);
      }
    },
    async remove(key) {
      await (await database.use()).delete('uploads', key);
    },
    close: () => database.close(),
  };
}
