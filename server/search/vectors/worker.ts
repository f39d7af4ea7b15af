// The thread in which vectors are held and looked through.
import { parentPort, workerData } from 'node:worker_threads';
import type { Found, ReadableRoom } from '../../hub/ports-search.ts';
import type { StoredVector } from '../../hub/ports-vectors.ts';
import { createShelf } from './shelf.ts';

export type Request = { readonly id: number } & (
  | { readonly vectors: readonly StoredVector[] }
  | { readonly query: Float32Array; readonly rooms: readonly ReadableRoom[]; readonly limit: number }
);
export interface Reply {
  readonly id: number;
  readonly found: readonly Found[];
}

const shelf = createShelf((workerData as { dimensions: number }).dimensions);
parentPort?.on('message', (request: Request) => {
  let found: Found[] = [];
  if ('vectors' in request) shelf.apply(request.vectors);
  else found = shelf.nearest(request.query, request.rooms, request.limit);
  parentPort?.postMessage({ id: request.id, found } satisfies Reply);
});
