// One upload from its beginning to its end: attempts one after the other, waits between them, and what it tells meanwhile.
import type { FileState, File as SharedFile } from '../../../shared/protocol/files.ts';
import { Alarm } from '../alarm.ts';
import { type BackoffOptions, backoffMs } from '../backoff.ts';
import { deferred } from '../deferred.ts';
import { Emitter } from '../emitter.ts';
import { CallError, isPassing } from '../errors.ts';
import type { FileAccess } from './access.ts';
import { openReader, type Reader, sizeOf } from './source.ts';
import { attempt } from './tus.ts';
import type { KeptUpload, Upload, UploadSnapshot, UploadSource } from './types.ts';

export interface UploadDeps {
  access: FileAccess;
  backoff: BackoffOptions | undefined;
  /** Asks the hub what it made of the file. */
  look(id: string): Promise<{ file: SharedFile; state: FileState; reason?: string | undefined }>;
  /** It has got its id. */
  keep(upload: FileUpload): void;
  /** It is cancelled. */
  forget(upload: FileUpload): void;
  progress: ((sent: number, size: number) => void) | undefined;
}

/** Refusals that pass, in a row and without a byte more, after which it has failed. Lost connections are not counted. */
const MAX_REFUSALS = 5;

export class FileUpload implements Upload {
  readonly kept: KeptUpload;
  readonly #deps: UploadDeps;
  readonly #events = new Emitter<{ change: undefined }>();
  readonly #again = new Alarm();
  #done = deferred<SharedFile>();
  #reader: Reader | undefined;
  #snapshot: UploadSnapshot;
  #stop: AbortController | undefined;
  #attempts = 0;
  #refusals = 0;

  constructor(kept: KeptUpload, source: UploadSource | undefined, deps: UploadDeps) {
    this.kept = kept;
    this.#deps = deps;
    this.#reader = source && openReader(source);
    const needs = kept.handle ? 'permission' : 'file';
    this.#snapshot = source ? { state: 'waiting', sent: 0 } : { state: 'paused', sent: 0, needs };
  }

  get key(): string {
    return this.kept.key;
  }
  get id(): string | undefined {
    return this.kept.id;
  }
  get room(): string {
    return this.kept.room;
  }
  get name(): string {
    return this.kept.name;
  }
  get type(): string {
    return this.kept.type;
  }
  get size(): number {
    return this.kept.size;
  }
  get note(): string | undefined {
    return this.kept.note;
  }
  annotate(note: string): void {
    this.kept.note = note;
    this.#deps.keep(this);
  }
  get blob(): Blob | undefined {
    return this.#reader?.blob;
  }
  get done(): Promise<SharedFile> {
    return this.#done.promise;
  }
  get snapshot(): UploadSnapshot {
    return this.#snapshot;
  }

  readonly getSnapshot = (): UploadSnapshot => this.#snapshot;
  readonly subscribe = (listener: () => void) => this.#events.on('change', listener);

  get isOver(): boolean {
    return this.#snapshot.state === 'done' || this.#snapshot.state === 'cancelled';
  }

