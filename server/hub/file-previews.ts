// Smaller pictures of files, made once and kept. A file of which none can be made is remembered by an empty one.
import type { Readable } from 'node:stream';
import type { previewEdges } from '#shared/protocol/files.ts';
import { HubError, notFound } from './errors.ts';
import { previewKey } from './file-sweep.ts';
import type { StoredFile } from './ports-file-store.ts';
import type { Blobs, FileInspector } from './ports-files.ts';

export type Edge = (typeof previewEdges)[number];

export interface FilePreviews {
  /** @throws HubError `not_found` when there is none to be had */
  open(stored: StoredFile, edge: Edge): Promise<{ readonly size: number; open(): Promise<Readable> }>;
}

export function createFilePreviews({
  blobs,
  inspector,
}: {
  blobs: Blobs;
  inspector: FileInspector;
}): FilePreviews {
  const making = new Map<string, Promise<void>>();

  const make = async ({ file }: StoredFile, edge: Edge, key: string): Promise<void> => {
    const bytes = await inspector.preview(await blobs.read(file.id), file.type, edge);
    await blobs.put(key, bytes ?? new Uint8Array(), 'image/webp');
  };

  const sizeOf = async (key: string): Promise<number | undefined> => {
    try {
      return await blobs.size(key);
    } catch (error) {
      if (error instanceof HubError && error.code === 'not_found') return undefined;
      throw error;
    }
  };

  return {
    async open(stored, edge) {
      if (!stored.file.preview) throw none();
      const key = previewKey(stored.file.id, edge);
      let size = await sizeOf(key);
      if (size === undefined) {
        const pending = making.get(key) ?? make(stored, edge, key).finally(() => making.delete(key));
        making.set(key, pending);
        await pending;
        size = await blobs.size(key);
      }
      if (size === 0) throw none();
      return { size, open: () => blobs.read(key) };
    },
  };
}

const none = () => notFound('There is no smaller picture of this file.');
