// Takes the rooms of a legal export into a hub, entry by entry as they were: the same log, and so the same digest when it is exported again.
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Upload } from '@tus/utils';
import type { OpenedBlobs } from '../../../server/blobs/open.ts';
import type { Ban, Entry, LegalStore, Membership } from '../../../server/store/queries/legal.ts';
import { CliError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { readValues } from './folder.ts';
import {
  bytesFile,
  type ExportedRoom,
  entryLine,
  type FileLine,
  fileLine,
  type Manifest,
  peopleLine,
  personLine,
  roomFile,
} from './manifest.ts';

/** Entries, and about how many characters of them, in one call. */
const PAGE = 200;
const PAGE_CHARS = 1_000_000;

export interface ImportWish {
  readonly by: string;
  /** Rooms that get another id. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Administrators of that hub become administrators of this one; else members. */
  readonly admins: boolean;
  readonly blobs: Pick<OpenedBlobs, 'uploads' | 'size'>;
  readonly terminal: Pick<Terminal, 'progress' | 'signal'>;
}

export interface Imported {
  readonly rooms: {
    readonly room: string;
    readonly as: string;
    readonly entries: number;
    readonly there?: true;
  }[];
  /** Who were not known here. */
  readonly people: number;
  readonly files: number;
}

/**
 * What was cut off goes on where it stopped. A room shows once it is whole.
 * @param told what verifyExport found to be right
 * @throws CliError, before anything is written, when a room is there already
 */
export async function readExport(
  store: LegalStore,
  folder: string,
  told: Manifest,
  wish: ImportWish,
): Promise<Imported> {
  const { by, renamed, admins, terminal } = wish;
  const nameOf = (id: string) => renamed.get(id) ?? id;
  const taken = await store.taken(told.rooms.map(({ id, sha256 }) => ({ id: nameOf(id), sha256 })));
  if (taken.length > 0)
    throw new CliError(
      `Already there: ${taken.join(', ')}. Give rooms another id with --rename ${taken[0]}=NEW, or import into an empty hub.`,
    );
  await store.note(by, 'legal.imported', {
    rooms: told.rooms.map(({ id }) => nameOf(id)),
    from: told.at,
    exportedBy: told.by,
  });
  let people = 0;
  for await (const { id, name, role, email } of readValues(folder, 'people.jsonl', personLine)) {
    terminal.signal.throwIfAborted();
    const person = {
      id,
      name,
      role: role === 'admin' && !admins ? ('member' as const) : role,
      ...(email !== undefined && { email }),
    };
    if (await store.person(person)) people++;
  }
  using progress = terminal.progress(
    'Importing',
    told.rooms.reduce((sum, { entries }) => sum + entries, 0),
  );
  const rooms: Imported['rooms'] = [];
  let files = 0;
  let done = 0;
  for (const room of told.rooms) {
    const as = nameOf(room.id);
    const { after, done: there } = await store.room({ ...headOf(room), id: as }, room.sha256);
    if (there) rooms.push({ room: room.id, as, entries: 0, there });
    else {
      const entries = await importLog(store, folder, room.id, as, after ?? 0, seq => {
        terminal.signal.throwIfAborted();
        progress.set(done + seq);
      });
      files += await importFiles(store, folder, room.id, as, wish);
      const { members, bans } = await readPeople(folder, room.id);
      await store.close({ ...headOf(room), id: as }, members, bans);
      rooms.push({ room: room.id, as, entries });
    }
    done += room.entries;
  }
  return { rooms, people, files };
}

function headOf({
  epoch: _,
  head: __,
  entries: ___,
  members: ____,
  files: _____,
  sha256: ______,
  ...room
}: ExportedRoom) {
  return room;
}

async function importLog(
  store: LegalStore,
  folder: string,
  id: string,
  as: string,
  after: number,
  moved: (seq: number) => void,
): Promise<number> {
  let page: Entry[] = [];
  let chars = 0;
  let written = 0;
  const flush = async () => {
    const { head } = await store.entries(as, page);
    written += page.length;
    page = [];
    chars = 0;
    moved(head);
  };
  for await (const entry of readValues(folder, roomFile(id, 'log'), entryLine)) {
    if (entry.seq <= after) continue;
    page.push(entry);
    chars += JSON.stringify(entry.data).length;
    if (page.length >= PAGE || chars >= PAGE_CHARS) await flush();
  }
  if (page.length > 0) await flush();
  return written;
}

async function readPeople(folder: string, id: string): Promise<{ members: Membership[]; bans: Ban[] }> {
  const members: Membership[] = [];
  const bans: Ban[] = [];
  for await (const line of readValues(folder, roomFile(id, 'members'), peopleLine)) {
    if ('banned' in line) bans.push(line);
    else members.push(line);
  }
  return { members, bans };
}

async function importFiles(
  store: LegalStore,
  folder: string,
  id: string,
  as: string,
  { blobs, terminal }: Pick<ImportWish, 'blobs' | 'terminal'>,
): Promise<number> {
  let count = 0;
  for await (const line of readValues(folder, roomFile(id, 'files'), fileLine)) {
    if (!line.bytes) continue;
    terminal.signal.throwIfAborted();
    await putBytes(path.join(folder, bytesFile(line.file.id)), line, blobs);
    const { file, message, place, at, by, bytes } = line;
    if (await store.file({ room: as, file, message, place, at, by, ...bytes })) count++;
  }
  return count;
}

/** What is there in its full size, from an import that was cut off, is left. */
async function putBytes(
  source: string,
  { file: { id, size } }: FileLine,
  { uploads, size: sizeOf }: ImportWish['blobs'],
): Promise<void> {
  if ((await sizeOf(id).catch(() => -1)) === size) return;
  await uploads.remove(id).catch(() => undefined);
  await uploads.create(new Upload({ id, size, offset: 0 }));
  if (size > 0) await uploads.write(createReadStream(source), id, 0);
}
