// Writes a legal export: the logs of rooms, who is in them, what was shared, who everybody is, and what the audit log says; with a digest of each file.
import type { OpenedBlobs } from '../../../server/blobs/open.ts';
import type { Entry, LegalStore, Part } from '../../../server/store/queries/legal.ts';
import type { Room } from '../../../shared/protocol/models.ts';
import type { Terminal } from '../terminal.ts';
import { version } from '../version.ts';
import { openLines, writeBytes } from './folder.ts';
import {
  bytesFile,
  type ExportedRoom,
  type FileEntry,
  type FileLine,
  FORMAT,
  type Manifest,
  roomFile,
} from './manifest.ts';

const PAGE = 500;

export interface ExportWish {
  /** An administrator of the hub. */
  readonly by: string;
  readonly part: Part;
  /** Where the bytes of files are; undefined: they are left out. */
  readonly blobs?: Pick<OpenedBlobs, 'read'> | undefined;
  readonly terminal: Pick<Terminal, 'progress' | 'signal' | 'note'>;
}

/**
 * Each log up to its head as it was at the start.
 * @param folder empty
 * @throws HubError when `by` is no administrator, or a room or user is not there
 */
export async function writeExport(store: LegalStore, folder: string, wish: ExportWish): Promise<Manifest> {
  const { by, part, blobs, terminal } = wish;
  const { at, rooms } = await store.begin(by, part, blobs !== undefined);
  const total = rooms.reduce((sum, { head }) => sum + head, 0);
  using progress = terminal.progress('Exporting', total);
  const people = new Set<string>([by]);
  const files: FileEntry[] = [];
  const exported: ExportedRoom[] = [];
  let done = 0;

  const exportRoom = async (room: Room): Promise<ExportedRoom> => {
    const { id, epoch, head } = room;
    const log = await openLines(folder, roomFile(id, 'log'));
    const shared = new Map<string, FileLine>();
    for (let after = 0; ; ) {
      terminal.signal.throwIfAborted();
      const { events, last } = await store.events(id, after, head, PAGE, part);
      for (const event of events) {
        await log.write(event);
        for (const user of namesOf(event)) people.add(user);
        for (const line of filesOf(event)) shared.set(line.file.id, line);
      }
      if (last === null) break;
      after = last;
      progress.set(done + after);
    }
    done += head;
    const entry = await log.close();
    const { members, bans } = await store.members(id, part.users);
    const roster = await openLines(folder, roomFile(id, 'members'));
    for (const member of members) await roster.write(member);
    for (const ban of bans) await roster.write({ ...ban, banned: true });
    for (const { user } of [...members, ...bans]) people.add(user);
    for (const { by } of bans) if (by !== undefined) people.add(by);
    people.add(room.createdBy);
    const lines = await withBytes([...shared.values()]);
    const list = await openLines(folder, roomFile(id, 'files'));
    for (const line of lines) await list.write(line);
    files.push(entry, await roster.close(), await list.close());
    const { epoch: _, head: __, ...about } = room;
    return {
      ...about,
      epoch,
      head,
      entries: log.lines,
      members: members.length,
      files: lines.length,
      sha256: entry.sha256,
    };
  };

  const withBytes = async (lines: FileLine[]): Promise<FileLine[]> => {
    if (!blobs || lines.length === 0) return lines;
    const there = new Map((await store.files(lines.map(({ file }) => file.id))).map(one => [one.id, one]));
    const told: FileLine[] = [];
    for (const line of lines) {
      terminal.signal.throwIfAborted();
      const kept = there.get(line.file.id);
      if (kept) {
        files.push(await writeBytes(folder, bytesFile(kept.id), await blobs.read(kept.id)));
        told.push({ ...line, bytes: { inline: kept.inline, text: kept.text } });
      } else told.push(line);
    }
    return told;
  };

  for (const room of rooms) exported.push(await exportRoom(room));

  const roll = await openLines(folder, 'people.jsonl');
  const ids = [...people].sort();
  for (let from = 0; from < ids.length; from += PAGE)
    for (const person of await store.people(ids.slice(from, from + PAGE))) await roll.write(person);
  const audit = await openLines(folder, 'audit.jsonl');
  for (let after = 0; ; ) {
    const { lines, last } = await store.audit(after, PAGE, part);
    for (const line of lines) await audit.write(line);
    if (last === null) break;
    after = last;
  }
  files.push(await roll.close(), await audit.close());
  const { rooms: chosen, users, from, until } = part;
  return {
    format: FORMAT,
    version: 1,
    hub: version,
    at,
    by,
    part: {
      ...(chosen && { rooms: [...chosen] }),
      ...(users && { users: [...users] }),
      ...(from !== undefined && { from }),
      ...(until !== undefined && { until }),
    },
    whole: users === undefined && from === undefined && until === undefined,
    rooms: exported,
    people: roll.lines,
    audit: { lines: audit.lines, intact: await store.intact() },
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function namesOf({ by, data }: Entry): string[] {
  return typeof data.user === 'string' ? [by, data.user] : [by];
}

function filesOf({ id, type, at, by, data }: Entry): FileLine[] {
  if (type !== 'message.created' || !Array.isArray(data.files)) return [];
  return (data.files as FileLine['file'][]).map((file, i) => ({ file, message: id, place: i + 1, at, by }));
}
