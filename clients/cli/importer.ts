// Writes a foreign log into a room, straight into the database as a hub would: in groups, each once however often it is imported, and only after all of it has been read and found good.
import { hash } from 'node:crypto';
import type { Db } from '../../server/store/db.ts';
import { createPeopleStore } from '../../server/store/queries/people.ts';
import { createRoomStore } from '../../server/store/queries/rooms.ts';
import type { RoomKind } from '../../shared/protocol/models.ts';
import { CliError } from './errors.ts';
import { type Entry, type Findings, newFindings, type Source, stableId } from './formats/entry.ts';
import type { Terminal } from './terminal.ts';

type RoomStore = ReturnType<typeof createRoomStore>;
type Draft = Parameters<RoomStore['append']>[0][number];

const GROUP = 500;

export interface ImportOptions {
  room: string;
  /** For a room that is not there yet. */
  title?: string | undefined;
  kind?: RoomKind | undefined;
  /** Who makes it. */
  as?: string | undefined;
  terminal: Pick<Terminal, 'progress' | 'signal'>;
}

export interface ImportReport {
  room: string;
  /** The room was made. */
  created: boolean;
  /** What the source holds, without what was skipped. */
  entries: number;
  imported: number;
  /** Were there from an earlier import. */
  duplicates: number;
  /** Would have changed nothing, e.g. the join of somebody who is in. */
  unchanged: number;
  /** By the hub's rules, by reason. */
  refused: Record<string, number>;
  /** Not understood or empty, by reason. */
  skipped: Record<string, number>;
  people: number;
}

/** @throws CliError when the source is bad, before anything is written */
export async function importLog(db: Db, source: Source, options: ImportOptions): Promise<ImportReport> {
  const { room, terminal } = options;
  const rooms = createRoomStore(db);
  const known = await knownIds(rooms, room);
  const survey = await look(source, known ?? new Set());
  if (survey.entries === 0) throw new CliError('There is nothing in it that can be imported.');
  await ensurePeople(db, survey.findings, options);
  if (known === undefined) await createRoom(rooms, survey.findings, options);

  const report: ImportReport = {
    room,
    created: known === undefined,
    entries: survey.entries,
    imported: 0,
    duplicates: 0,
    unchanged: 0,
    refused: {},
    skipped: Object.fromEntries(survey.findings.skipped),
    people: survey.findings.people.size,
  };
  const members = new Set((await rooms.openFeed(room))?.members.map(({ user }) => user));
  using progress = terminal.progress('Importing', survey.entries);
  let group: Draft[] = [];
  let read = 0;

  const flush = async () => {
    terminal.signal.throwIfAborted();
    for (const outcome of await rooms.append(group)) {
      if ('event' in outcome) report.imported++;
      else if ('error' in outcome)
        report.refused[outcome.error.message] = (report.refused[outcome.error.message] ?? 0) + 1;
      else if (outcome.duplicate) report.duplicates++;
      else report.unchanged++;
    }
    group = [];
    progress.set(read);
  };

  for await (const entry of source(newFindings())) {
    read++;
    if (known?.has(entry.id)) {
      report.duplicates++;
      continue;
    }
    const change = membershipChange(entry);
    // Up to the last entry that is there, comings and goings were dealt with by the import that wrote it.
    if (change && (read <= survey.lastKnown || members.has(change.user) === change.joins)) {
      report.unchanged++;
      continue;
    }
    if (change?.joins) members.add(change.user);
    else if (change) members.delete(change.user);
    else if (needsMembership(entry) && !members.has(entry.by)) {
      group.push(draft(room, impliedJoin(entry)));
      members.add(entry.by);
    }
    group.push(draft(room, entry));
    if (group.length >= GROUP) await flush();
  }
  if (group.length > 0) await flush();
  return report;
}

