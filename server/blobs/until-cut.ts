// What a client sends, up to where its connection is cut: what came before is kept, and the error is told after that.
import type { Readable } from 'node:stream';

export interface Cut {
  error?: unknown;
}

export async function* untilCut(source: Readable, cut: Cut): AsyncGenerator<Buffer> {
  try {
    yield* source as AsyncIterable<Buffer>;
  } catch (error) {
    cut.error = error;
  }
}
