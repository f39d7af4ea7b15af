// Repeats a call that failed for a while, waiting longer each time, and as long as the provider asks for if that is bearable.
import { setTimeout as delay } from 'node:timers/promises';
import type { Tempo } from './tempo.ts';
import type { ProviderError } from './trouble.ts';

/**
 * How long to wait before the next try; undefined: there is none.
 * @param tried how many tries there were
 */
export function waitBefore(
  error: ProviderError,
  tried: number,
  tempo: Tempo,
  random: () => number = Math.random,
): number | undefined {
  if (!error.again || tried >= tempo.tries) return undefined;
  const ours = tempo.backOff * 2 ** (tried - 1) * (0.75 + random() / 2);
  const wait = Math.max(ours, error.retryAfterMs ?? 0);
  return wait <= tempo.patience ? wait : undefined;
}

/** @throws the signal's reason when it is aborted meanwhile */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
