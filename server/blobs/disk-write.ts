// Writing to a disk so that it is there after a loss of power, and never half.
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What was done to the names in a folder is kept. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems know no such thing for folders.
    if (!['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  } finally {
    await handle.close();
  }
}

/** Gives a finished file its place, over what stood there. The folder is made when it is missing. */
export async function place(from: string, to: string): Promise<void> {
  const folder = path.dirname(to);
  await mkdir(folder, { recursive: true });
  await rename(from, to);
  await syncFolder(folder);
}

/** @param drafts a folder on the same file system, for what is not finished */
export async function writeWhole(drafts: string, file: string, bytes: Uint8Array | string): Promise<void> {
  const draft = path.join(drafts, `put-${randomUUID()}`);
  try {
    await writeFile(draft, bytes, { flush: true });
    await place(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
