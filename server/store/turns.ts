// Who may use a bounded resource now: at most so many at once, the others in order of arrival and with bounded patience.
import { DbUnavailable } from './db.ts';

export interface Turns {
  /** @throws DbUnavailable, as not sent, when the turn did not come in time, or after `close` */
  take(): Promise<void>;
  give(): void;
  /** Lets nobody new in; resolves when the last one is out. */
  close(): Promise<void>;
}

/** Lets `max` callers in at once and the others in order of arrival, none waiting longer than `patience` ms. */
export function createTurns(max: number, patience: number): Turns {
  const waiting: (() => void)[] = [];
  const closed = Promise.withResolvers<void>();
  let free = max;
  let closing = false;

  function take(): Promise<void> {
    if (closing)
      return Promise.reject(new DbUnavailable('The database connection is closed', 'CLOSED', false));
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(
          new DbUnavailable(`The database is busy: no free connection within ${patience} ms`, 'QUEUE', false),
        );
      }, patience);
      waiting.push(enter);
    });
  }

  function give(): void {
    const next = waiting.shift();
    if (next) next();
    else if (++free === max && closing) closed.resolve();
  }

  function close(): Promise<void> {
    closing = true;
    if (free === max) closed.resolve();
    return closed.promise;
  }
  return { take, give, close };
}
