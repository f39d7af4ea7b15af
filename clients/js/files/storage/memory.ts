// Unfinished uploads for as long as the process lives.
import type { KeptUpload, UploadStorage } from '../types.ts';

/** The default in Node. */
export function memoryUploads(): UploadStorage {
  const uploads = new Map<string, KeptUpload>();
  return {
    load: async account => [...uploads.values()].filter(upload => upload.account === account),
    put: async upload => void uploads.set(upload.key, upload),
    remove: async key => void uploads.delete(key),
    close: async () => {},
  };
}
