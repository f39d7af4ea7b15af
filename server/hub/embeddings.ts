// Search by meaning: follows the logs of rooms in which AI is on, on the node that holds the lease, and hands each text to the embedder; on
// every node holds the vectors in memory, a moment behind, and finds the nearest to a question.
import { Unreachable } from './errors.ts';
import type { Log } from './ports.ts';
import { type Embedder, SummarizerError, spaceOf } from './ports-ai.ts';
import type { Found, IndexedMessage, ReadableRoom, SearchStore } from './ports-search.ts';
import type { StoredVector, VectorIndex, VectorStore } from './ports-vectors.ts';
import { createIndexer, type Indexer } from './search-indexer.ts';
import { pack } from './vector-bytes.ts';

export interface Embeddings {
  readonly indexer: Indexer;
  /** Reads what other nodes wrote. */
  sync(): Promise<void>;
  /** Undefined: not just now, since the provider does not answer or this node is still reading. */
  nearest(text: string, rooms: readonly ReadableRoom[], limit: number): Promise<Found[] | undefined>;
}

export interface EmbeddingsDeps {
  readonly store: VectorStore & Pick<SearchStore, 'moved'>;
  readonly embedder: Embedder;
  readonly vectors: VectorIndex;
  readonly pollMs: number;
  readonly now: () => number;
  readonly log: Log;
}

const PAGE = 2000;
/** Whoever searches does not wait for longer, in ms: words find something, too. */
const PATIENCE = 2000;
/** Pages of one search ask for the same. */
const REMEMBERED = 100;
/** After a failure without a word on when to come back, and after somebody waited in vain. */
const REST = 10_000;

export function createEmbeddings({ store, embedder, vectors, pollMs, now, log }: EmbeddingsDeps): Embeddings {
  const space = spaceOf(embedder);
  const known = new Map<string, Float32Array>();
  let closing = new AbortController();
  let restsUntil = 0;
  let slowUntil = 0;
  let version = 0;
  let ready = vectors.kind === 'database';
  let lastReading: Promise<void> = Promise.resolve();
  let nextReading: Promise<void> | undefined;

  /** Those that it takes; what it refuses for itself must not hold up the rest. */
  const embedAll = async (messages: readonly IndexedMessage[]): Promise<StoredVector[]> => {
    try {
      const made = await embedder.embed(
        messages.map(({ text }) => text),
        closing.signal,
      );
      return messages.map(({ room, seq }, at) => ({ room, seq, ...pack(made[at] as Float32Array) }));
    } catch (error) {
      const own =
        error instanceof SummarizerError && (error.trouble === 'too_long' || error.trouble === 'declined');
      if (!own) throw error;
      const [only] = messages;
      if (messages.length > 1) {
        const half = Math.ceil(messages.length / 2);
        return [...(await embedAll(messages.slice(0, half))), ...(await embedAll(messages.slice(half)))];
      }
      log.warn(
        { room: only?.room, seq: only?.seq, reason: error.message },
        'a message is left without a vector',
      );
      return [];
    }
  };

  const index = async (messages: readonly IndexedMessage[]): Promise<void> => {
    const texts = messages.filter(({ text, deleted }) => !deleted && text.trim() !== '');
    const gone = messages.filter(({ deleted }) => deleted).map(({ room, seq }) => ({ room, seq }));
    if (gone.length > 0) await store.writeVectors(space, gone);
    if (texts.length === 0) return;
    try {
      const made = await embedAll(texts);
      if (made.length > 0) await store.writeVectors(space, made);
    } catch (error) {
      if (!(error instanceof SummarizerError)) throw error;
      restsUntil = now() + (error.retryAfterMs ?? REST);
      throw new Unreachable(`No vectors are made just now: ${error.message}`, false);
    }
  };

  const indexer = createIndexer({
    store: {
      async changes(_, limit) {
        await store.tendVectors(space);
        const resting = now() < restsUntil;
        return resting ? { messages: [], cursors: [], more: false } : store.vectorChanges(space, limit);
      },
      moved: store.moved,
    },
    index: { cursor: `vectors:${space}`, index },
    pollMs,
    log,
  });

  const read = async () => {
    for (let more = true; more; ) {
      const page = await store.readVectors(space, version, PAGE);
      if (page.vectors.length > 0) await vectors.apply(page.vectors);
      ({ version, more } = page);
    }
    ready = true;
  };
  /** One that goes on may have begun before what is asked about was written: all who come meanwhile share the next. */
  const sync = async () => {
    if (vectors.kind === 'database') return;
    nextReading ??= lastReading.then(() => {
      nextReading = undefined;
      const reading = read();
      lastReading = reading.catch(() => {});
      return reading;
    });
    await nextReading;
  };

  const vectorOf = async (text: string): Promise<Float32Array | undefined> => {
    const remembered = known.get(text);
    if (remembered) return remembered;
    const [made] = await embedder.embed([text], AbortSignal.timeout(PATIENCE));
    if (!made) return undefined;
    known.set(text, made);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value as string);
    return made;
  };

  return {
    indexer: {
      grew: indexer.grew,
      open() {
        closing = new AbortController();
        const opened = indexer.open();
        return {
          async [Symbol.asyncDispose]() {
            closing.abort(new SummarizerError('away', 'The lease is over.'));
            await opened[Symbol.asyncDispose]();
          },
        };
      },
    },
    sync,
    async nearest(text, rooms, limit) {
      if (!ready || now() < slowUntil) return undefined;
      try {
        const [vector] = await Promise.all([vectorOf(text), sync()]);
        return vector && (await vectors.nearest(vector, rooms, limit));
      } catch (error) {
        const away = error instanceof SummarizerError || error instanceof Unreachable;
        const slow = (error as Error).name === 'TimeoutError';
        if (slow) slowUntil = now() + REST;
        if (away || slow) return undefined;
        throw error;
      }
    },
  };
}
