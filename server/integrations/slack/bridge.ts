// One channel and its room, bound to each other: both directions, the app's membership, and what was missed while there was no connection.
import type { Context, Identity } from './context.ts';
import type { SlackEvent } from './events.ts';
import { readSince } from './history.ts';
import { microseconds } from './ids.ts';
import { type Bridge, createInbound } from './inbound.ts';
import { backOff, runLoop } from './loops.ts';
import { createOutbound } from './outbound.ts';
import type { People } from './people.ts';
import { createQueue } from './queue.ts';
import { troubleOf } from './trouble.ts';

export interface OpenBridge extends AsyncDisposable {
  readonly channel: string;
  readonly room: string;
  heard(event: SlackEvent): void;
  /** Events may have been missed. */
  gap(): void;
}

/** Events that wait for the database; beyond, they are read back from Slack's history. */
const MOST_WAITING = 2000;
/** How far before the last message that is known edits and answers are looked for, at most, in microseconds. */
const OVERLAP = 86_400_000_000;
/** Between two notes of how far the channel has been read. */
const NOTE = 2000;

export const inCursor = ({ channel, room }: Pick<Bridge, 'channel' | 'room'>) => `in:${channel}:${room}`;

export function openBridge(context: Context, identity: Identity, people: People, bridge: Bridge): OpenBridge {
  const { court, clients, standing, tempo, log } = context;
  const { channel, room, since } = bridge;
  const about = `Channel ${channel}`;
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const own: Context = { ...context, signal };
  const inbound = createInbound(own, identity, people, bridge);
  const outbound = createOutbound(own, identity, people, bridge, attend);
  const following = court.follow(room, outbound.wake);
  let reached = 0;
  let noted = 0;
  let missed = false;

  const queue = createQueue(signal, MOST_WAITING, (error, tries) => {
    const trouble = troubleOf(error);
    if (trouble.kind === 'wait') return trouble.ms;
    if (trouble.kind === 'refused') {
      log.warn({ err: error, vendor: 'slack', channel, room }, 'an event was left out');
      return undefined;
    }
    standing.trouble(`${about}, events`, trouble, about);
    return backOff(tries, tempo.retry);
  });

  /** Makes sure that the app is in the channel. */
  async function attend(): Promise<void> {
    const { channel: info } = await clients.read.conversations.info({ channel });
    if (!info?.is_member) await clients.read.conversations.join({ channel });
  }

  async function catchUp(): Promise<void> {
    missed = false;
    const known = await court.cursor(inCursor(bridge));
    await attend();
    const earliest = Math.max(since, known - OVERLAP);
    for (const message of await readSince(own, channel, known, earliest)) {
      if (signal.aborted) return;
      const isNew = microseconds(message.ts) > known;
      if (isNew || (await court.messageOf(channel, message.ts)) === undefined) await inbound.say(message);
      if (message.edited) await inbound.edit(message, message.edited.ts);
      if (isNew) await inbound.reactions(message);
      reached = Math.max(reached, microseconds(message.ts));
    }
    standing.report(`${about}, events`, null);
  }

  const add = (job: () => Promise<void>) => {
    if (!queue.add(job)) missed = true;
  };

  const noting = runLoop(
    signal,
    async () => {
      if (missed && queue.idle) add(catchUp);
      await note();
      return NOTE;
    },
    () => NOTE,
  );

  /** While something waits, or did not fit and has not been read back, the channel counts as not read. */
  async function note(): Promise<void> {
    if (reached <= noted || missed || !queue.idle) return;
    const now = reached;
    await court.moveCursor(inCursor(bridge), now);
    noted = now;
  }

  add(catchUp);
  return {
    channel,
    room,
    gap: () => add(catchUp),
    heard(event) {
      add(async () => {
        if (!('event_ts' in event)) return;
        if (event.type === 'message') {
          if ('deleted_ts' in event) await inbound.deleted(event);
          else if ('message' in event) await inbound.changed(event);
          else await inbound.said(event);
          if ('text' in event) reached = Math.max(reached, microseconds(event.ts));
        } else await inbound.reacted(event);
        standing.report(`${about}, events`, null);
      });
    },
    async [Symbol.asyncDispose]() {
      following[Symbol.dispose]();
      ending.abort();
      await Promise.all([outbound.done, queue.done, noting.done]);
      standing.report(about, null);
      standing.report(`${about}, events`, null);
      standing.report(`room ${room}`, null);
    },
  };
}
