// Calls made while there is no connection: each waits for one until its time is over or its caller gives up.
import { Alarm } from './alarm.ts';
import { CallError } from './errors.ts';

interface Waiter {
  go(): void;
  fail(error: CallError): void;
}

export class WaitingCalls {
  readonly #waiters = new Set<Waiter>();

  /** Resolves at `release`, in the order asked; rejects with `not_sent` when time is over, else as told. */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const alarm = new Alarm();
      const end = (settle: () => void) => {
        alarm.clear();
        signal?.removeEventListener('abort', abort);
        this.#waiters.delete(waiter);
        settle();
      };
      const waiter: Waiter = { go: () => end(resolve), fail: error => end(() => reject(error)) };
      const abort = () => waiter.fail(givenUp('not_sent', signal!));
      const late = () => new CallError('not_sent', `Not sent: no connection within ${timeoutMs} ms`);
      alarm.set(timeoutMs, () => waiter.fail(late()));
      signal?.addEventListener('abort', abort);
      this.#waiters.add(waiter);
    });
  }

  release(): void {
    for (const waiter of [...this.#waiters]) waiter.go();
  }

  fail(error: CallError): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }
}

/** The caller no longer waits; what was sent is not called back by that. */
export function givenUp(code: 'unknown' | 'not_sent', signal: AbortSignal): CallError {
  return new CallError(code, 'Given up by the caller', { cause: signal.reason });
}

/** `answer`, or `unknown` as soon as the caller gives up. */
export function abortable<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(givenUp('unknown', signal));
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
