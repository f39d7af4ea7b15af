// A connection to the hub for the length of one command: says at once when there is no hub, and ends with Ctrl-C.
import { createClient } from '../js/index.ts';
import type { ClientOptions, ConnectionState, Court } from '../js/types.ts';
import { noHub } from './api.ts';
import type { Context } from './context.ts';
import { CliError } from './errors.ts';
import type { Session } from './session.ts';

/** A hub that puts us off is asked again for this long, in milliseconds. */
const PATIENCE = 30_000;

/** Disposing closes it. @throws CliError when no hub answers, CallError when it refuses us */
export async function openCourt(
  { url, getToken }: Session,
  signal: AbortSignal,
  more: Pick<ClientOptions, 'uploads'> = {},
): Promise<Court> {
  const court = createClient({ url, getToken, client: 'court-cli', ...more });
  const close = () => void court.close();
  signal.addEventListener('abort', close, { once: true });
  let patience: NodeJS.Timeout | undefined;
  let off: (() => void) | undefined;
  try {
    const failed = new Promise<never>((_, reject) => {
      patience = setTimeout(() => reject(reason(court.state, url)), PATIENCE);
      off = court.on('state', state => {
        if (state.status === 'disconnected' && state.reason === 'lost') reject(reason(state, url));
      });
    });
    await Promise.race([court.connect(), failed]);
    return court;
  } catch (error) {
    signal.removeEventListener('abort', close);
    await court.close();
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(patience);
    off?.();
  }
}

/** The same as whoever is signed in, for one piece of work. */
export async function connected(context: Context, work: (court: Court) => Promise<void>): Promise<void> {
  await using court = await openCourt(await context.session(), context.signal);
  await work(court);
}

function reason(state: ConnectionState, url: string): Error {
  if (state.status === 'disconnected' && state.error && state.reason !== 'lost') return state.error;
  if (state.status === 'connecting') return new CliError(`The hub at ${url} does not answer.`);
  return noHub(url);
}