  /** Now rather than later: it is new, or the hub can be reached again. */
  wake(): void {
    if (this.#snapshot.state !== 'waiting' || this.#stop) return;
    this.#again.clear();
    void this.#try();
  }

  pause(): void {
    if (this.isOver || this.#snapshot.state === 'paused') return;
    this.#halt();
    this.#set({ state: 'paused', sent: this.#snapshot.sent });
  }

  async resume(source?: UploadSource): Promise<void> {
    const { state, sent } = this.#snapshot;
    if (this.isOver || (state !== 'paused' && state !== 'failed')) return;
    const given = source ?? (this.#reader ? undefined : await this.#ask());
    if (given) {
      const size = sizeOf(given);
      if (size !== undefined && size !== this.size)
        throw new CallError(
          'conflict',
          `This is another file than ${this.name}: it has ${size} bytes, not ${this.size}.`,
        );
      this.#reader = openReader(given);
    }
    if (!this.#reader) throw new CallError('conflict', `Choose ${this.name} again to go on with it.`);
    if (state === 'failed') this.#done = deferred();
    this.#attempts = 0;
    this.#refusals = 0;
    this.#set({ state: 'waiting', sent });
    this.wake();
  }

  async cancel(): Promise<void> {
    if (this.#snapshot.state === 'cancelled') return;
    const id = this.id;
    this.end(new CallError('not_sent', 'The upload was cancelled'), 'cancelled');
    this.#deps.forget(this);
    if (!id) return;
    // What cannot be said now, the hub finds out by itself within a day.
    await this.#deps.access
      .fetch(id, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } })
      .catch(() => undefined);
  }

  /** An earlier page began it: how much of it the hub has. False: nothing, and there is nothing to go on with. */
  async find(): Promise<boolean> {
    if (!this.id) return this.kept.handle !== undefined;
    try {
      const { headers } = await this.#deps.access.fetch(this.id, {
        method: 'HEAD',
        headers: { 'Tus-Resumable': '1.0.0' },
      });
      const sent = Number(headers.get('Upload-Offset'));
      if (this.#snapshot.state !== 'paused') return true;
      this.#set(sent === this.size ? { state: 'waiting', sent } : { ...this.#snapshot, sent });
      this.wake();
    } catch (error) {
      if ((error as CallError).code === 'not_found') return false;
    }
    return true;
  }

  /** Asks the person, if the browser has to. */
  async #ask(): Promise<File | undefined> {
    const { handle } = this.kept;
    try {
      // Not in every browser's types.
      const asking = handle as { requestPermission?(wish: { mode: 'read' }): Promise<string> } | undefined;
      const granted = (await asking?.requestPermission?.({ mode: 'read' })) ?? 'granted';
      if (granted === 'granted') return await handle?.getFile();
    } catch {
      // It was moved, or the browser does not know it any more: chosen again it can be read.
    }
    this.#set({ ...this.#snapshot, needs: 'file' });
    return undefined;
  }

  /** No more of it in this client. */
  end(why: CallError, state: 'cancelled' | 'failed' | 'paused'): void {
    this.#halt();
    this.#done.reject(why);
    if (!this.isOver) this.#set({ state, sent: this.#snapshot.sent, error: why });
  }

  #halt(): void {
    this.#again.clear();
    this.#stop?.abort();
    this.#stop = undefined;
  }

  async #try(): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    const before = this.#snapshot.sent;
    try {
      // Without a reader all of it is there already.
      if (this.#reader) await this.#send(this.#reader, stop.signal);
      const { file, state, reason } = await this.#deps.look(this.id!);
      if (stop.signal.aborted) return;
      if (state === 'refused') throw new CallError('forbidden', reason ?? 'The hub does not take this file');
      if (state === 'uploading') throw new CallError('unavailable', 'The hub has not got all of it yet');
      this.#stop = undefined;
      this.#set({ state: 'done', sent: this.size, file, ...(state === 'checking' && { checking: true }) });
      this.#done.resolve(file);
    } catch (error) {
      if (stop.signal.aborted) return;
      this.#stop = undefined;
      this.#fell(error as CallError, this.#snapshot.sent > before);
    }
  }

  async #send(reader: Reader, signal: AbortSignal): Promise<void> {
    const { access, keep, progress } = this.#deps;
    const { room, name, type, size, id } = this;
    await attempt({
      access,
      reader,
      size,
      id,
      metadata: { filename: name, filetype: type, room },
      signal,
      created: id => {
        this.kept.id = id;
        keep(this);
      },
      progress: sent => {
        if (signal.aborted) return;
        this.#set({ state: sent === size ? 'finishing' : 'uploading', sent });
        progress?.(sent, size);
      },
    });
  }

  #fell(error: CallError, gained: boolean): void {
    const { sent } = this.#snapshot;
    if (gained) {
      this.#attempts = 0;
      this.#refusals = 0;
    }
    const gone = error.code === 'not_found' && this.id !== undefined && this.#reader?.rereadable;
    // The hub has forgotten it: from the start.
    if (gone) delete this.kept.id;
    const passes = gone || error.code === 'conflict' || isPassing(error.code);
    if (passes && error.code !== 'unavailable' && error.code !== 'rate_limited') this.#refusals++;
    if (!passes || this.#refusals >= MAX_REFUSALS) {
      this.#set({ state: 'failed', sent, error });
      this.#done.reject(error);
      return;
    }
    this.#set({ state: 'waiting', sent: gone ? 0 : sent, error });
    const soon = this.#refusals === 1 && error.code !== 'internal';
    this.#again.set(soon ? 0 : backoffMs(this.#attempts++, error.retryAfterMs, this.#deps.backoff), () =>
      this.wake(),
    );
  }

  #set(snapshot: UploadSnapshot): void {
    this.#snapshot = snapshot;
    this.#events.emit('change', undefined);
  }
}
