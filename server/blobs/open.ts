// Opens what holds files, as STORAGE_URL names it. Each is loaded here: the clients of the services are big, and most hubs need none.
import type { DataStore } from '@tus/utils';
import type { Blobs } from '../hub/ports-files.ts';
import type { Bucket } from './bucket.ts';
import type { GcsSettings } from './gcs.ts';
import type { S3Settings } from './s3.ts';
import type { SupabaseSettings } from './supabase.ts';

type BucketSettings = S3Settings | GcsSettings | SupabaseSettings;
/** As loadStorage of the config gives them. */
export type StorageSettings = { readonly kind: 'disk'; readonly folder: string } | BucketSettings;

/**
 * `uploads` is what a tus server puts its bytes into, under the same keys. Its `create` is told the size and finishes an empty file at
 * once; after `write` has returned the size, or `getUpload` has told an offset equal to it, the file can be read. An upload can go on
 * after a cut at any byte, at any node. All of its methods reject with HubError: `not_found`, `unavailable`, `conflict`.
 */
export interface OpenedBlobs extends Blobs, AsyncDisposable {
  readonly uploads: DataStore;
}

export interface OpenOptions {
  /** 32 bytes. Undefined: files lie there as they are. */
  readonly encryptionKey?: Buffer | undefined;
  readonly patience?: Patience;
}

/** With a service; its client does the rest. */
export interface Patience {
  /** ms that a connection may take, and that may pass without a byte. */
  readonly timeout: number;
  /** Of one request, with growing pauses between them. */
  readonly attempts: number;
}

const PATIENCE: Patience = { timeout: 20_000, attempts: 4 };

/** @throws HubError `unavailable` when the folder cannot be made; services are not asked anything yet, see `probe` */
export async function openBlobs(
  settings: StorageSettings,
  { encryptionKey, patience = PATIENCE }: OpenOptions = {},
): Promise<OpenedBlobs> {
  const plain = await openPlain(settings, patience);
  if (!encryptionKey) return plain;
  const { encrypt } = await import('./encrypted.ts');
  return encrypt(plain, encryptionKey);
}

async function openPlain(settings: StorageSettings, patience: Patience): Promise<OpenedBlobs> {
  if (settings.kind === 'disk') return (await import('./disk.ts')).openDisk(settings.folder);
  const { createBucketBlobs } = await import('./bucket-blobs.ts');
  return createBucketBlobs(await openBucket(settings, patience));
}

async function openBucket(settings: BucketSettings, patience: Patience): Promise<Bucket> {
  switch (settings.kind) {
    case 's3':
      return (await import('./s3.ts')).openS3Bucket(settings, patience);
    case 'gcs':
      return (await import('./gcs.ts')).openGcsBucket(settings, patience);
    case 'supabase':
      return (await import('./supabase.ts')).openSupabaseBucket(settings, patience);
  }
}
