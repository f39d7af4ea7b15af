// Keeps the index that searches go to: follows the logs into it, and says how it stands. Runs on the one node that holds the lease; whatever
// Elasticsearch or the database do, it goes on trying.
import type { Log } from '../../hub/ports.ts';
import type { IndexSource, IndexState, OutsideIndex } from '../../hub/ports-indexing.ts';
import { createBulk, PACE, pause, type Tally } from './bulk.ts';
import { catchUp } from './catch-up.ts';
import type { Connection } from './connection.ts';
import { createSeat } from './seat.ts';
import { ElasticTrouble } from './trouble.ts';

export interface Tempo {
  /** Milliseconds between two looks when no hint comes, and between two looks at which index is the current one. */
  readonly poll: number;
  readonly look: number;
  /** For which what was said gathers, so that many messages leave in one request. */
  readonly gather: number;
  /** So many times as long as a round took, those who send have the machine to themselves; no longer than `poll`. */
  readonly rest: number;
  /** Before it is tried again: the first time, and at most. */
  readonly least: number;
  readonly most: number;
  /** For one answer of Elasticsearch to what is written. */
  readonly patience: number;
  readonly bulk: typeof PACE;
}

export const TEMPO: Tempo = {
  ...{ poll: 2000, look: 1000, gather: 1000, rest: 20, least: 500, most: 30_000, patience: 30_000 },
  bulk: PACE,
};

export interface Keeper extends Pick<OutsideIndex, 'keep' | 'grew'> {
  /** Undefined while another node keeps the index. */
  standing(): { readonly state: Omit<IndexState, 'answers'>; readonly filled: boolean } | undefined;
}

export function createKeeper(deps: {
  readonly connection: Connection;
  readonly source: IndexSource;
  readonly log: Log;
  readonly tempo?: Partial<Tempo> | undefined;
}): Keeper {
  const { connection, source, log } = deps;
  const tempo = { ...TEMPO, ...deps.tempo };
  const tally: Tally = { indexed: 0, retried: 0, dead: 0 };
  const write = createBulk(connection, tally, log, tempo.bulk);
  let seat = createSeat(deps);
  let running = false;
  let trouble: { reason: string; next?: string | undefined } | undefined;
  let progress = { read: 0, behind: 0 };
  let grown = false;
  let wake = () => {};

  /** One round: nothing is left to read after it. */
  function createRound(signal: AbortSignal): () => Promise<void> {
    const looks = createPulse(tempo.look);
    const measures = createPulse(tempo.poll);
    let checked = false;
    return async () => {
      if (!checked) await connection.check();
      checked = true;
      const due = looks.due();
      const name = seat.index === undefined || !seat.published || due ? await seat.look() : seat.index;
      await catchUp({ connection, source, write }, name, signal, async () => {
        if (measures.due()) progress = await source.progress(name);
      });
      progress = { read: progress.read + progress.behind, behind: 0 };
      if (!seat.published) await seat.publish(signal);
    };
  }

  async function run(signal: AbortSignal): Promise<void> {
    let round = createRound(signal);
    for (let failures = 0; !signal.aborted; ) {
      grown = false;
      const began = performance.now();
      try {
        await round();
        const took = performance.now() - began;
        if (trouble) log.info({ index: seat.index }, 'the search index is up to date again');
        [failures, trouble] = [0, undefined];
        if (!grown) await sleep(tempo.poll, signal);
        await pause(Math.max(tempo.gather, Math.min(tempo.poll, took * tempo.rest)), signal);
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        tell(error as Error);
        // An index that is gone is not waited for.
        const gone = error instanceof ElasticTrouble && error.missing && failures === 1;
        if (gone) seat.lost();
        else
          await sleep(Math.min(tempo.most, tempo.least * 2 ** failures) * (0.5 + Math.random() / 2), signal);
        round = createRound(signal);
      }
    }
  }

  const tell = (error: Error) => {
    const { message: reason, next } = error as ElasticTrouble;
    if (trouble?.reason !== reason)
      log.warn({ err: error, index: seat.index, next }, 'the search index cannot be kept now');
    trouble = { reason, next };
  };

  /** For so long, or until some log has grown. */
  const sleep = (ms: number, signal: AbortSignal) =>
    new Promise<void>(resolve => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        wake = () => {};
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      if (!trouble) wake = done;
    });

  return {
    keep() {
      const stop = new AbortController();
      seat = createSeat(deps);
      trouble = undefined;
      running = true;
      const done = run(stop.signal);
      return {
        async [Symbol.asyncDispose]() {
          stop.abort(new Error('the lease is over'));
          running = false;
          await done;
        },
      };
    },
    grew() {
      grown = true;
      wake();
    },
    standing() {
      if (!running) return undefined;
      const { index, published: filled } = seat;
      const keeping = { index, behind: progress.behind, ...tally };
      if (trouble) {
        const { reason, next } = trouble;
        return {
          filled,
          state: next ? { state: 'failed', reason, next, keeping } : { state: 'degraded', reason, keeping },
        };
      }
      if (filled) return { filled, state: { state: 'ready', keeping } };
      if (index === undefined) return { filled, state: { state: 'connecting', keeping } };
      const { read, behind } = progress;
      const reason = `The index is being filled: ${read} of ${read + behind} log entries.`;
      return { filled, state: { state: 'degraded', reason, keeping } };
    },
  };
}

/** True at first, and then at most every so many milliseconds. */
function createPulse(ms: number): { due(): boolean } {
  let last = Number.NEGATIVE_INFINITY;
  return {
    due() {
      const now = performance.now();
      if (now - last < ms) return false;
      last = now;
      return true;
    },
  };
}
