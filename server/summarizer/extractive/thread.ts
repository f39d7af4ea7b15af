// One worker thread for all summaries of this process: started with the first request, one request at a time, replaced after a crash.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Claim, SummarizerError, type SummaryRequest } from '../../hub/ports-ai.ts';
import type { FromWorker, ToWorker } from './worker.ts';

/** Copying lines to the thread costs the main loop about a millisecond per thousand, so it happens in slices. */
const SLICE = 500;

export interface Thread extends AsyncDisposable {
  /** @throws SummarizerError when the worker breaks; the reason of `signal` soon after it is aborted */
  run(request: SummaryRequest, signal: AbortSignal): Promise<Claim[]>;
}

/** @param memory MiB that the worker may use */
export function openThread(memory: number): Thread {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();

  function start(): Worker {
    const fresh = new Worker(new URL('./worker.ts', import.meta.url), {
      name: 'extractive summaries',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memory },
    });
    // Waiting for work it must not keep the process alive; at work it must.
    fresh.unref();
    fresh.on('error', () => undefined);
    fresh.on('exit', () => {
      if (worker === fresh) worker = undefined;
    });
    return fresh;
  }

  async function attempt(request: SummaryRequest, signal: AbortSignal): Promise<Claim[]> {
    signal.throwIfAborted();
    worker ??= start();
    const current = worker;
    current.ref();
    const answer = settled(current, signal);
    try {
      const { lines, ...rest } = request;
      const send = (message: ToWorker) => current.postMessage(message);
      for (let from = 0; from < lines.length && !signal.aborted; from += SLICE) {
        send({ lines: lines.slice(from, from + SLICE) });
        await nextTurn();
      }
      send({ request: rest });
      return await answer.promise;
    } catch (error) {
      // What it was working on is of no use any more, and the next request must not wait for it.
      if (worker === current) worker = undefined;
      await current.terminate();
      throw error;
    } finally {
      answer.forget();
      current.unref();
    }
  }

  return {
    async run(request, signal) {
      const either = AbortSignal.any([signal, closing.signal]);
      const turn = last.then(() => attempt(request, either));
      last = turn.catch(() => undefined);
      return until(either, turn);
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new SummarizerError('away', 'The hub is shutting down.'));
      await last;
      await worker?.terminate();
    },
  };
}

/** The worker's answer to the request in flight, or why there will be none. */
function settled(worker: Worker, signal: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<Claim[]>();
  promise.catch(() => undefined);
  const broken = (reason: string) =>
    reject(
      new SummarizerError('away', `The extractive summarizer ${reason}. The next summary starts a new one.`),
    );
  const onMessage = (message: FromWorker) => {
    if ('claims' in message) resolve([...message.claims]);
    else broken(`failed: ${message.error}`);
  };
  const onError = (error: Error & { code?: string }) => broken(`broke off (${error.code ?? error.name})`);
  const onExit = () => broken('ended unexpectedly');
  const onAbort = () => reject(signal.reason);
  worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return {
    promise,
    forget() {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** Whoever cancels while others are served first is told at once. */
async function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
