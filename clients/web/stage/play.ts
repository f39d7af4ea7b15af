// Plays the scene: accounts by HTTP, what was said before by `court import`, what happens now by the SDK.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Court, createClient } from '../../js/index.ts';
import { direct, people, rooms, statuses, typist, viewer, type Who } from '../scene.ts';
import type { StageHub } from './hub.ts';
import { type Ids, roomLog } from './room-log.ts';

export interface Scene extends AsyncDisposable {
  account(who: Who): { email: string; password: string };
  readonly room: string;
  readonly thread: string;
  readonly lastReply: string;
  typing(on: boolean): void;
}

const cast = Object.keys(people) as Who[];
export const account = (who: Who) => ({ email: `${who}@scene.example`, password: `${who} in the courtyard` });

export async function playScene(hub: StageHub): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const courts = {} as Record<Who, Court>;
  const ids = {} as Ids;
  for (const who of cast) {
    const grant = await enter(hub.url, who);
    ids[who] = grant.user.id;
    const court = createClient({ url: hub.url, getToken: () => grant.accessToken });
    courts[who] = stack.use(court);
    await court.connect();
  }
  const logs = rooms.map(room => roomLog(room, ids));
  await importAll(hub, logs);

  for (const { id, members } of rooms)
    for (const who of members) if (who !== viewer) await courts[who].room(id).join();
  for (const [who, status] of Object.entries(statuses)) await courts[who as Who].call('presence:set', status);
  for (const { id, readTo } of logs)
    await courts[viewer].call('read:mark', { room: id, seq: await upTo(id, readTo) });
  await talkDirectly(courts, ids);
  // The viewer is where the picture is taken, and nowhere else.
  await courts[viewer].close();

  const [stage] = rooms;
  const root = stage!.lines.find(line => line.replies)!;
  const open = stack.move();
  return {
    account,
    room: stage!.id,
    thread: logs[0]!.idOf(root.text),
    lastReply: 'I decide at twelve',
    typing: on => courts[typist].room(stage!.id).typing(on),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };

  /** Sequence number of the message with this id. */
  async function upTo(room: string, message: string): Promise<number> {
    const { messages } = await courts[viewer].call('messages:read', { room, limit: 200 });
    return messages.find(({ id }) => id === message)?.seq ?? 0;
  }
}

export async function enter(url: string, who: Who): Promise<{ accessToken: string; user: { id: string } }> {
  const post = (call: string, body: object) =>
    fetch(`${url}/api/auth/${call}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...account(who), ...body, refreshInBody: true }),
    });
  // From an earlier run.
  const known = await post('login', {});
  const response = known.ok ? known : await post('register', { name: people[who] });
  if (!response.ok) throw new Error(`${people[who]} cannot come in: ${await response.text()}`);
  return await response.json();
}

/** An administrator without an account, by a token that the hub's operator makes. */
export async function openAdmin(hub: StageHub, user: string, ...more: string[]): Promise<Court> {
  const made = await hub.court('token', '--user', user, '--role', 'admin', ...more);
  const token = (made as { stdout: string }).stdout.trim();
  const admin = createClient({ url: hub.url, getToken: () => token });
  await admin.connect();
  return admin;
}

async function importAll(hub: StageHub, logs: ReturnType<typeof roomLog>[]): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'first-court-logs-'));
  try {
    for (const { id, kind, lines } of logs) {
      const file = path.join(folder, `${id}.jsonl`);
      await writeFile(file, lines.map(line => JSON.stringify(line)).join('\n'));
      await hub.court('import', '--format', 'jsonl', '--room', id, '--kind', kind, file);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function talkDirectly(courts: Record<Who, Court>, ids: Ids): Promise<void> {
  for (const { by, texts, read } of direct) {
    const { room } = await courts[by].call('room:create', { kind: 'direct', members: [ids[viewer]] });
    const theirs = courts[by].room(room.id);
    await theirs.join();
    if (theirs.messages.length > 0) continue;
    let seq = 0;
    for (const text of texts) ({ seq } = await theirs.send(text).done);
    if (read) await courts[viewer].call('read:mark', { room: room.id, seq });
  }
}
