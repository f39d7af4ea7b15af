// A recap for a program: asked for as everywhere, and waited for.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallInput } from '#shared/protocol/calls.ts';
import type { Summary } from '#shared/protocol/summaries.ts';
import type { Ask } from './ask.ts';

/** Milliseconds between two looks at whether it is written. */
const LOOK = 250;

/** @param signal the program waits no longer: the work on it is ended. @throws HubError, or the signal's reason */
export async function recap(
  ask: Ask,
  wish: Omit<CallInput<'summary:request'>, 'audience' | 'id'>,
  signal: AbortSignal,
): Promise<Summary> {
  const own = randomUUID();
  const { id } = await ask('summary:request', { ...wish, id: own });
  try {
    for (;;) {
      const { summary } = await ask('summary:get', { id });
      if (summary) return summary;
      await delay(LOOK, undefined, { signal });
    }
  } finally {
    // Another is what this person asked for before, elsewhere, and may still wait for.
    if (signal.aborted && id === own) await ask('summary:cancel', { id }).catch(() => {});
  }
}
