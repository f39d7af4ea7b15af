// Ends a call from which nothing comes any more. The vendors' clients cannot: their time limits end with the first byte of a stream.
import type { Tempo } from './tempo.ts';
import { ProviderError } from './trouble.ts';

export interface Watchdog extends Disposable {
  /** Aborted when the caller gives up or the provider stalls. */
  readonly signal: AbortSignal;
  /** Fetches, and sees each byte that comes back: pings count, which the clients do not show. */
  readonly fetch: typeof fetch;
  /** Why `signal` was aborted, if it was because of the provider. */
  readonly stalled: ProviderError | undefined;
}

export function openWatchdog(name: string, { idle, total }: Tempo, caller: AbortSignal): Watchdog {
  const own = new AbortController();
  let stalled: ProviderError | undefined;
  const bark = (message: string) => {
    stalled ??= new ProviderError('away', message, { again: true });
    own.abort(stalled);
  };
  const limit = setTimeout(bark, total, `${name} did not finish within ${total / 1000} s.`);
  const idler = setTimeout(bark, idle, `${name} stalled: nothing came for ${idle / 1000} s.`);
  const signal = AbortSignal.any([caller, own.signal]);
  return {
    signal,
    get stalled() {
      return stalled;
    },
    async fetch(input, init) {
      idler.refresh();
      const response = await fetch(input, init);
      idler.refresh();
      const { body, status, statusText, headers } = response;
      if (!body) return response;
      const watched = body.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            idler.refresh();
            controller.enqueue(chunk);
          },
        }),
      );
      return new Response(watched, { status, statusText, headers });
    },
    [Symbol.dispose]() {
      clearTimeout(limit);
      clearTimeout(idler);
    },
  };
}
