// Entries that were given up: put aside with the hub, and tried again when somebody asks for it.
import type { LogEvent } from '../../shared/protocol/events.ts';
import { type HandlingDeps, handleEvent } from './handling.ts';
import { ask } from './patience.ts';

const MOST_CHARS = 2000;

export async function putAside(
  { court, name, attempts, signal }: HandlingDeps,
  room: string,
  event: LogEvent,
  error: Error,
): Promise<void> {
  const words = Array.from(String(error.stack ?? error).replaceAll('\0', ''))
    .slice(0, MOST_CHARS)
    .join('');
  await ask(
    court,
    'deadletter:put',
    { room, name, seq: event.seq, attempts, error: words.toWellFormed() },
    signal,
  );
}

/** Tries all that are due. One that fails again is put back. */
export async function replayDue(deps: HandlingDeps): Promise<void> {
  const { court, name, signal } = deps;
  for (;;) {
    const { letters } = await ask(court, 'deadletter:list', { name, due: true }, signal);
    if (letters.length === 0) return;
    for (const { id, room, event } of letters) {
      const { error } = event ? await handleEvent(deps, room, event, true) : {};
      if (error && event) await putAside(deps, room, event, error);
      else await ask(court, 'deadletter:drop', { id }, signal);
    }
  }
}
