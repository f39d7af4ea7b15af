// Resumable uploads on a disk: bytes and what is known of them lie in a folder for drafts until the last byte is safe; then the file moves to its place.
import { createWriteStream } from 'node:fs';
import { access, open, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/utils';
import { HubError } from '../hub/errors.ts';
import { createConfigs } from './disk-configs.ts';
import { place } from './disk-write.ts';
import { away, isKey, nothingThere, trouble } from './trouble.ts';
import { type Cut, untilCut } from './until-cut.ts';

export const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** How large a file is; undefined: there is none. */
export async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Runs work on a folder. While the folder itself is away, as one of another machine can be, nothing in it is missing.
 * @param drafts in that folder, and always there
 */
export async function onDisk<T>(drafts: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const told = trouble(error, isMissing);
    if (
      told.code !== 'not_found' ||
      (await access(drafts).then(
        () => true,
        () => false,
      ))
    )
      throw told;
    throw away(error);
  }
}

export class DiskUploads extends FileStore {
  private readonly folder: string;
  private readonly removeAll: (key: string) => Promise<void>;

  /**
   * @param folder for finished files
   * @param drafts there already: what FileStore does about a missing one would end the process when it fails
   */
  constructor(folder: string, drafts: string, removeAll: (key: string) => Promise<void>) {
    super({ directory: drafts, configstore: createConfigs(drafts) });
    this.folder = folder;
    this.removeAll = removeAll;
    this.extensions = ['creation', 'creation-with-upload', 'termination'];
  }

  override create(upload: Upload): Promise<Upload> {
    return this.guarded(upload.id, async () => {
      await super.create(upload);
      if (upload.size === 0) await this.finish(upload.id);
      return upload;
    });
  }

  /** At an offset before the end of what is there, what follows it is dropped. */
  override write(bytes: Readable, id: string, offset: number): Promise<number> {
    return this.guarded(id, async () => {
      const draft = this.draftOf(id);
      const [config, there] = await Promise.all([this.configstore.get(id), sizeOf(draft)]);
      if (!config || there === undefined) throw nothingThere();
      if (offset > there) throw new HubError('conflict', `The upload stands at ${there}, not at ${offset}.`);
      if (offset < there) await truncate(draft, offset);
      const to = createWriteStream(draft, { flags: 'r+', start: offset });
      const cut: Cut = {};
      await pipeline(untilCut(bytes, cut), to);
      const end = offset + to.bytesWritten;
      if (end === config.size) await this.finish(id);
      else if ('error' in cut) throw cut.error;
      return end;
    });
  }

  /** Of a finished one too, and finishes what was whole when its node ended. */
  override getUpload(id: string): Promise<Upload> {
    return this.guarded(id, async () => {
      const [config, there] = await Promise.all([this.configstore.get(id), sizeOf(this.draftOf(id))]);
      if (config && there !== undefined && there !== config.size)
        return Object.assign(config, { offset: there });
      if (config && there !== undefined) await this.finish(id);
      const size = await sizeOf(path.join(this.folder, id));
      if (size === undefined) throw nothingThere();
      return new Upload({ id, size, offset: size });
    });
  }

  override remove(id: string): Promise<void> {
    return this.guarded(id, () => this.removeAll(id));
  }

  private draftOf(id: string): string {
    return path.join(this.directory, id);
  }

  private async finish(id: string): Promise<void> {
    const target = path.join(this.folder, id);
    try {
      const handle = await open(this.draftOf(id), 'r+');
      await handle.sync().finally(() => handle.close());
      await place(this.draftOf(id), target);
    } catch (error) {
      // Another node may have been faster.
      if (!isMissing(error) || (await sizeOf(target)) === undefined) throw error;
    }
    await this.configstore.delete(id);
  }

  private async guarded<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (!isKey(id)) throw nothingThere();
    return onDisk(this.directory, work);
  }
}
