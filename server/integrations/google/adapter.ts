// Google Calendar for presence: supervised by itself, on the node that holds the lease. While Google is away, what is known goes on to count.
import { setTimeout as delay } from 'node:timers/promises';
import { Unreachable } from '../../hub/errors.ts';
import type { Adapter, Court, Integration, VendorState } from '../../hub/ports-integrations.ts';
import { createAccesses } from './access.ts';
import { createBook } from './book.ts';
import { createCalendars, type Round } from './calendars.ts';
import { createChannelTokens } from './channel.ts';
import { type GoogleSettings, openClient } from './client.ts';
import type { Trouble } from './errors.ts';
import { createPace, type PaceOptions } from './pace.ts';

export interface CalendarSettings extends GoogleSettings {
  /** Where people reach the hub; Google pushes to HTTPS alone. Undefined until it listens. */
  publicUrl(): string | undefined;
  /** The same on every node; signs channels. */
  readonly channelKey: Buffer;
  forward(channel: string): void;
  /** Milliseconds from one round of all calendars to the next, and what PaceOptions say. */
  readonly tempo?: (Pick<PaceOptions, 'gap' | 'wait'> & { readonly everyMs?: number }) | undefined;
  now?(): number;
}

/** What the headers of a push say. */
export interface Push {
  readonly channel: string;
  readonly token: string;
  readonly state: string;
}

export interface GoogleCalendar extends Integration {
  /** False when the push does not prove to be about a channel of ours. */
  pushed(push: Push): boolean;
  /** A good push came to another node. */
  changed(channel: string): void;
}

const EVERY = 3 * 60_000;
export const PUSH_PATH = '/api/hooks/google';

export function createGoogleCalendar(settings: CalendarSettings): GoogleCalendar {
  const { publicUrl, rootUrl, tempo, forward, now = Date.now } = settings;
  const tokens = createChannelTokens(settings.channelKey);
  const address = () => {
    const hub = publicUrl();
    return hub?.startsWith('https:') || rootUrl !== undefined ? hub && hub + PUSH_PATH : undefined;
  };
  let onPush: ((channel: string) => void) | undefined;

  function start(court: Court): Adapter {
    const { log } = court;
    const closing = new AbortController();
    const { signal } = closing;
    const book = createBook(court, now);
    let state: VendorState = { state: 'connecting' };
    let blind = 0;
    let away: string | undefined;

    const told = (trouble: Trouble | undefined) => {
      away = trouble && reasonOf(trouble);
      if (state.state === 'failed' || (state.state === 'connecting' && !away)) return;
      state = standing(away, blind);
    };

    async function run(): Promise<void> {
      const client = await openClient(settings, signal);
      const pace = createPace({ signal, told, ...tempo });
      const accesses = createAccesses(court, client, settings.credentials);
      const calendars = createCalendars({
        court,
        client,
        accesses,
        book,
        pace,
        tokens,
        address,
        signal,
        now,
        log,
      });
      onPush = channel => {
        calendars.pushed(channel).catch(error => {
          if (!signal.aborted) log.info({ err: error }, 'a calendar that changed could not be read');
        });
      };
      while (!signal.aborted) {
        try {
          const round = await calendars.round();
          blind = round.blind;
          state = round.trouble ? failure(round.trouble) : standing(away, blind);
        } catch (error) {
          if (signal.aborted) break;
          log[error instanceof Unreachable ? 'warn' : 'error'](
            { err: error },
            'a round of the calendars failed',
          );
          state = { state: 'degraded', reason: 'The last round of the calendars failed; the log says why.' };
        }
        await delay(tempo?.everyMs ?? EVERY, undefined, { signal }).catch(() => {});
      }
      onPush = undefined;
      await calendars.stop();
    }

    const running = run().catch(error => {
      if (signal.aborted) return;
      log.error({ err: error }, 'the Google calendars stopped');
      state = {
        state: 'failed',
        reason: 'The client of Google could not be started.',
        next: 'Look at the log of this node, and restart it.',
      };
    });
    return {
      state: () => state,
      async [Symbol.asyncDispose]() {
        closing.abort();
        await running;
        book[Symbol.dispose]();
      },
    };
  }

  return {
    vendor: 'google',
    start,
    pushed({ channel, token, state }) {
      if (!tokens.fits(channel, token)) return false;
      if (state === 'sync') return true;
      if (onPush) onPush(channel);
      else forward(channel);
      return true;
    },
    changed: channel => onPush?.(channel),
  };
}

function reasonOf(trouble: Trouble): string {
  if (trouble.kind === 'busy') return 'Google has had enough requests for now; the hub waits.';
  return `Google cannot be reached${trouble.kind === 'away' ? `: ${trouble.reason}` : ''}. Meetings known so far go on to count.`;
}

function standing(away: string | undefined, blind: number): VendorState {
  if (away) return { state: 'degraded', reason: away };
  if (blind === 0) return { state: 'ready' };
  const who = blind === 1 ? '1 person' : `${blind} people`;
  return {
    state: 'degraded',
    reason: `The calendar of ${who} cannot be read; they can connect it again in the hub.`,
  };
}

function failure(trouble: NonNullable<Round['trouble']>): VendorState {
  if (trouble.kind === 'clock')
    return {
      state: 'failed',
      reason: 'Google refuses the signature of the service account as being of the wrong time.',
      next: "Set this machine's clock, e.g. with NTP.",
    };
  return {
    state: 'failed',
    reason: `Google does not take the credentials: ${trouble.reason}.`,
    next: 'Compare GOOGLE_CREDENTIALS with the Google Cloud console; a service account needs domain-wide delegation for calendar.freebusy.',
  };
}
