// Storages of files for tests: a folder, and the services' simulators with a bucket in each.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type GcsSimulator, openGcsSimulator } from '../../scripts/simulators/gcs/simulator.ts';
import type { Fault } from '../../scripts/simulators/objects/faults.ts';
import { openS3Simulator, type S3Simulator } from '../../scripts/simulators/s3/simulator.ts';
import {
  openSupabaseSimulator,
  type SupabaseSimulator,
} from '../../scripts/simulators/supabase/simulator.ts';
import { type OpenOptions, openBlobs, type StorageSettings } from '../blobs/open.ts';
import type { BlobsUnderTest } from './contracts/blobs.ts';

const HASTY = { timeout: 2000, attempts: 1 };
const PATIENT = { timeout: 5000, attempts: 3 };

export const opening =
  (settings: StorageSettings, given: OpenOptions = {}): BlobsUnderTest['open'] =>
  how =>
    openBlobs(settings, { patience: how ? HASTY : PATIENT, ...given });

export async function diskUnderTest(options?: OpenOptions): Promise<BlobsUnderTest & { folder: string }> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'first-court-blobs-'));
  const folder = path.join(home, 'files');
  const away = path.join(home, 'away');
  return {
    folder,
    open: opening({ kind: 'disk', folder }, options),
    async everything() {
      const all = await readdir(folder, { recursive: true });
      return all.filter(name => name !== '.drafts');
    },
    // Also for root, whom no mode of a folder keeps out: a file stands where the folder was.
    async leave() {
      await rename(folder, away);
      await writeFile(folder, '');
    },
    async mend() {
      await rm(folder);
      await rename(away, folder);
    },
    async [Symbol.asyncDispose]() {
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Nobody is answered while this stands among a simulator's faults. */
const leaving = (faults: Fault[]) => ({
  leave: async () => void faults.push({ kind: 'status', status: 503, code: 'SlowDown' }),
  mend: async () => void faults.splice(0),
});

export async function s3UnderTest(
  options?: OpenOptions,
): Promise<BlobsUnderTest & { s3: S3Simulator; settings: Extract<StorageSettings, { kind: 's3' }> }> {
  const s3 = await openS3Simulator({ pageSize: 3 });
  const bucket = `court-${randomUUID()}`;
  s3.makeBucket(bucket);
  const { id, secret, region } = s3.keys;
  const settings = { kind: 's3', bucket, endpoint: s3.url, region, credentials: { id, secret } } as const;
  return {
    s3,
    settings,
    open: opening(settings, options),
    async everything() {
      const { objects, multiparts } = s3.buckets.get(bucket) ?? {};
      return [...(objects?.keys() ?? []), ...[...(multiparts?.values() ?? [])].map(({ key }) => key)];
    },
    ...leaving(s3.faults),
    [Symbol.asyncDispose]: () => s3[Symbol.asyncDispose](),
  };
}

export async function gcsUnderTest(
  options?: OpenOptions,
): Promise<BlobsUnderTest & { gcs: GcsSimulator; settings: Extract<StorageSettings, { kind: 'gcs' }> }> {
  const gcs = await openGcsSimulator({ pageSize: 3 });
  const bucket = `court-${randomUUID()}`;
  gcs.makeBucket(bucket);
  const { client_email: email, private_key: key } = gcs.oauth.service;
  const settings = { kind: 'gcs', bucket, service: { email, key }, rootUrl: gcs.url } as const;
  return {
    gcs,
    settings,
    open: opening(settings, options),
    everything: async () => [...(gcs.buckets.get(bucket)?.keys() ?? [])],
    ...leaving(gcs.faults),
    [Symbol.asyncDispose]: () => gcs[Symbol.asyncDispose](),
  };
}

/** Its database is never asked for anything. */
const NO_DATABASE = 'postgres://nobody@127.0.0.1:1/none';

export async function supabaseUnderTest(
  options?: OpenOptions,
): Promise<
  BlobsUnderTest & { project: SupabaseSimulator; settings: Extract<StorageSettings, { kind: 'supabase' }> }
> {
  const project = await openSupabaseSimulator({ databaseUrl: NO_DATABASE });
  const { shelf, resumable } = project.storage;
  const bucket = `court-${randomUUID()}`;
  shelf.make({ id: bucket, public: false, sizeLimit: null, types: null });
  const settings = { kind: 'supabase', bucket, url: project.url, key: project.secretKey } as const;
  return {
    project,
    settings,
    open: opening(settings, options),
    everything: async () => [...shelf.bucket(bucket).objects.keys(), ...resumable.unfinished()],
    async leave() {
      project.fault = { kind: 'status', status: 503 };
    },
    async mend() {
      project.fault = undefined;
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
