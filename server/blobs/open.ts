// Opens what holds files, as STORAGE_URL names it. Each is loaded here: the clients of the services are big, and most hubs need none.
import type { DataStore } from '@tus/server';
import type { Blobs } from '../hub/ports-files.ts';

export type StorageSettings = { readonly kind: 'disk'; readonly folder: string };

/**
 * `uploads` is what a tus server puts its bytes into, under the same keys. Its `create` is told the size and finishes an empty file at
 * once; after `write` has returned the size, or `getUpload` has told an offset equal to it, the file can be read. An upload can go on
 * after a cut at any byte, at any node. All of its methods reject with HubError: `not_found`, `unavailable`, `conflict`.
 */
export interface OpenedBlobs extends Blobs, AsyncDisposable {
  readonly uploads: DataStore;
}

/** @throws HubError `unavailable` when the folder cannot be made; services are not asked anything yet, see `probe` */
export async function openBlobs(settings: StorageSettings): Promise<OpenedBlobs> {
  const { openDisk } = await import('./disk.ts');
  return openDisk(settings.folder);
}