/** Ids of all entries of a room, or undefined when there is no such room. */
async function knownIds(rooms: RoomStore, room: string): Promise<Set<string> | undefined> {
  const ids = new Set<string>();
  for (let after = 0; ; ) {
    const page = await rooms.feedEvents(room, after);
    if (page === null) return undefined;
    for (const { id } of page.items) ids.add(id);
    const last = page.items.at(-1)?.seq;
    if (last === undefined || last >= page.head) return ids;
    after = last;
  }
}

interface Survey {
  findings: Findings;
  entries: number;
  /** Number of the last entry that is in the room already; 0 when none is. */
  lastKnown: number;
}

/** Reads it all without writing, so that a mistake on the last line leaves nothing half done. */
async function look(source: Source, known: ReadonlySet<string>): Promise<Survey> {
  const survey: Survey = { findings: newFindings(), entries: 0, lastKnown: 0 };
  const { people } = survey.findings;
  const named = (user: string) => {
    if (!people.has(user)) people.set(user, { name: user, role: 'member' });
  };
  for await (const entry of source(survey.findings)) {
    survey.entries++;
    if (known.has(entry.id)) survey.lastKnown = survey.entries;
    named(entry.by);
    if ('user' in entry.data) named(entry.data.user);
  }
  return survey;
}

async function ensurePeople(db: Db, { people, room }: Findings, options: ImportOptions): Promise<void> {
  const store = createPeopleStore(db);
  using progress = options.terminal.progress('People', people.size);
  let done = 0;
  for (const [id, { name, role }] of people) {
    options.terminal.signal.throwIfAborted();
    await store.ensureUser({ id, name, role });
    progress.set(++done);
  }
  const creator = creatorOf(room, options);
  if (!people.has(creator)) {
    await store.ensureUser({ id: creator, name: creator, role: creator === 'admin' ? 'admin' : 'member' });
  }
}

const creatorOf = (room: Findings['room'], { as }: ImportOptions): string => as ?? room?.createdBy ?? 'admin';

async function createRoom(
  rooms: RoomStore,
  { room: found }: Findings,
  options: ImportOptions,
): Promise<void> {
  const { room: id, title = found?.title ?? id, kind = found?.kind ?? 'public' } = options;
  const topic = found?.topic;
  await rooms.createRoom({
    // What two people said between them stays among the members.
    room: { id, title, kind: kind === 'direct' ? 'private' : kind, ...(topic !== undefined && { topic }) },
    by: creatorOf(found, options),
    members: [],
    reuse: false,
  });
}

function membershipChange(entry: Entry): { user: string; joins: boolean } | undefined {
  if (entry.type === 'member.joined') return { user: entry.data.user, joins: true };
  if (entry.type === 'member.left') return { user: entry.data.user, joins: false };
  if (entry.type === 'member.removed' && !entry.data.ban) return { user: entry.data.user, joins: false };
  return undefined;
}

const needsMembership = ({ type }: Entry): boolean =>
  /^(message|reaction)\./.test(type) && type !== 'message.deleted';

/** Logs begin in the middle: whoever speaks was there. */
function impliedJoin({ id, at, by }: Entry): Entry {
  const data = { user: by, name: by, role: 'member' as const };
  return { id: stableId(id, 'join'), at, by, type: 'member.joined', data };
}

/** The same entry makes the same draft each time, since a known id with another digest is a conflict. */
function draft(room: string, { id, type, at, by, data }: Entry): Draft {
  if (type === 'room.created' || type === 'file.shared') throw new TypeError(`${type} is not imported`);
  const {
    target,
    mentions,
    files: _,
    ...rest
  } = data as typeof data & {
    target?: string;
    mentions?: string[];
    files?: unknown[];
  };
  return {
    room,
    by,
    id,
    type,
    // What happened is not asked for its rights again.
    admin: true,
    digest: hash('sha256', JSON.stringify([type, target, data]), 'base64url'),
    ...(target !== undefined && { target }),
    data: { ...rest, ...(mentions && { names: mentions.map(name => name.toLowerCase()) }) },
    at,
  };
}
