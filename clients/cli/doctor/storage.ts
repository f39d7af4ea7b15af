// Where files are kept: one small file is written, found and removed, by the same piece that the hub keeps files with.
import path from 'node:path';
import { openBlobs } from '../../../server/blobs/open.ts';
import { loadStorage } from '../../../server/config.ts';
import type { Check } from './check.ts';

/** One try: who waits for the doctor wants to know how it is now. */
const PATIENCE = { timeout: 4000, attempts: 1 };

export const storage: Check = async ({ config }) => {
  const { storage, dataDir } = config;
  if (storage.kind === 'disk' && storage.folder === path.join(dataDir, 'files')) return { state: 'off' };
  try {
    await using blobs = await openBlobs(await loadStorage(config), { patience: PATIENCE });
    await blobs.probe();
    return { state: 'ok' };
  } catch (error) {
    const { reason, next } = (error as { details?: { reason?: string; next?: string } }).details ?? {};
    if (!reason || !next) throw error;
    return { state: 'failed', reason, next };
  }
};
