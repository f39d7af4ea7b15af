// One supervised Socket Mode connection. The official client is made anew for each connection and never reconnects by itself: by itself it ends
// the process on a revoked token, and gives up for ever after a few HTTP errors.
import { SocketModeClient } from '@slack/socket-mode';
import { z } from 'zod';
import { type Context, quiet } from './context.ts';
import { backOff, runLoop } from './loops.ts';
import { type Trouble, tell, troubleOf } from './trouble.ts';

export interface Envelope {
  readonly type: 'events_api' | 'slash_commands';
  readonly body: unknown;
  /** At once and at most once; for a command, with the answer. */
  ack(answer?: object): void;
}

export interface Line extends AsyncDisposable {
  readonly open: boolean;
}

/** From the address to Slack's hello. */
const HELLO = 15_000;
/** From our ping to Slack's pong; the client's own 5 s are short for a busy machine. */
const PONG = 15_000;
/** For the close of a socket; after it the client is made to let go. */
const CLOSE = 1000;
/** Slack allows 10 sockets per app: until some end, there is no point in hurrying. */
const CROWDED = 30_000;

export function openLine(
  name: string,
  context: Context,
  on: { envelope(envelope: Envelope): void; changed(): void },
): Line {
  const { options, standing, signal, tempo, clients, log } = context;
  let open = false;
  let tries = 0;

  function turn(now: boolean): void {
    if (open === now) return;
    open = now;
    on.changed();
  }

  /** Lives as long as the connection. @returns Slack's reason for the end, if it gave one */
  async function connection(): Promise<string | undefined> {
    const client = new CarefulClient({
      appToken: options.appToken,
      autoReconnectEnabled: false,
      clientPingTimeout: PONG,
      clientOptions: { ...clients.options },
      logger: quiet(log),
    });
    let reason: string | undefined;
    client.on('ws_message', (data: unknown) => {
      const frame = frameOf(data);
      if (frame?.type === 'disconnect') reason = frame.reason;
    });
    client.on('slack_event', ({ ack, type, body }) => {
      const envelope = { type, body, ack: (answer?: object) => void ack(answer).catch(lost) };
      // Not acknowledged in time, it comes again.
      const lost = (error: unknown) => log.debug({ err: error }, 'an acknowledgement did not reach Slack');
      try {
        on.envelope(envelope);
      } catch (error) {
        log.error({ err: error, vendor: 'slack' }, 'an event could not be handled');
      }
    });
    const ended = new Promise<void>(resolve => client.once('disconnected', () => resolve()));
    const leave = () => void hangUp(client);
    signal.addEventListener('abort', leave);
    const hello = setTimeout(leave, HELLO);
    try {
      await client.start();
      clearTimeout(hello);
      // Told to end while it asked for the address, the client opens the socket all the same.
      if (signal.aborted) {
        await hangUp(client);
        return undefined;
      }
      tries = 0;
      turn(true);
      standing.report(`socket ${name}`, null);
      standing.report('socket token', null);
      await ended;
    } finally {
      clearTimeout(hello);
      signal.removeEventListener('abort', leave);
      turn(false);
    }
    return reason;
  }

  function failed(error: unknown): number {
    const trouble: Trouble = error === undefined ? { kind: 'unsure', why: 'it hung up' } : troubleOf(error);
    if (trouble.kind === 'token') {
      const next =
        'Make a new app-level token with connections:write at api.slack.com/apps and set SLACK_APP_TOKEN to it.';
      standing.report('socket token', { state: 'failed', reason: tell(trouble).reason, next });
    } else if (tries > 1) standing.trouble(`socket ${name}`, trouble);
    return Math.max(trouble.kind === 'wait' ? trouble.ms : 0, backOff(tries++, tempo.retry));
  }

  const loop = runLoop(
    signal,
    async () => {
      const reason = await connection();
      if (reason === 'link_disabled') {
        const next = 'Switch Socket Mode on at api.slack.com/apps.';
        standing.report('socket token', {
          state: 'failed',
          reason: 'Socket Mode is switched off for the app.',
          next,
        });
        return tempo.retry.most;
      }
      if (reason !== 'too_many_websockets') return 0;
      standing.report(`socket ${name}`, {
        state: 'degraded',
        reason: 'The Slack app has its 10 sockets open elsewhere; is another hub using the same app?',
      });
      return Math.min(CROWDED, tempo.retry.most);
    },
    failed,
  );
  return {
    get open() {
      return open;
    },
    [Symbol.asyncDispose]: () => loop.done,
  };
}

async function hangUp(client: SocketModeClient): Promise<void> {
  const gone = client.disconnect();
  // Of a socket that is closing already, a second call lets go at once.
  const force = setTimeout(() => void client.disconnect(), CLOSE);
  await gone;
  clearTimeout(force);
}

/** A frame that is none would end the process in a promise of the client that nobody holds: it stops at the door. */
class CarefulClient extends SocketModeClient {
  override emit(name: string | symbol, ...words: unknown[]): boolean {
    if (name === 'ws_message' && !frameOf(words[0])) return false;
    return super.emit(name, ...words);
  }
}

const frame = z.union([
  z.object({ type: z.literal('events_api'), payload: z.object({ event: z.object({ type: z.string() }) }) }),
  z.object({ type: z.literal('disconnect'), reason: z.string().optional() }),
  z.object({ type: z.string().refine(type => type !== 'events_api') }),
]);

function frameOf(data: unknown): { type: string; reason?: string | undefined } | undefined {
  try {
    return frame.safeParse(JSON.parse(String(data))).data;
  } catch {
    return undefined;
  }
}
