// Vectors of one space in memory, room by room, and the exact scan over them. Lives in the worker thread.
import type { Found, ReadableRoom } from '../../hub/ports-search.ts';
import type { StoredVector } from '../../hub/ports-vectors.ts';

/** One room's, side by side; places of vectors that are gone are used again. */
interface Row {
  count: number;
  bytes: Int8Array;
  scales: Float32Array;
  seqs: Float64Array;
  readonly places: Map<number, number>;
}

export interface Shelf {
  apply(vectors: readonly StoredVector[]): void;
  nearest(query: Float32Array, rooms: readonly ReadableRoom[], limit: number): Found[];
}

const FIRST = 64;

export function createShelf(dimensions: number): Shelf {
  const rows = new Map<string, Row>();

  const grown = (row: Row): Row => {
    const size = row.scales.length * 2;
    const bytes = new Int8Array(size * dimensions);
    bytes.set(row.bytes);
    const scales = new Float32Array(size);
    scales.set(row.scales);
    const seqs = new Float64Array(size);
    seqs.set(row.seqs);
    return { ...row, bytes, scales, seqs };
  };

  const put = (room: string, seq: number, scale: number, bytes: Int8Array) => {
    let row = rows.get(room) ?? {
      count: 0,
      bytes: new Int8Array(FIRST * dimensions),
      scales: new Float32Array(FIRST),
      seqs: new Float64Array(FIRST),
      places: new Map(),
    };
    const known = row.places.get(seq);
    const place = known ?? row.count;
    if (place === row.scales.length) row = grown(row);
    row.bytes.set(bytes, place * dimensions);
    row.scales[place] = scale;
    row.seqs[place] = seq;
    row.places.set(seq, place);
    if (known === undefined) row.count++;
    rows.set(room, row);
  };

  /** The last one takes its place. */
  const drop = (room: string, seq: number) => {
    const row = rows.get(room);
    const place = row?.places.get(seq);
    if (!row || place === undefined) return;
    const last = --row.count;
    row.places.delete(seq);
    if (place === last) return;
    const moved = row.seqs[last] as number;
    row.bytes.copyWithin(place * dimensions, last * dimensions, (last + 1) * dimensions);
    row.scales[place] = row.scales[last] as number;
    row.seqs[place] = moved;
    row.places.set(moved, place);
  };

  return {
    apply(vectors) {
      for (const { room, seq, scale, bytes } of vectors) {
        if (bytes === undefined || scale === undefined) drop(room, seq);
        else put(room, seq, scale, Int8Array.from(Buffer.from(bytes, 'base64')));
      }
    },
    nearest(query, rooms, limit) {
      const best: Found[] = [];
      let least = Number.NEGATIVE_INFINITY;
      const keep = (found: Found) => {
        best.push(found);
        if (best.length < limit * 2) return;
        best.sort((a, b) => b.score - a.score).splice(limit);
        least = best.at(-1)?.score ?? least;
      };
      for (const { id, since } of rooms) {
        const row = rows.get(id);
        if (!row) continue;
        const { bytes, scales, seqs, count } = row;
        for (let place = 0; place < count; place++) {
          if ((seqs[place] as number) < since) continue;
          const score = dot(bytes, place * dimensions, query) * (scales[place] as number);
          if (score > least) keep({ room: id, seq: seqs[place] as number, score });
        }
      }
      return best.sort((a, b) => b.score - a.score).slice(0, limit);
    },
  };
}

/** Four sums side by side: the processor need not wait for the one before. */
function dot(bytes: Int8Array, from: number, query: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const size = query.length;
  const even = size - (size % 4);
  for (let at = 0; at < even; at += 4) {
    a += (bytes[from + at] as number) * (query[at] as number);
    b += (bytes[from + at + 1] as number) * (query[at + 1] as number);
    c += (bytes[from + at + 2] as number) * (query[at + 2] as number);
    d += (bytes[from + at + 3] as number) * (query[at + 3] as number);
  }
  for (let at = even; at < size; at++) a += (bytes[from + at] as number) * (query[at] as number);
  return a + b + c + d;
}
