// A push channel of one calendar: made, renewed before it ends, stopped. Its token proves that a push is about a channel of ours.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Log } from '../../hub/ports.ts';
import type { Calendar } from './client.ts';
import type { Pace } from './pace.ts';

export interface ChannelTokens {
  of(channel: string): string;
  /** In constant time. */
  fits(channel: string, token: string): boolean;
}

/** @param key the same on every node, so that each can tell whether a push is ours */
export function createChannelTokens(key: Buffer): ChannelTokens {
  const of = (channel: string) => createHmac('sha256', key).update(channel).digest('base64url');
  return {
    of,
    fits(channel, token) {
      const [right, given] = [Buffer.from(of(channel)), Buffer.from(token)];
      return right.length === given.length && timingSafeEqual(right, given);
    },
  };
}

export interface ChannelDeps {
  readonly pace: Pace;
  readonly tokens: ChannelTokens;
  /** Where Google posts to; undefined while it cannot. */
  address(): string | undefined;
  now(): number;
  readonly log: Log;
}

export interface Channel {
  readonly id: string | undefined;
  /** Makes one when there is none, or when the one there is ends soon, and Google can reach the hub. */
  keep(): Promise<void>;
  /** Tells Google to stop, once; when it does not hear it, the channel ends by itself. */
  stop(): Promise<void>;
}

/** Seconds that we ask for, and what must be left of them at a look, in ms. */
const LASTS = 24 * 3600;
const LEFT = 10 * 60_000;
/** How long Google may take to hear that a channel ends, in ms. */
const FAREWELL = 2000;

const NOT_STOPPED = 'a push channel was not stopped; it ends by itself within a day';

export function createChannel(calendar: Calendar, calendarId: string, deps: ChannelDeps): Channel {
  const { pace, tokens, address, now, log } = deps;
  let open: { id: string; resourceId: string; endsAt: number } | undefined;

  const stop = async ({ id, resourceId }: { id: string; resourceId: string }) => {
    // Also while everything else ends, so that it has a signal of its own.
    const signal = AbortSignal.timeout(FAREWELL);
    await calendar.channels.stop({ requestBody: { id, resourceId } }, { signal });
  };

  return {
    get id() {
      return open?.id;
    },
    async keep() {
      if (open && open.endsAt - now() > LEFT) return;
      const reachable = address();
      if (!reachable) return;
      const old = open;
      const id = randomUUID();
      const { data } = await pace.ask(() =>
        calendar.events.watch({
          calendarId,
          requestBody: {
            id,
            type: 'web_hook',
            address: reachable,
            token: tokens.of(id),
            params: { ttl: String(LASTS) },
          },
        }),
      );
      open = { id, resourceId: data.resourceId ?? '', endsAt: Number(data.expiration) };
      // Only now, so that no change falls between the two.
      if (old && old.endsAt > now()) await stop(old).catch(error => log.info({ err: error }, NOT_STOPPED));
    },
    async stop() {
      const last = open;
      open = undefined;
      if (last && last.endsAt > now()) await stop(last).catch(error => log.info({ err: error }, NOT_STOPPED));
    },
  };
}
