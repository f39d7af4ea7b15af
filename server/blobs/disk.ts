// Files in a folder, which several nodes may share: finished ones under their keys, the others in `.drafts` until they are whole and synced.
import { createReadStream } from 'node:fs';
import { access, constants, mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Blobs } from '../hub/ports-files.ts';
import { DiskUploads, onDisk, sizeOf } from './disk-uploads.ts';
import { writeWhole } from './disk-write.ts';
import type { OpenedBlobs } from './open.ts';
import { isKey, nothingThere, outside, unwell } from './trouble.ts';

const DRAFTS = '.drafts';
/** 64 KiB, the default, costs a fifth of the speed. */
const READ_BYTES = 256 * 1024;

/**
 * @param folder absolute; made when it is missing
 * @throws HubError `unavailable` when it cannot be made
 */
export async function openDisk(folder: string): Promise<OpenedBlobs> {
  const drafts = path.join(folder, DRAFTS);
  await mkdir(drafts, { recursive: true }).catch(error => {
    throw unwritable(folder, error);
  });
  const fileOf = (key: string) => {
    if (!isKey(key)) throw nothingThere();
    return path.join(folder, key);
  };
  async function removeOne(key: string): Promise<void> {
    const file = fileOf(key);
    await access(drafts);
    const draft = path.join(drafts, key);
    // The config first: without it a draft is nothing that could be finished meanwhile.
    for (const one of [`${draft}.json`, draft, file]) await rm(one, { force: true });
    // The folder of a preview goes with the last of them.
    for (let up = path.dirname(file); up !== folder; up = path.dirname(up))
      if (
        !(await rmdir(up).then(
          () => true,
          () => false,
        ))
      )
        break;
  }

  const blobs: Blobs = {
    kind: 'disk',
    put: (key, bytes) => onDisk(drafts, () => writeWhole(drafts, fileOf(key), bytes)),
    read: (key, range) =>
      onDisk(drafts, async () => {
        const handle = await open(fileOf(key), 'r');
        const found = await handle.stat().catch(async error => {
          await handle.close();
          throw error;
        });
        if (found.isFile() && (!range || range.start < found.size)) {
          const stream = createReadStream('', { fd: handle, highWaterMark: READ_BYTES, ...range });
          // Whoever reads hears of it; whoever stopped reading must not end the process.
          stream.on('error', () => {});
          return stream;
        }
        await handle.close();
        throw found.isFile() ? outside(found.size) : nothingThere();
      }),
    size: key =>
      onDisk(drafts, async () => {
        const size = await sizeOf(fileOf(key));
        if (size === undefined) throw nothingThere();
        return size;
      }),
    remove: keys =>
      onDisk(drafts, async () => {
        for (const key of keys) if (isKey(key)) await removeOne(key);
      }),
    async *list() {
      const entries = walk(folder, '');
      for (;;) {
        const next = await onDisk(drafts, () => entries.next());
        if (next.done) return;
        yield next.value;
      }
    },
    link: async () => undefined,
    async probe() {
      try {
        await mkdir(drafts, { recursive: true });
        await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
        const file = path.join(drafts, `probe-${crypto.randomUUID()}`);
        await writeWhole(drafts, file, 'probe');
        await rm(file);
      } catch (error) {
        throw unwritable(folder, error);
      }
    },
  };
  const uploads = new DiskUploads(folder, drafts, removeOne);
  return Object.assign(blobs, { uploads, [Symbol.asyncDispose]: async () => {} });
}

async function* walk(folder: string, under: string): AsyncGenerator<{ key: string; at: number }> {
  for (const entry of await readdir(path.join(folder, under), { withFileTypes: true })) {
    const name = path.posix.join(under, entry.name);
    if (entry.isDirectory()) yield* walk(folder, name);
    else {
      // May be gone by now.
      const found = await stat(path.join(folder, name)).catch(() => undefined);
      const key = name.startsWith(`${DRAFTS}/`) ? name.slice(DRAFTS.length + 1).replace(/\.json$/, '') : name;
      if (found) yield { key, at: found.mtimeMs };
    }
  }
}

const unwritable = (folder: string, error: unknown) =>
  unwell(
    `The folder ${folder} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
    'Give the account that runs the hub the right to, make room on the disk, or name another folder in STORAGE_URL.',
    error,
  );
