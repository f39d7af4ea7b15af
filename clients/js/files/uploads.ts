// All uploads of a client: begins them, knows the same file again, keeps them for a later page, and wakes them when the hub is there.
import type { CallData } from '../../../shared/protocol/calls.ts';
import type { File as SharedFile } from '../../../shared/protocol/files.ts';
import type { BackoffOptions } from '../backoff.ts';
import { Emitter } from '../emitter.ts';
import { CallError } from '../errors.ts';
import { uuid } from '../uuid.ts';
import type { FileAccess } from './access.ts';
import { claimUpload } from './claim.ts';
import { sizeOf } from './source.ts';
import type { KeptUpload, Upload, UploadOptions, UploadSource, UploadStorage, Uploads } from './types.ts';
import { FileUpload } from './upload.ts';

export interface UploadBookDeps {
  access: FileAccess;
  storage: UploadStorage;
  look(id: string): Promise<CallData<'file:get'>>;
  /** Whose they are; resolves as soon as that is known. */
  account: Promise<string>;
  backoff: BackoffOptions | undefined;
  warn(error: Error): void;
}

/** The hub forgets what no message names after a day. */
const KEPT_MS = 24 * 3600 * 1000;

export class UploadBook implements Uploads {
  readonly #deps: UploadBookDeps;
  readonly #events = new Emitter<{ change: undefined }>();
  readonly #releases = new Map<string, () => void>();
  /** What is known of files by id, for messages of ours that are not in the log yet. */
  readonly #files = new Map<string, SharedFile>();
  #list: readonly FileUpload[] = [];
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: UploadBookDeps) {
    this.#deps = deps;
  }

  get list(): readonly Upload[] {
    return this.#list;
  }

  readonly getSnapshot = (): readonly Upload[] => this.#list;
  readonly subscribe = (listener: () => void) => this.#events.on('change', listener);

  file(id: string): SharedFile | undefined {
    return this.#files.get(id);
  }

  /** @throws TypeError without a size */
  start(room: string, source: UploadSource, options: UploadOptions = {}): Upload {
    const size = options.size ?? sizeOf(source);
    if (size === undefined) throw new TypeError('A stream can be uploaded when its size is said: { size }');
    const named = globalThis.File && source instanceof globalThis.File ? source : undefined;
    const name = options.name ?? named?.name ?? 'file';
    const mark = options.fingerprint ?? (named && `${name} ${size} ${named.lastModified}`);
    const fingerprint = mark === undefined ? '' : `${room} ${mark}`;
    const asking = this.#list.find(one => one.snapshot.needs && one.kept.fingerprint === fingerprint);
    if (fingerprint && asking) {
      asking.resume(source).catch(this.#deps.warn);
      return asking;
    }
    const { note, handle, signal } = options;
    const kept: KeptUpload = {
      key: uuid(),
      account: '',
      room,
      fingerprint,
      name,
      type: options.type || (source instanceof Blob && source.type) || 'application/octet-stream',
      size,
      at: Date.now(),
      ...(note !== undefined && { note }),
      ...(handle && { handle }),
      ...(source instanceof Blob && { blob: source }),
    };
    const upload = this.#add(kept, source, options.onProgress);
    const abort = () =>
      this.#drop(upload, new CallError('not_sent', 'The upload was stopped', { cause: signal!.reason }));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    void this.#begin(upload);
    return upload;
  }

  restore(): Promise<void> {
    return this.#do(async () => {
      for (const kept of await this.#kept()) {
        const release = await claimUpload(kept.key);
        if (!release || this.#closed) continue;
        this.#releases.set(kept.key, release);
        const upload = this.#add(kept, kept.blob, undefined);
        if (kept.blob) upload.wake();
        else if (!(await upload.find()))
          this.#drop(upload, new CallError('not_found', 'The hub has forgotten it'), true);
      }
    });
  }

  /** The hub can be reached. */
  wake(): void {
    for (const upload of this.#list) upload.wake();
  }

  /** They are part of a message now. */
  sent(ids: readonly string[]): void {
    for (const upload of this.#list)
      if (upload.id && ids.includes(upload.id)) this.#drop(upload, undefined, true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const upload of this.#list)
      this.#drop(upload, new CallError('unknown', 'The client was closed before the file was there'));
    await this.#work;
    await this.#deps.storage.close();
  }

  #add(
    kept: KeptUpload,
    source: UploadSource | undefined,
    progress: UploadOptions['onProgress'],
  ): FileUpload {
    const { access, backoff } = this.#deps;
    const upload = new FileUpload(kept, source, {
      access,
      backoff,
      progress,
      look: async id => {
        const known = await this.#deps.look(id);
        this.#files.set(id, known.file);
        return known;
      },
      keep: () => this.#keep(upload),
      forget: () => this.#drop(upload, undefined, true),
    });
    this.#list = [...this.#list, upload];
    this.#events.emit('change', undefined);
    return upload;
  }

  /** Goes on with what the hub has of the same file, if there is something. */
  async #begin(upload: FileUpload): Promise<void> {
    await this.#do(async () => {
      const { kept } = upload;
      kept.account = await this.#deps.account;
      for (const one of kept.fingerprint ? await this.#kept() : []) {
        if (!one.id || one.fingerprint !== kept.fingerprint) continue;
        const taken = await claimUpload(one.key);
        if (!taken) continue;
        kept.id = one.id;
        await this.#deps.storage.remove(one.key);
        taken();
        break;
      }
      const release = await claimUpload(kept.key);
      if (release) this.#releases.set(kept.key, release);
      await this.#deps.storage.put(kept);
    });
    if (this.#list.includes(upload)) upload.wake();
  }

  #keep(upload: FileUpload): void {
    void this.#do(async () => {
      if (this.#list.includes(upload)) await this.#deps.storage.put(upload.kept);
    });
  }

  #drop(upload: FileUpload, why: CallError | undefined, forget = false): void {
    if (!this.#list.includes(upload)) return;
    this.#list = this.#list.filter(one => one !== upload);
    if (why) upload.end(why, 'paused');
    this.#events.emit('change', undefined);
    void this.#do(async () => {
      if (forget) await this.#deps.storage.remove(upload.key);
      this.#releases.get(upload.key)?.();
      this.#releases.delete(upload.key);
    });
  }

  /** Young ones; the others are thrown away. */
  async #kept(): Promise<KeptUpload[]> {
    const all = await this.#deps.storage.load(await this.#deps.account);
    const live = new Set(this.#list.map(({ key }) => key));
    const old = all.filter(({ at, key }) => Date.now() - at > KEPT_MS && !live.has(key));
    for (const { key } of old) await this.#deps.storage.remove(key);
    return all.filter(one => !old.includes(one) && !live.has(one.key)).sort((a, b) => a.at - b.at);
  }

  /** One after the other. A storage that fails costs what a later page could have gone on with, not the upload. */
  #do(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch(error => this.#deps.warn(error as Error));
    return this.#work;
  }
}
