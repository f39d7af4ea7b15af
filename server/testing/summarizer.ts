// A summarizer that says what the test wants, and counts what it was asked: the port's other side, where a test is about the hub.
import type { Claim, Restart, Summarizer, SummaryRequest, Usage } from '../hub/ports-ai.ts';

export interface Scripted extends Summarizer {
  readonly asked: SummaryRequest[];
}

type Said = Claim | Restart;

/** @param say what it yields; may wait for whatever the test lets it wait for, or throw */
export function scripted(
  say: (request: SummaryRequest, signal: AbortSignal) => Iterable<Said> | AsyncIterable<Said>,
  {
    provider = 'extractive',
    model = 'scripted-1',
    maxChars = 100_000,
    cost = 0,
  }: Partial<Summarizer & Usage> = {},
): Scripted {
  const asked: SummaryRequest[] = [];
  return {
    asked,
    provider,
    model,
    maxChars,
    async *summarize(request, signal) {
      asked.push(request);
      for await (const said of say(request, signal)) {
        signal.throwIfAborted();
        yield said;
      }
      return { provider, model, inputTokens: 10, outputTokens: 5, cost };
    },
    state: () => ({ state: 'ready' }),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** One claim for each of the first lines. */
export function* firstLines({ lines }: SummaryRequest, most = 3): Iterable<Claim> {
  for (const { by, text, id } of lines.slice(0, most)) yield { text: `${by} said: ${text}`, cites: [id] };
}
