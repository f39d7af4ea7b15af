// The thread that summarizes: collects the lines of a request, and answers with its claims.
import { parentPort } from 'node:worker_threads';
import type { Claim, Line, SummaryRequest } from '../../hub/ports-ai.ts';
import { summarize } from './summarize.ts';

export type ToWorker =
  | { readonly lines: readonly Line[] }
  | { readonly request: Omit<SummaryRequest, 'lines'> };
export type FromWorker = { readonly claims: readonly Claim[] } | { readonly error: string };

let lines: Line[] = [];

parentPort?.on('message', (message: ToWorker) => {
  if ('lines' in message) {
    lines.push(...message.lines);
    return;
  }
  const request = { ...message.request, lines };
  lines = [];
  parentPort?.postMessage(answer(request));
});

/** An error's text may hold words of the messages, so only its kind goes out. */
function answer(request: SummaryRequest): FromWorker {
  try {
    return { claims: summarize(request) };
  } catch (error) {
    return { error: error instanceof Error ? error.name : 'unknown error' };
  }
}
