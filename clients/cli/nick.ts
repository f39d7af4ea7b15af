// One person of a replay: a client of its own, whose deeds happen one after the other, and whose messages get through whatever the hub goes through.
import type { CallInput, CallName } from '../../shared/protocol/calls.ts';
import { CallError } from '../js/errors.ts';
import { createClient } from '../js/index.ts';
import type { Court, Posted, Room, Sent } from '../js/types.ts';

export interface NickOptions {
  url: string;
  room: string;
  getToken(context: { reason: 'connect' | 'expired' }): Promise<string>;
  /** Follow the room as well, as a person's client would. */
  listen: boolean;
  signal: AbortSignal;
  /** Who is put off is told why. */
  refused(error: CallError): void;
}

export interface Nick {
  /** After all that this nick was told to do before. Comes into the room first, if need be. */
  say(speak: (room: Room) => Posted<Sent>): Promise<Posted<Sent>>;
  join(): Promise<void>;
  /** Once all that was said is in the log. */
  leave(): Promise<void>;
  close(): Promise<void>;
  /** At once, whatever is not in the log yet. */
  drop(): Promise<void>;
}

/** A replay is about the log, not about manners: a hub that comes back has its people back soon. */
const BACKOFF = { firstMs: 250, capMs: 4000 };

/** What another attempt may resolve: the call did not happen, or may be repeated without harm. */
const PASSING = new Set(['unknown', 'not_sent', 'unavailable', 'rate_limited', 'internal']);

export function createNick({ url, room, getToken, listen, signal, refused }: NickOptions): Nick {
  let court: Court | undefined;
  let present = false;
  let unsettled: Promise<unknown>[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(deed: () => Promise<T>): Promise<T> {
    const done = turn.then(deed);
    turn = done.catch(() => {});
    return done;
  }

  function connected(): Court {
    if (court) return court;
    const made = createClient({ url, getToken, client: 'court-replay', backoff: BACKOFF });
    made.on('state', state => {
      if (state.status === 'disconnected' && state.error) refused(state.error);
    });
    // Calls wait for the connection; if there will be none, they say why.
    made.connect().catch(() => {});
    court = made;
    return made;
  }

  /** Repeats what joining and leaving allow to be repeated. */
  async function insist<C extends CallName>(name: C, input: CallInput<C>): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      try {
        await connected().call(name, input, { signal });
        return;
      } catch (error) {
        const { state } = connected();
        const stopped = state.status === 'disconnected' && state.reason === 'stopped';
        if (stopped || !(error instanceof CallError) || !PASSING.has(error.code)) throw error;
      }
    }
  }

  async function enter(): Promise<void> {
    if (present) return;
    signal.throwIfAborted();
    if (listen) {
      await connected().room(room).join();
    } else {
      await insist('room:join', { room });
      // A member, who does not follow: hundreds of listeners in one process would measure this process, not the hub.
      await insist('room:leave', { room });
    }
    present = true;
  }

  async function drop(): Promise<void> {
    const closing = court;
    court = undefined;
    present = false;
    await closing?.close();
  }

  return {
    say: speak =>
      inTurn(async () => {
        await enter();
        const posted = speak(connected().room(room));
        unsettled.push(posted.done.catch(() => {}));
        return posted;
      }),
    join: () => inTurn(enter),
    leave: () =>
      inTurn(async () => {
        await Promise.all(unsettled);
        unsettled = [];
        if (present) await insist('room:leave', { room, forget: true });
        await drop();
      }),
    drop,
    close: () =>
      inTurn(async () => {
        await Promise.all(unsettled);
        await drop();
      }),
  };
}
