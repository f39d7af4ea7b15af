// A room of the scene as an export of a hub, as `court import` reads it.
import { hash } from 'node:crypto';
import type { LogEvent } from '../../js/index.ts';
import { type Line, people, type SceneRoom, type Who } from '../scene.ts';

export type Ids = Record<Who, string>;
type Entry = LogEvent extends infer E
  ? E extends LogEvent
    ? Omit<E, 'seq' | 'id'> & { id?: string }
    : never
  : never;

export interface RoomLogFile {
  id: string;
  kind: SceneRoom['kind'];
  lines: object[];
  /** The last message that the viewer has read. */
  readTo: string;
  idOf(text: string): string;
}

export function roomLog(room: SceneRoom, ids: Ids): RoomLogFile {
  const events: LogEvent[] = [];
  const uuid = (...parts: string[]) => {
    const hex = hash('sha256', JSON.stringify([room.id, ...parts]), 'hex');
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
  };
  const add = ({ id, ...entry }: Entry) => {
    const seq = events.length + 1;
    events.push({ seq, id: id ?? uuid(String(seq)), ...entry } as LogEvent);
  };
  const idOf = (text: string) => uuid('message', text);

  const say = ({ by, at, text, pinned, reactions = {} }: Line, root?: string) => {
    const id = idOf(text);
    const mentions = Object.values(people)
      .map(handle)
      .filter(name => text.includes(`@${name}`));
    const who = { at: timeOf(at), by: ids[by] };
    add({
      ...who,
      id,
      type: 'message.created',
      data: { text, ...(root && { replyTo: root, root }), ...(mentions.length > 0 && { mentions }) },
    });
    if (pinned) add({ ...who, type: 'message.pinned', data: { target: id, on: true } });
    for (const [emoji, fans] of Object.entries(reactions))
      for (const fan of fans)
        add({ ...who, by: ids[fan], type: 'reaction.added', data: { target: id, emoji } });
  };

  const begin = { at: timeOf('yesterday 8:00'), by: ids.tomasz };
  for (const who of room.members)
    add({
      ...begin,
      by: ids[who],
      type: 'member.joined',
      data: { user: ids[who], name: people[who], role: 'member' },
    });
  const spoken = room.lines.flatMap(line => [
    { line, root: undefined },
    ...(line.replies ?? []).map(reply => ({ line: reply as Line, root: idOf(line.text) })),
  ]);
  for (const { line, root } of spoken) say(line, root);

  const { id, title, topic, kind } = room;
  const unreadFrom = spoken.findIndex(({ line }) => line.unread);
  const lastRead = spoken[(unreadFrom < 0 ? spoken.length : unreadFrom) - 1]!.line;
  const header = {
    format: 'first-court-room',
    version: 1,
    room: { id, title, kind, ...(topic && { topic }), createdBy: ids[room.members[0]!] },
    epoch: 'scene',
    head: events.length,
    exportedAt: new Date().toISOString(),
  };
  return { id, kind, lines: [header, ...events], readTo: idOf(lastRead.text), idOf };
}

const handle = (name: string) => name.replaceAll(' ', '.');

/** By a clock at UTC, which is the picture's too. */
function timeOf(at: Line['at']): string {
  const [day, time = ''] = at.split(' ');
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const date = new Date();
  date.setUTCDate(date.getUTCDate() - (day === 'yesterday' ? 1 : 0));
  date.setUTCHours(hours, minutes, 0, 0);
  return date.toISOString();
}
