// Messages that bots are still writing: shown as they grow, in no log. What is sent in the end is one message with the same id; a bot that goes
// leaves nothing behind, since it will write the same answer again when it comes back.
import type { ParsedInput } from '#shared/protocol/calls.ts';
import { limits } from '#shared/protocol/primitives.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import type { Bus } from './bus.ts';
import { botOnly } from './commands.ts';
import { forbidden, HubError } from './errors.ts';
import type { Batch } from './log-writer.ts';
import type { Actor, Outlet } from './ports.ts';
import type { BotStore } from './ports-bots.ts';
import type { RoomFeed } from './room-feed.ts';
import type { RoomFeeds } from './room-feeds.ts';

export type DraftHint = Push<'message:draft'>;

/** Of one bot at once. */
const MOST = 20;
/** A draft that nothing is said of for so long is over, in ms. */
const SILENT = 30_000;
/** Of a bot that has gone: it may be back. */
const GONE = 10_000;
/** Between two that are told whole, for who came late, in ms. */
const WHOLE = 2000;

interface Stream {
  readonly room: string;
  readonly id: string;
  readonly by: string;
  readonly replyTo: string | undefined;
  text: string;
  /** What was told of it. */
  told: string;
  wholeAt: number;
  until: number;
}

export function createStreams(deps: {
  store: Pick<BotStore, 'mayPost'>;
  feeds: RoomFeeds;
  outlet: Pick<Outlet, 'draft'>;
  bus: Bus;
  online(feed: RoomFeed): number;
  now(): number;
}) {
  const { store, feeds, outlet, bus, online, now } = deps;
  const streams = new Map<string, Stream>();

  const heard = (push: DraftHint) => {
    const feed = feeds.get(push.room);
    // Another node's word is a hint: only the log says who is in the room. Left out in crowds, as typing is.
    if (!feed?.members.has(push.by) || online(feed) > limits.rosterUsers) return;
    const others = [...feed.listeners()].filter(listener => listener.user !== push.by);
    outlet.draft(
      others.map(({ socket }) => socket),
      push,
    );
  };
  const tell = (push: DraftHint) => {
    heard(push);
    bus.publish('draft', push);
  };
  const over = (key: string, stream: Stream) => {
    streams.delete(key);
    const { room, id, by } = stream;
    tell({ room, id, by, at: 0, text: '', end: true });
  };
  const show = (stream: Stream) => {
    const { room, id, by, replyTo, text, told } = stream;
    const time = now();
    const grows = text.startsWith(told) && time < stream.wholeAt + WHOLE;
    const at = grows ? told.length : 0;
    if (at === 0) stream.wholeAt = time;
    stream.told = text;
    tell({ room, id, by, at, text: text.slice(at), ...(replyTo && { replyTo }) });
  };

  return {
    heard,
    async draft(
      actor: Actor,
      { room, id, text, replyTo, end }: ParsedInput<'message:draft'>,
    ): Promise<Record<string, never>> {
      botOnly(actor);
      const key = keyOf(actor.id, room, id);
      const known = streams.get(key);
      if (end) {
        if (known) over(key, known);
        return {};
      }
      if (known) {
        if (!feeds.get(room)?.members.has(actor.id)) {
          over(key, known);
          throw forbidden('You are no longer in this room.');
        }
        known.text = text;
        known.until = now() + SILENT;
        return {};
      }
      const own = [...streams.values()].filter(({ by }) => by === actor.id).length;
      if (own >= MOST)
        throw new HubError('rate_limited', `A bot writes ${MOST} messages at once and no more.`, {
          retryAfterMs: 1000,
        });
      await store.mayPost(actor, room);
      const stream: Stream = {
        ...{ room, id, by: actor.id, replyTo, text, told: '' },
        wholeAt: 0,
        until: now() + SILENT,
      };
      streams.set(key, stream);
      show(stream);
      return {};
    },
    /** Entries were written: who wrote sends it now, and it takes the place of the draft. */
    grew(batches: readonly Batch[]): void {
      if (streams.size === 0) return;
      for (const { room, events } of batches)
        for (const { type, by, id } of events)
          if (type === 'message.created') streams.delete(keyOf(by, room, id));
    },
    /** The bot has no socket here any more. */
    gone(bot: string): void {
      const soon = now() + GONE;
      for (const stream of streams.values())
        if (stream.by === bot) stream.until = Math.min(stream.until, soon);
    },
    /** Tells what has grown. Called a few times a second. */
    flush(): void {
      const time = now();
      for (const [key, stream] of streams) {
        if (stream.until <= time) over(key, stream);
        else if (stream.text !== stream.told) show(stream);
      }
    },
  };
}

const keyOf = (bot: string, room: string, id: string) => `${bot} ${room} ${id}`;
