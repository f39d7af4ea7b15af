// What is true when all is at rest: the database as it is, and all that every member can read through every node.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { CallData, CallInput, CallName } from '#shared/protocol/calls.ts';
import type { Reply, WireError } from '#shared/protocol/errors.ts';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Message } from '#shared/protocol/models.ts';
import { withConnection } from '../../server/store/databases.ts';
import { type ChaosClient, sign } from './client.ts';
import { digestOf, type FinalRoom, type FinalState, type HistoryWriter } from './history.ts';
import type { Node } from './node.ts';

export async function dump(databaseUrl: string): Promise<FinalState> {
  const rows = await withConnection(
    databaseUrl,
    sql => sql`select r.id, r.kind, r.epoch, r.head::int as head,
      coalesce((select json_agg(event_json(e) order by e.seq) from events e where e.room = r.id), '[]') as events,
      coalesce((select json_agg(message_json(m) order by m.seq) from messages m where m.room = r.id), '[]') as messages,
      coalesce((select json_agg(json_build_object('user', user_id, 'role', role, 'readSeq', read_seq) order by user_id)
        from members where room = r.id), '[]') as members
      from rooms r order by r.id`,
  );
  // Without its types the driver hands out JSON as text.
  const parsed = (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value);
  const rooms = rows.map(
    row =>
      ({
        ...row,
        events: parsed(row.events),
        messages: parsed(row.messages),
        members: parsed(row.members),
      }) as unknown as FinalRoom,
  );
  return { rooms };
}

const AT_ONCE = 16;
/** How often a hub may ask for patience. */
const TRIES = 20;

/** Everyone reads everything on every node. Each page that differs is kept once, in a file named by its digest. */
export async function readAll(
  clients: readonly ChaosClient[],
  nodes: readonly Node[],
  history: HistoryWriter,
  folder: string,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const kept = new Set<string>();
  const keep = async (value: unknown) => {
    const digest = digestOf(value);
    if (!kept.has(digest)) {
      kept.add(digest);
      await writeFile(path.join(folder, `${digest}.json`), JSON.stringify(value));
    }
    return digest;
  };
  const tasks = clients.flatMap(client => nodes.map(node => ({ client, node })));
  const queue = tasks.values();
  let reads = 0;
  const worker = async () => {
    for (const { client, node } of queue) {
      const { name, user } = client.options;
      const socket = await connect(await sign(client.options, 600), node);
      try {
        for (const { room } of [...client.copies.values()].filter(copy => copy.subscribed)) {
          const { items: events, head, epoch } = await readEvents(socket, room);
          const messages = await readMessages(socket, room);
          history.write({
            kind: 'final',
            client: name,
            user,
            node: node.name,
            room,
            epoch,
            head,
            events: await keep(events),
            messages: await keep(messages),
          });
          reads++;
        }
      } finally {
        socket.close();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return reads;
}

/** A hub that was just rolled may ask for patience, as of every client. */
async function connect(token: string, node: Node): Promise<Socket> {
  for (let tries = 1; ; tries++) {
    try {
      return await connectOnce(token, node);
    } catch (error) {
      const { retryAfterMs } = ((error as { data?: WireError }).data ?? {}) as Partial<WireError>;
      if (retryAfterMs === undefined || tries === TRIES) throw error;
      await delay(retryAfterMs);
    }
  }
}

async function connectOnce(token: string, node: Node): Promise<Socket> {
  const socket = io(`http://127.0.0.1:${node.clients.port}`, {
    auth: { token, protocol: 1 },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

async function ask<C extends CallName>(socket: Socket, name: C, input: CallInput<C>): Promise<CallData<C>> {
  for (let tries = 1; ; tries++) {
    const reply: Reply<CallData<C>> = await socket.timeout(20_000).emitWithAck(name, input);
    if (reply.ok) return reply.data;
    const { message, retryAfterMs } = reply.error;
    if (retryAfterMs === undefined || tries === TRIES) throw new Error(`${name}: ${message}`);
    await delay(retryAfterMs);
  }
}

async function readEvents(socket: Socket, room: string) {
  const items: LogEvent[] = [];
  for (let after = 0; ; ) {
    const { events, head, epoch } = await ask(socket, 'events:read', { room, after, limit: 500 });
    items.push(...events);
    after = events.at(-1)?.seq ?? head;
    if (after >= head) return { items, head, epoch };
  }
}

async function readMessages(socket: Socket, room: string): Promise<Message[]> {
  const items: Message[] = [];
  for (;;) {
    const before = items[0]?.seq;
    const page = await ask(socket, 'messages:read', { room, limit: 200, ...(before && { before }) });
    items.unshift(...page.messages);
    if (page.messages.length < 200) return items;
  }
}
