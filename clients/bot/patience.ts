// Asking a hub that may be away: what says no for now is asked again, what says no for good is thrown.
import type { CallData, CallInput, CallName } from '../../shared/protocol/calls.ts';
import { backoffMs } from '../js/backoff.ts';
import { type CallError, isPassing } from '../js/errors.ts';
import type { Court } from '../js/types.ts';

/** @throws CallError the hub's refusal; the signal's reason when nobody waits any more */
export async function ask<C extends CallName>(
  court: Court,
  name: C,
  input: CallInput<C>,
  signal: AbortSignal,
): Promise<CallData<C>> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await court.call(name, input, { signal });
    } catch (error) {
      signal.throwIfAborted();
      const { code, retryAfterMs } = error as CallError;
      const { state } = court;
      const over =
        state.status === 'disconnected' && (state.reason === 'closed' || state.reason === 'stopped');
      if (over || code === undefined || !isPassing(code)) throw error;
      await pause(backoffMs(attempt, retryAfterMs, { firstMs: 200, capMs: 5000 }), signal);
    }
  }
}

/** Resolves after so many milliseconds. @throws the signal's reason when it comes first */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
