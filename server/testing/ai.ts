// For tests of what asks models: a conversation, a pace that fails fast, and a way to take a summary whole.
import type { Tempo } from '../ai/tempo.ts';
import type { Log } from '../hub/ports.ts';
import {
  type Claim,
  type Restart,
  type Summarizer,
  SummarizerError,
  type SummaryRequest,
  type Usage,
} from '../hub/ports-ai.ts';

/** What stalls on purpose sets a shorter `idle`: a busy machine must not look like a stall. */
export const FAST: Partial<Tempo> = {
  idle: 5000,
  total: 10_000,
  tries: 3,
  backOff: 1,
  patience: 1500,
  failures: 2,
  rest: 60_000,
  longRest: 300_000,
};

export const REQUEST: SummaryRequest = {
  title: 'Court',
  style: 'brief',
  words: 120,
  lines: [
    { id: 'm1', at: '2026-11-25T09:00:00Z', by: 'Ada', text: 'Shall we move the opening to Friday the 4th?' },
    {
      id: 'm2',
      at: '2026-11-25T09:01:00Z',
      by: 'Ada',
      text: 'The paint needs two more days. It is still wet.',
    },
    {
      id: 'm3',
      at: '2026-11-25T09:02:00Z',
      by: 'Bo',
      text: 'Friday works for the band as well.',
      replyTo: 'm1',
    },
    { id: 'm4', at: '2026-11-25T09:03:00Z', by: 'Cy', text: 'ok' },
    { id: 'm5', at: '2026-11-25T09:04:00Z', by: 'Bo', text: '   ' },
  ],
};

export interface Taken {
  readonly claims: readonly Claim[];
  readonly restarts: readonly Restart[];
  readonly usage: Usage;
}

/** @throws what the summarizer throws */
export async function take(
  summarizer: Summarizer,
  request = REQUEST,
  signal = new AbortController().signal,
): Promise<Taken> {
  const claims: Claim[] = [];
  const restarts: Restart[] = [];
  const parts = summarizer.summarize(request, signal);
  for (;;) {
    const next = await parts.next();
    if (next.done) return { claims, restarts, usage: next.value };
    if ('restart' in next.value) {
      restarts.push(next.value);
      claims.length = 0;
    } else claims.push(next.value);
  }
}

/** How it gave up. */
export async function troubled(taking: Promise<unknown>): Promise<SummarizerError> {
  try {
    await taking;
  } catch (error) {
    if (error instanceof SummarizerError) return error;
    throw error;
  }
  throw new Error('It did not give up.');
}

export interface Complaints extends Log {
  readonly lines: { readonly fields: object; readonly message: string }[];
}

export function collectingLog(): Complaints {
  const lines: { fields: object; message: string }[] = [];
  const keep = (fields: object, message: string) => void lines.push({ fields, message });
  return { lines, debug: () => {}, info: () => {}, warn: keep, error: keep };
}
