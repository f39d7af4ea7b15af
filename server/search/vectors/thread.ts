// The VectorIndex of a hub whose database has no pgvector: exact, in a worker thread. A hundred thousand vectors of 384 numbers take 40 MB there.
import { Worker } from 'node:worker_threads';
import { Unreachable } from '../../hub/errors.ts';
import type { Found } from '../../hub/ports-search.ts';
import type { VectorIndex } from '../../hub/ports-vectors.ts';
import type { Reply, Request } from './worker.ts';

type Wish = Request extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

/** @param broken the thread ended by itself; what it held is lost, and the node must begin anew */
export function openThread(dimensions: number, broken: (error: Error) => void): VectorIndex {
  const waiting = new Map<number, { resolve(found: Found[]): void; reject(error: Error): void }>();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    name: 'vectors',
    workerData: { dimensions },
    execArgv: [],
  });
  // It must not keep the process alive.
  worker.unref();
  let asked = 0;
  let over: Error | undefined;

  const end = (error: Error) => {
    over ??= error;
    for (const { reject } of waiting.values()) reject(over);
    waiting.clear();
  };
  worker.on('message', ({ id, found }: Reply) => {
    waiting.get(id)?.resolve([...found]);
    waiting.delete(id);
  });
  worker.on('error', error => {
    end(new Unreachable('The vectors of this node are lost.', false));
    broken(error as Error);
  });

  const ask = (wish: Wish): Promise<Found[]> => {
    if (over) return Promise.reject(over);
    const id = ++asked;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...wish });
    });
  };
  return {
    kind: 'memory',
    async apply(vectors) {
      await ask({ vectors });
    },
    nearest: (query, rooms, limit) => ask({ query, rooms, limit }),
    async [Symbol.asyncDispose]() {
      end(new Unreachable('The hub is closing.', false));
      await worker.terminate();
    },
  };
}
