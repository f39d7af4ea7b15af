// The hub's own summarizer: no key, no model, nothing leaves the machine. It picks what matters, and says it as a report would.
import type { Claim, Summarizer, SummaryRequest, Usage } from '../../hub/ports-ai.ts';
import { openThread } from './thread.ts';

export interface ExtractiveOptions {
  /** Memory of the worker thread, in MiB. A request that needs more fails alone. */
  readonly memory?: number;
}

const FREE: Usage = { inputTokens: 0, outputTokens: 0, cost: 0 };

export function openExtractive({ memory = 256 }: ExtractiveOptions = {}): Summarizer {
  const thread = openThread(memory);
  return {
    provider: 'extractive',
    model: 'extractive-1',
    maxChars: 2_000_000,
    async *summarize(request: SummaryRequest, signal: AbortSignal): AsyncGenerator<Claim, Usage, undefined> {
      for (const claim of await thread.run(request, signal)) {
        signal.throwIfAborted();
        yield claim;
      }
      return FREE;
    },
    state: () => ({ state: 'ready' }),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
