// One entry through middleware and listeners, until each has done its work or has failed often enough.
import { hopsOf } from '../../shared/hops.ts';
import type { EventOf, LogEvent } from '../../shared/protocol/events.ts';
import type { User } from '../../shared/protocol/models.ts';
import { backoffMs } from '../js/backoff.ts';
import type { Court } from '../js/types.ts';
import { type Listeners, type Match, messageOf } from './listeners.ts';
import type { Logger } from './logger.ts';
import { pause } from './patience.ts';
import { createVoice } from './say.ts';
import type { Command, Context, Failure } from './types.ts';

export interface HandlingDeps {
  court: Court;
  listeners: Listeners;
  name: string;
  attempts: number;
  retryMs: number;
  logger: Logger;
  signal: AbortSignal;
  me(): User;
  failed(failure: Failure): Promise<void>;
}

export interface Outcome {
  /** Somebody listened to it. */
  readonly wanted: boolean;
  /** The last failure, when it was given up. */
  readonly error?: Error;
}

/** @throws the signal's reason when the bot stops between two tries */
export async function handleEvent(
  deps: HandlingDeps,
  room: string,
  event: LogEvent,
  replay = false,
): Promise<Outcome> {
  const { listeners, attempts, signal } = deps;
  // A bot does not hear itself.
  if (event.by === deps.me().id) return { wanted: false };
  const matches = listeners.of(event);
  if (matches.length === 0 && listeners.middleware.length === 0) return { wanted: false };
  // What a listener did it has done, however often another one fails.
  const done = new Set<Match>();
  for (let attempt = 1; ; attempt++) {
    try {
      await tryOnce(deps, { room, event, matches, done, attempt, replay });
      return { wanted: matches.length > 0 };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      signal.throwIfAborted();
      const fate = attempt < attempts ? 'retry' : 'dead';
      await deps.failed({ error, event, room, attempt, fate });
      if (fate === 'dead') return { wanted: true, error };
      await pause(deps.retryMs * 2 ** (attempt - 1) + backoffMs(0, 0, { firstMs: deps.retryMs }), signal);
    }
  }
}

interface Try {
  room: string;
  event: LogEvent;
  matches: readonly Match[];
  done: Set<Match>;
  attempt: number;
  replay: boolean;
}

async function tryOnce(
  deps: HandlingDeps,
  { room, event, matches, done, attempt, replay }: Try,
): Promise<void> {
  const { court, name, logger } = deps;
  const hops = event.type === 'message.created' ? hopsOf(event.data.meta) : 0;
  const context = { bot: deps.me(), room, matches: [], attempt, replay, hops };
  const run = async (match: Match, shared: Context) => {
    const voice = createVoice(court, { room, hops, key: [context.bot.id, name, event.id, match.at] });
    const args = { say: voice.say, client: court, logger, context: { ...shared, matches: match.matches } };
    let well = false;
    try {
      if (match.kind === 'event') await match.listener({ ...args, event });
      else {
        const message = messageOf(room, event as EventOf<'message.created'>);
        const reply = voice.with({ replyTo: message.id });
        await match.listener({ ...args, message, reply });
      }
      well = true;
    } finally {
      await voice.end(well);
    }
    done.add(match);
  };
  await chain(deps, { event, context }, async shared => {
    for (const match of matches) if (!done.has(match)) await run(match, shared);
  });
}

/** Middleware, one around the other, and in the middle of all the work. */
export async function chain(
  { listeners, court, logger }: Pick<HandlingDeps, 'listeners' | 'court' | 'logger'>,
  given: { event?: LogEvent; command?: Command; context: Context },
  work: (context: Context) => Promise<void>,
): Promise<void> {
  const context = given.context as Context & Record<string, unknown>;
  const from = (at: number): Promise<void> => {
    const middleware = listeners.middleware[at];
    if (!middleware) return work(context);
    return middleware({ ...given, context, client: court, logger, next: () => from(at + 1) });
  };
  await from(0);
}
