// Keeps the index that searches go to: finds it or makes it, follows the logs into it, and says how it stands. Runs on the one node that
// holds the lease; whatever Elasticsearch or the database do, it goes on trying.
import type { Log } from '../../hub/ports.ts';
import type { IndexKeeper, IndexSource, IndexState } from '../../hub/ports-indexing.ts';
import { createBulk, PACE, pause, type Tally } from './bulk.ts';
import { catchUp } from './catch-up.ts';
import type { Connection } from './connection.ts';
import { createIndices } from './indices.ts';
import { ElasticTrouble } from './trouble.ts';

export interface Tempo {
  /** Milliseconds between two looks when no hint comes, and between two looks at which index is the current one. */
  readonly poll: number;
  readonly look: number;
  /** For which what was said gathers, so that many messages leave in one request. */
  readonly gather: number;
  /** Before it is tried again: the first time, and at most. */
  readonly least: number;
  readonly most: number;
  readonly bulk: typeof PACE;
}

export const TEMPO: Tempo = { poll: 2000, look: 1000, gather: 50, least: 500, most: 30_000, bulk: PACE };

interface Deps {
  readonly connection: Connection;
  readonly source: IndexSource;
  readonly log: Log;
  readonly tempo?: Partial<Tempo> | undefined;
}

type Standing = Omit<IndexState, 'answers'>;

/** @returns its own part of the state, while it keeps the index */
export function createKeeper(deps: Deps): Omit<IndexKeeper, 'state'> & { state(): Standing | undefined } {
  const { connection, source, log } = deps;
  const tempo = { ...TEMPO, ...deps.tempo };
  const indices = createIndices(connection);
  const tally: Tally = { indexed: 0, retried: 0, dead: 0 };
  const write = createBulk(connection, tally, log, tempo.bulk);
  let running = false;
  let trouble: { reason: string; next?: string | undefined } | undefined;
  let index: string | undefined;
  let published = false;
  let behind = 0;
  let read = 0;
  let wake = () => {};
  let grown = false;

  /** Which index to write to: the one that searches go to, else one that was begun, else a new one. */
  const look = async () => {
    const all = await indices.list();
    const own = index !== undefined && !published ? index : undefined;
    const current = all.find(one => one.current);
    published = current !== undefined;
    if (current) {
      if (own && own !== current.name) await leave(own);
      index = current.name;
      return;
    }
    const known = await source.known();
    const usable = all.filter(one => !one.outdated && (known.includes(one.name) || one.name === own));
    for (const gone of known.filter(name => !all.some(one => one.name === name))) await source.forget(gone);
    index = usable.at(-1)?.name ?? (await indices.create());
    log.info({ index }, 'the search index is being filled');
  };

  /** Somebody else's index took the place that ours was made for. */
  const leave = async (own: string) => {
    await indices.drop(own);
    await source.forget(own);
  };

  const measure = async (name: string) => {
    ({ behind, read } = await source.progress(name));
  };

  async function run(signal: AbortSignal): Promise<void> {
    let looked = Number.NEGATIVE_INFINITY;
    let measured = Number.NEGATIVE_INFINITY;
    const due = (last: number, every: number) => performance.now() - last >= every;
    const round = async () => {
      if (index === undefined || !published || due(looked, tempo.look)) {
        if (looked === Number.NEGATIVE_INFINITY) await connection.check();
        await look();
        looked = performance.now();
      }
      const name = index as string;
      await catchUp({ connection, source, write }, name, signal, async () => {
        if (!due(measured, tempo.poll)) return;
        measured = performance.now();
        await measure(name);
      });
      if (!published) await publish(name, signal);
      if (due(measured, tempo.poll)) {
        measured = performance.now();
        await measure(name);
      }
    };
    for (let failures = 0; !signal.aborted; ) {
      grown = false;
      try {
        await round();
        failures = 0;
        if (trouble) log.info({ index }, 'the search index is up to date again');
        trouble = undefined;
        if (!grown) await sleep(tempo.poll, signal);
        await pause(tempo.gather, signal);
      } catch (error) {
        if (signal.aborted) return;
        looked = Number.NEGATIVE_INFINITY;
        tell(error as Error);
        const wait = Math.min(tempo.most, tempo.least * 2 ** failures++) * (0.5 + Math.random() / 2);
        // An index that is gone is not waited for.
        const missing = error instanceof ElasticTrouble && error.missing && failures === 1;
        if (missing) [index, published] = [undefined, false];
        else await pause(wait, signal).catch(() => {});
      }
    }
  }

  const publish = async (name: string, signal: AbortSignal) => {
    await connection.ask(client => client.indices.refresh({ index: name }));
    signal.throwIfAborted();
    await look();
    if (published || index !== name) return;
    await indices.publish(name);
    published = true;
    log.info({ index: name }, 'searches are answered by the new index');
  };

  const tell = (error: Error) => {
    const { message: reason, next } = error as ElasticTrouble;
    if (trouble?.reason !== reason)
      log.warn({ err: error, index, next }, 'the search index cannot be kept now');
    trouble = { reason, next };
  };

  /** Until some log has grown, or for so long. */
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
      wake = done;
    });

  return {
    keep() {
      const stop = new AbortController();
      running = true;
      [index, published, trouble] = [undefined, false, undefined];
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
    state() {
      if (!running) return undefined;
      const keeping = { index, behind, ...tally };
      if (trouble) {
        const { reason, next } = trouble;
        return next ? { state: 'failed', reason, next, keeping } : { state: 'degraded', reason, keeping };
      }
      if (published) return { state: 'ready', keeping };
      if (index === undefined) return { state: 'connecting', keeping };
      return {
        state: 'degraded',
        reason: `The index is being filled: ${read} of ${read + behind} log entries.`,
        keeping,
      };
    },
  };
}
