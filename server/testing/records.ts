// Rooms and people for tests of what is reported, kept, and handed out for the law.
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Message } from '#shared/protocol/models.ts';
import { applyEvent } from '#shared/room-state.ts';
import type { Db } from '../store/db.ts';
import type { TestHub } from './boot.ts';
import { connect, type TestClient } from './client.ts';

/** One client each; those named `boss` are admins. */
export async function castOf<N extends string>(
  hub: TestHub,
  names: readonly N[],
): Promise<Record<N, TestClient>> {
  const entries = names.map(async id => {
    const token = await hub.token(id, { name: `The ${id}`, role: id === 'boss' ? 'admin' : 'member' });
    return [id, await connect(hub.url, { token })] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<N, TestClient>;
}

/** Takes what is due of a room, to its end; gives back how many messages. */
export async function takeDue(admin: TestClient, room: string): Promise<number> {
  let taken = 0;
  for (let after: number | undefined = 0; after !== undefined; ) {
    const step: { messages: number; next?: number | undefined } = await admin.call('retention:run', {
      room,
      after,
    });
    taken += step.messages;
    after = step.next;
  }
  return taken;
}

/** What the messages are after these entries; without their times, with which tests meddle. */
export function foldOf(room: string, events: Iterable<LogEvent>): Omit<Message, 'at'>[] {
  const state = new Map<string, Message>();
  for (const event of events) applyEvent(state, room, event);
  return timeless(state.values());
}

export const timeless = (messages: Iterable<Message>): Omit<Message, 'at'>[] =>
  [...messages].map(({ at: _, ...message }) => message);

/** A private room with everything that can stand in a log, a public one, and a direct one; of people with names in many scripts. Gives back the first one's id. */
export async function talkOfAll(db: Pick<Db, 'call'>, ada: TestClient, bjorn: TestClient): Promise<string> {
  const room = 'secret';
  await ada.call('room:create', {
    id: room,
    title: 'Секрет 🔒',
    kind: 'private',
    topic: 'a\nb',
    members: ['björn', 'さくら', 'noor'],
  });
  for (const client of [ada, bjorn]) await client.call('room:join', { room });
  const say = async (client: TestClient, text: string, more = {}) => {
    const id = crypto.randomUUID();
    await client.call('message:send', { room, id, text, ...more });
    return id;
  };
  const first = await say(ada, 'Привет @björn and @さくら', { meta: { b: 1e21, a: [null, 'ß'] } });
  const reply = await say(bjorn, 'مرحبا\u2028', { replyTo: first });
  await say(ada, '了解', { replyTo: reply });
  const gone = await say(bjorn, 'To be deleted');
  await bjorn.call('message:edit', { room, target: gone, id: crypto.randomUUID(), text: 'Deleted, edited' });
  await ada.call('message:edit', { room, target: first, id: crypto.randomUUID(), text: 'Привет @noor' });
  for (const emoji of ['👩‍⚖️', ':court:'])
    await bjorn.call('message:react', { room, target: first, id: crypto.randomUUID(), emoji, on: true });
  await ada.call('message:react', {
    room,
    target: first,
    id: crypto.randomUUID(),
    emoji: ':court:',
    on: true,
  });
  await bjorn.call('message:react', {
    room,
    target: first,
    id: crypto.randomUUID(),
    emoji: ':court:',
    on: false,
  });
  await ada.call('message:pin', { room, target: reply, id: crypto.randomUUID(), on: true });
  const cites = (messageId: string, n: number) => ({
    claim: { text: `Claim ${n}`, cites: [n] },
    citation: { seq: 0, messageId, quote: 'words' },
  });
  const claims = [cites(first, 1), cites(gone, 2)];
  const summary = {
    ...{
      text: '- Claim 1 [1]\n- Claim 2 [2]',
      provider: 'extractive',
      model: 'rules',
      style: 'brief',
      from: 1,
      upTo: 9,
    },
    ...{ claims: claims.map(({ claim }) => claim), citations: claims.map(({ citation }) => citation) },
  };
  await db.call('append_events', {
    drafts: [
      {
        room,
        by: 'ada',
        id: crypto.randomUUID(),
        type: 'summary.posted',
        admin: true,
        digest: 'x',
        data: summary,
      },
    ],
  });
  await ada.call('message:delete', { room, target: gone, id: crypto.randomUUID() });
  await ada.call('member:mute', { room, user: 'noor' });
  await ada.call('member:role', { room, user: 'björn', role: 'moderator' });
  await ada.call('member:remove', { room, user: 'さくら', ban: { reason: 'Нет' } });
  await ada.call('room:update', { room, retentionDays: 900, ai: false });
  await bjorn.call('read:mark', { room, seq: 7 });
  await ada.call('room:create', { id: 'open', title: 'Open', kind: 'public' });
  await ada.call('message:send', { room: 'open', id: crypto.randomUUID(), text: 'Hello, world' });
  const direct = await ada.call('room:create', { kind: 'direct', members: ['noor'] });
  await ada.call('message:send', { room: direct.room.id, id: crypto.randomUUID(), text: 'Just you' });
  return room;
}
