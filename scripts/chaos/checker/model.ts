// A hub of a few rooms, nodes and people in memory, which is right, or wrong in one chosen way. It writes the history of its life.
import { randomUUID } from 'node:crypto';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Message } from '#shared/protocol/models.ts';
import { applyEvent } from '#shared/room-state.ts';
import { canonical, digestOf, type FinalState, type HistoryRecord, type Unstamped } from '../history.ts';
import { createRandom } from '../random.ts';
import { type Bug, bugs } from './bugs.ts';
import type { Reads } from './evidence.ts';
import { ModelClient, type Waiting } from './model-client.ts';
import { type ModelRoom, openRooms } from './model-room.ts';

export interface Life {
  readonly history: readonly HistoryRecord[];
  readonly state: FinalState;
  readonly reads: Reads;
  /** How often the chosen mistake was made. */
  readonly planted: number;
}

const NODES = ['north', 'south'];

/** A short life of the hub, full of repeats, cuts, removals, returns and restores. */
export function live(seed: number, bug?: Bug, steps = 150): Life {
  const random = createRandom(seed);
  const history: HistoryRecord[] = [];
  let t = 0;
  let calls = 0;
  let planted = 0;
  const write = (record: Unstamped) => {
    t += random.whole(1, 5);
    history.push({ t, ...record } as HistoryRecord);
  };
  /** Now is the moment to make this mistake, if it is the chosen one. */
  const errs = (name: Bug, share = 0.5): boolean => {
    const now = bug === name && random.chance(share);
    if (now) planted++;
    return now;
  };
  const world = { random, write, errs, now: () => ++t };
  const rooms = openRooms();
  const clients = ['ada', 'bob', 'cleo', 'dan'].map(user => new ModelClient(user, world));
  const [ada] = clients as [ModelClient];

  const attempt = (client: ModelClient, room: ModelRoom, draft: Waiting, first: boolean): void => {
    const call = ++calls;
    const { id, type, data, body } = draft;
    write({
      kind: 'send',
      call,
      client: client.name,
      user: client.user,
      node: client.node,
      room: room.id,
      id,
      type,
      body,
    });
    const again = room.seqs.get(id);
    const outsider = !room.members.has(client.user);
    if (errs('a call without an end', 0.1)) {
      room.append(id, type, client.user, data);
      return;
    }
    // Only where it will show: a call that fails for another reason, or is in the log already, hides the mistake.
    const sneaks = outsider && again === undefined && errs('stale membership cache', 1);
    if (outsider && !sneaks) return void write({ kind: 'fail', call, code: 'forbidden' });
    if (first && !sneaks && random.chance(0.05)) {
      if (errs('refused, but written', 1)) room.append(id, type, client.user, data);
      return void write({ kind: 'fail', call, code: 'unavailable' });
    }
    const cut = first && !sneaks && random.chance(0.15);
    if (cut && random.chance(0.5)) {
      client.waiting.set(room.id, [...(client.waiting.get(room.id) ?? []), draft]);
      return void write({ kind: 'unknown', call });
    }
    let seq = again;
    if (again !== undefined && errs('no dedupe', 1)) seq = room.append(id, type, client.user, data);
    else if (again === undefined && errs('ack before commit', 0.2)) seq = room.head + 1;
    else if (again === undefined) {
      if (errs('numbers from nextval', 0.2)) room.skip();
      const text = type === 'message.created' && errs('a changed text', 0.2) ? { text: `${data.text} ` } : {};
      seq = room.append(id, type, client.user, { ...data, ...text });
      if (errs('a message nobody sent', 0.2))
        room.append(randomUUID(), 'message.created', client.user, { text: 'boo' });
    }
    if (cut) {
      client.waiting.set(room.id, [...(client.waiting.get(room.id) ?? []), draft]);
      return void write({ kind: 'unknown', call });
    }
    if (errs('slow acks', 0.3)) t += 400;
    const told = { kind: 'ok', call, epoch: room.epoch } as const;
    if (random.chance(0.2)) {
      // The same call went through another node at the same time.
      const twin = ++calls;
      write({
        kind: 'send',
        call: twin,
        client: client.name,
        user: client.user,
        node: client.node,
        room: room.id,
        id,
        type,
        body,
      });
      const other = errs('another number in the second ack', 1) ? 1 : 0;
      write({ ...told, call: twin, seq: (seq as number) + other, duplicate: true });
    }
    write({ ...told, seq: seq as number, ...(again !== undefined && { duplicate: true }) });
  };

  const message = (): Waiting => {
    const text = `words ${random.whole(0, 999)}`;
    return { id: randomUUID(), type: 'message.created', data: { text }, body: text };
  };
  const send = (client: ModelClient, room: ModelRoom): void => {
    const [oldest] = client.waiting.get(room.id) ?? [];
    if (oldest) {
      const open = room.members.has(client.user) && !room.seqs.has(oldest.id);
      if (open && errs('reordered outbox', 1)) attempt(client, room, message(), false);
      repeat(client, room);
      return;
    }
    const target = room.anyMessage(random);
    if (!target || random.chance(0.7)) {
      attempt(client, room, message(), true);
      return;
    }
    const type = random.pick(['reaction.added', 'message.deleted'] as const);
    const data = type === 'reaction.added' ? { target, emoji: random.pick(['👍', '🎉']) } : { target };
    attempt(client, room, { id: randomUUID(), type, data, body: canonical(data) }, true);
  };
  const repeat = (client: ModelClient, room: ModelRoom): void => {
    const drafts = client.waiting.get(room.id) ?? [];
    client.waiting.delete(room.id);
    for (const draft of drafts) attempt(client, room, draft, false);
  };
  /** Node north keeps a number for later, and another one is acknowledged meanwhile. */
  const reserve = (room: ModelRoom): void => {
    const [late, early] = [message(), message()];
    const author = ada.user;
    const ordered = [late, early].map(draft => ({
      draft,
      seq: room.append(draft.id, draft.type, author, draft.data),
    }));
    for (const { draft, seq } of ordered.toReversed()) {
      const call = ++calls;
      const where = { client: `${author}-${seq}`, user: author, node: 'north', room: room.id };
      write({ kind: 'send', call, ...where, id: draft.id, type: draft.type, body: draft.body });
      write({ kind: 'ok', call, seq, epoch: room.epoch });
    }
  };
  const remove = (room: ModelRoom): void => {
    const out = clients.filter(client => client !== ada && room.members.has(client.user));
    if (out.length === 0) return;
    const { user } = random.pick(out);
    const seq = room.append(randomUUID(), 'member.removed', ada.user, { user });
    write({ kind: 'kick', room: room.id, by: ada.user, target: user, seq });
  };
  const restore = (room: ModelRoom): void => {
    const from = room.epoch;
    const keep = room.restore(errs('epoch kept after restore', 1));
    write({ kind: 'restore', room: room.id, from, to: room.epoch, keep });
    for (const client of clients) client.restored(room);
  };

  for (const room of rooms) for (const client of clients) client.join(room);
  write({ kind: 'phase', name: 'warm-up' });
  for (let step = 0; step < steps; step++) {
    const client = random.pick(clients);
    const room = random.pick(rooms);
    const dice = random.whole(1, 100);
    if (dice <= 40) send(client, room);
    else if (dice <= 65) client.receive(room, random.whole(1, 6));
    else if (dice <= 72) client.reconnect(random.pick(NODES), rooms);
    else if (dice <= 80) client.read(room);
    else if (dice <= 86) client.mark(room);
    else if (dice <= 89) remove(room);
    else if (dice <= 91) client.leave(room);
    else if (dice <= 96) client.join(room);
    else if (dice <= 97) {
      // What a restore took away proves nothing any more.
      if (!bug || bugs[bug] === 'I15') restore(room);
    } else if (errs('numbers reserved by node', 1)) reserve(room);
  }

  for (const client of clients) for (const room of rooms) repeat(client, room);
  for (const client of clients) for (const room of rooms) client.receive(room, Number.POSITIVE_INFINITY);
  write({ kind: 'phase', name: 'check' });
  const pages = new Map<string, unknown>();
  const keep = (value: unknown) => {
    const digest = digestOf(value);
    pages.set(digest, value);
    return digest;
  };
  const state: FinalState = { rooms: rooms.map(room => room.final()) };
  for (const room of rooms) {
    const whole = canonical(fold(room));
    const felt = room.entries.findLast(
      event => event.type === 'reaction.added' && canonical(fold(room, event)) !== whole,
    );
    const messages = fold(room, felt && errs('lost reaction', 1) ? felt : undefined);
    Object.assign(state.rooms.find(one => one.id === room.id) as object, { messages });
    for (const { user, name } of clients.filter(client => room.members.has(client.user))) {
      const floor = room.floor(user);
      const mine = room.entries.filter(event => event.seq >= floor);
      const events = keep(errs('a reader is not given the newest entry') ? mine.slice(0, -1) : mine);
      const seen = keep(fold(room).filter(one => one.seq >= floor));
      for (const node of NODES) {
        write({
          kind: 'final',
          client: name,
          user,
          node,
          room: room.id,
          epoch: room.epoch,
          head: room.head,
          events,
          messages: seen,
        });
      }
    }
  }
  for (const { name, user } of clients) {
    const online = !errs('a ghost');
    write({ kind: 'presence', client: name, node: 'north', about: user, online, status: 'active' });
    const about = errs("a stranger's presence") ? ['ada', 'nobody we know'] : ['ada'];
    write({ kind: 'seen', client: name, user, about });
  }
  for (const node of NODES) {
    write({ kind: 'handles', node, at: 'baseline', open: 20, names: {} });
    write({ kind: 'handles', node, at: 'end', open: errs('a handle left open') ? 90 : 22, names: {} });
  }
  return { history, state, reads: digest => pages.get(digest), planted };
}

function fold(room: ModelRoom, without?: LogEvent): Message[] {
  const messages = new Map<string, Message>();
  for (const event of room.entries) if (event !== without) applyEvent(messages, room.id, event);
  return [...messages.values()];
}
