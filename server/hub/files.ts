// Files: who may upload, have and share them. The bytes go between the door and the storage; here is decided whether they may.
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { safeFileName } from '#shared/file-name.ts';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { FileProgress } from '#shared/protocol/files.ts';
import { uuid } from '#shared/protocol/primitives.ts';
import { forbidden, HubError, notFound, overloaded, unavailable } from './errors.ts';
import type { FilePreviews } from './file-previews.ts';
import type { FileProgressTeller } from './file-progress.ts';
import { type FileTickets, TICKET_LASTS, type Ticket } from './file-tickets.ts';
import type { Actor, Log } from './ports.ts';
import type { FileStore, StoredFile } from './ports-file-store.ts';
import { type Blobs, type ByteRange, type FileInspector, HEAD_BYTES } from './ports-files.ts';
import type { Pressure } from './pressure.ts';

/** Uploads of one person that may be unfinished. */
const UNFINISHED = 100;

export interface FileLimits {
  /** Bytes: of one file, and of all files of a person and of a room. */
  readonly file: number;
  readonly user: number;
  readonly room: number;
}

export type Files = ReturnType<typeof createFiles>;

export function createFiles(deps: {
  store: FileStore;
  blobs: Blobs;
  inspector: FileInspector;
  /** A virus scanner looks at each before anybody gets it. */
  checked: boolean;
  previews: FilePreviews;
  progress: FileProgressTeller;
  tickets: FileTickets;
  pressure: Pressure;
  limits: FileLimits;
  /** In front of links, without a slash at the end. */
  cdnUrl: string | undefined;
  /** Something is marked as gone. */
  gone(): void;
  now(): number;
  log: Log;
}) {
  const { store, blobs, inspector, previews, progress, tickets, limits, log } = deps;

  /** @throws HubError `not_found`, for an unknown id as for one of others (attack 18) */
  const find = async (user: string, id: string): Promise<StoredFile> => {
    const known = uuid.safeParse(id);
    const stored = known.success ? await store.find(user, known.data) : null;
    if (!stored) throw noSuchFile();
    return stored;
  };

  /** What may be given out now. */
  const opened = async (user: string, id: string): Promise<StoredFile> => {
    const stored = await find(user, id);
    switch (stored.state) {
      case 'ready':
        return stored;
      case 'checking':
        throw unavailable('This file is being checked for viruses. Try again soon.', 2000);
      case 'refused':
        throw forbidden(`This file is not given out. ${stored.reason ?? ''}`.trim());
      case 'uploading':
        throw new HubError('conflict', 'This file is not uploaded to its end yet.');
    }
  };

  const tell = (stored: StoredFile, sent: number, state: FileProgress['state']) => {
    const { room, owner: user, file } = stored;
    progress.tell({ room, user, file: file.id, name: file.name, size: file.size, sent, state });
  };

  const finish = async (stored: StoredFile): Promise<StoredFile> => {
    const { id, name, size } = stored.file;
    // What a storage that lost bytes, or two writers, have left behind must not pass for the file.
    if ((await blobs.size(id)) !== size) throw new HubError('conflict', 'The upload is not whole.');
    const head =
      size === 0
        ? []
        : await (await blobs.read(id, { start: 0, end: Math.min(size, HEAD_BYTES) - 1 })).toArray();
    const look = await inspector.look(Buffer.concat(head), size, name);
    const finished = await store.finish(id, look, deps.checked ? 'checking' : 'ready');
    if (!finished) throw noSuchFile();
    tell(finished, size, 'done');
    return finished;
  };

  return {
    limits,
    /** Links lead through a cache that other people's links lead through too. */
    viaCdn: deps.cdnUrl !== undefined,
    /** Takes room for a new file of this size. @throws HubError `too_large`, `not_found`, `forbidden`, … */
    async begin(
      actor: Actor,
      { room, name, size }: { room: string; name: string; size: number },
    ): Promise<StoredFile> {
      if (deps.pressure.refuses('sends')) throw overloaded();
      if (size > limits.file) {
        throw new HubError('too_large', `A file may have at most ${limits.file} bytes here.`, {
          details: { of: 'file', limit: limits.file },
        });
      }
      const file = { id: randomUUID(), room, name: safeFileName(name), size };
      return store.begin(actor, file, { user: limits.user, room: limits.room, unfinished: UNFINISHED });
    },
    /** The caller's own file that no message names yet. @throws HubError `not_found` */
    async upload(actor: Actor, id: string): Promise<StoredFile> {
      const stored = await find(actor.id, id);
      if (stored.owner !== actor.id) throw noSuchFile();
      return stored;
    },
    /** So many bytes are stored. Tells the room, now and then. */
    sent(stored: StoredFile, bytes: number): void {
      if (stored.state === 'uploading') tell(stored, bytes, 'uploading');
    },
    /** The last byte has come: looks into the file. Whoever comes second finds it done. @throws HubError `unavailable`, `not_found` */
    finish,
    /** @throws HubError `conflict` when a message names it, which it then goes with */
    async drop(actor: Actor, stored: StoredFile): Promise<void> {
      if (!(await store.drop(actor.id, stored.file.id))) throw inMessage();
      if (stored.state === 'uploading') tell(stored, 0, 'stopped');
    },
    gone: deps.gone,
    async get(actor: Actor, id: string): Promise<CallData<'file:get'>> {
      const { file, state, room, reason } = await find(actor.id, id);
      return { file, state, room, ...(reason && { reason }) };
    },
    async list(
      actor: Actor,
      { room, limit, cursor }: ParsedInput<'files:list'>,
    ): Promise<CallData<'files:list'>> {
      const [seq, place] = cursor?.split('.').map(Number) ?? [];
      const after = seq !== undefined && place !== undefined ? { seq, place } : undefined;
      const page = await store.list(actor, room, limit, after);
      return {
        files: page.files,
        ...(page.cursor && { cursor: `${page.cursor.seq}.${page.cursor.place}` }),
      };
    },
    async link(
      actor: Actor,
      { file: id, edge, download }: ParsedInput<'file:link'>,
    ): Promise<CallData<'file:link'>> {
      const { file, inline } = await opened(actor.id, id);
      if (edge && !file.preview) throw notFound('There is no smaller picture of this file.');
      const until = deps.now() + TICKET_LASTS * 1000;
      const expiresAt = new Date(until).toISOString();
      const attachment = download === true || !inline;
      const direct = edge
        ? undefined
        : await blobs.link(file.id, { name: file.name, type: file.type, attachment, seconds: TICKET_LASTS });
      if (direct) return { url: direct, expiresAt };
      const ticket: Ticket = {
        file: file.id,
        user: actor.id,
        until,
        ...(edge && { edge }),
        ...(download && { download }),
      };
      return {
        url: `${deps.cdnUrl ?? ''}/api/files/${file.id}${edge ? '/preview' : ''}?link=${tickets.sign(ticket)}`,
        expiresAt,
      };
    },
    /** What a link allows; its user's membership is still to be asked. Undefined: not ours, for another file, or over. */
    ticket(text: string, id: string): (Ticket & { readonly secondsLeft: number }) | undefined {
      const ticket = tickets.read(text);
      if (ticket?.file !== id.toLowerCase()) return undefined;
      return { ...ticket, secondsLeft: Math.floor((ticket.until - deps.now()) / 1000) };
    },
    /** @throws HubError `not_found`; `unavailable` while it is checked; `forbidden` when it was refused */
    open: opened,
    read: (id: string, range?: ByteRange): Promise<Readable> => blobs.read(id, range),
    preview: previews.open,
    /** A virus scanner has looked at it. */
    heardChecked(stored: StoredFile): void {
      tell(stored, stored.file.size, stored.state === 'ready' ? 'done' : 'stopped');
      log.debug({ file: stored.file.id, state: stored.state }, 'a file was checked');
    },
  };
}

export const noSuchFile = () => notFound('There is no such file, or it is not kept any more.');
const inMessage = () =>
  new HubError('conflict', 'A message has this file. Delete the message, and the file goes with it.');
