// What people do all day: talk, react, edit, delete, read and mark, at a steady rate, some of it twice at once.
import { setTimeout as delay } from 'node:timers/promises';
import { READ_PAGE } from './checker/session.ts';
import type { ChaosClient } from './client.ts';
import type { Copy } from './copy.ts';
import { entryOf, type HistoryWriter } from './history.ts';
import type { Words } from './lane.ts';
import type { Random } from './random.ts';

export interface Speakers {
  readonly clients: readonly ChaosClient[];
  /** Second clients of some people, by user. */
  readonly twins: ReadonlyMap<string, ChaosClient>;
  readonly history: HistoryWriter;
  readonly random: Random;
}

const EMOJI = ['👍', '🎉', '🏛️'];
/** Shares of the calls. */
const TWICE = 0.1;
const READS = 0.05;
const ONCE = 0.1;

/** Sends `rate` calls a second until `until` (of the history's clock), reads beside it. Returns how many it sent. */
export async function talk(
  { clients, twins, history, random }: Speakers,
  rate: number,
  until: number,
): Promise<number> {
  const began = history.now();
  const doubled = clients.filter(client => twins.has(client.options.user));
  let sent = 0;
  while (history.now() < until) {
    const due = Math.floor(((history.now() - began) / 1000) * rate);
    for (; sent < due; sent++) {
      const twice = random.chance(TWICE) && doubled.length > 0;
      const client = random.pick(twice ? doubled : clients);
      const copies = [...client.copies.values()].filter(copy => copy.wanted);
      if (copies.length === 0) continue;
      const copy = random.pick(copies);
      const twin = twice ? twins.get(client.options.user) : undefined;
      client
        .lane(copy.room)
        .say(words(client, copy, sent, random), { twin, once: !twice && random.chance(ONCE) });
      if (random.chance(READS)) look(random.pick(clients), history, random);
    }
    await delay(5);
  }
  return sent;
}

function words(client: ChaosClient, { recent, reactions }: Copy, number: number, random: Random): Words {
  const kind = random.next();
  if (kind < 0.8 || recent.length === 0)
    return { type: 'message.created', text: `message ${number} of the run by ${client.options.user}` };
  if (kind < 0.94) {
    const own = random.chance(0.4) ? reactions.pop() : undefined;
    if (own) return { type: 'reaction.removed', ...own };
    // Many on a few messages, so that their order matters.
    const liked = recent.filter(id => id.startsWith('0')).at(-1) ?? random.pick(recent);
    const reaction = { target: liked, emoji: random.pick(EMOJI) };
    reactions.push(reaction);
    return { type: 'reaction.added', ...reaction };
  }
  const target = random.pick(recent);
  if (kind < 0.97) return { type: 'message.edited', target, text: `edited ${number}` };
  return { type: 'message.deleted', target };
}

/** Reads a page and marks it read. */
function look(client: ChaosClient, history: HistoryWriter, random: Random): void {
  const copies = [...client.copies.values()].filter(copy => copy.subscribed);
  if (copies.length === 0) return;
  const { room, cursor } = random.pick(copies);
  const since = history.now();
  const where = client.where(room);
  const after = Math.max(0, cursor - 20);
  client.call('events:read', { room, after, limit: READ_PAGE }, reply => {
    if (!reply?.ok) return;
    const { epoch, head, events } = reply.data;
    history.write({ kind: 'read', ...where, since, epoch, head, after, entries: events.map(entryOf) });
  });
  client.call('read:mark', { room, seq: cursor }, reply => {
    if (reply?.ok) history.write({ kind: 'mark', ...where, since, seq: cursor, readSeq: reply.data.readSeq });
  });
}
