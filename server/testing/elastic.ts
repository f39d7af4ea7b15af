// What tests of Elasticsearch stand on: real logs in a real database, simulated servers, and an index kept from the one in the other, at test speed.
import {
  type ElasticsearchSimulator,
  openElasticsearchSimulator,
  type SimulatorOptions,
} from '../../scripts/simulators/elasticsearch/simulator.ts';
import type { Log, RoomStore } from '../hub/ports.ts';
import type { IndexSource, IndexState } from '../hub/ports-indexing.ts';
import type { ReadableRoom, SearchQuery } from '../hub/ports-search.ts';
import { PACE } from '../search/elasticsearch/bulk.ts';
import type { Tempo } from '../search/elasticsearch/keeper.ts';
import { createElasticsearch, type ElasticIndex } from '../search/elasticsearch.ts';
import { openPostgres, type PostgresDb } from '../store/postgres.ts';
import { createIndexSource } from '../store/queries/indexing.ts';
import { createRoomStore } from '../store/queries/rooms.ts';
import { addPeople, addRoom, append, draft, message } from './contracts/drafts.ts';
import { wanted } from './contracts/search-index.ts';
import { openTestDatabase } from './database.ts';
import { until } from './until.ts';

export interface Scene extends AsyncDisposable {
  readonly server: ElasticsearchSimulator;
  readonly index: ElasticIndex;
  /** What it complained about. */
  readonly complaints: { level: string; fields: Record<string, unknown>; message: string }[];
  state(): IndexState;
  /** Sequence numbers in the stage's room of what is found, in their order. */
  find(words: string, more?: Partial<SearchQuery>): Promise<number[]>;
  /** Waits until these, and no more, are found. */
  finds(words: string, ...seqs: number[]): Promise<void>;
  /** Begins to keep the index. */
  keep(): AsyncDisposable;
}

export interface PlayOptions {
  /** An own server, unless one is given. */
  readonly server?: ElasticsearchSimulator;
  readonly simulator?: SimulatorOptions;
  readonly url?: string;
  readonly tempo?: Partial<Tempo>;
  readonly patience?: number;
  /** Waits until somebody says `keep`. */
  readonly idle?: true;
}

export interface ElasticStage extends AsyncDisposable {
  readonly db: PostgresDb;
  readonly store: RoomStore;
  readonly source: IndexSource;
  readonly room: string;
  play(options?: PlayOptions): Promise<Scene>;
  say(text: string, by?: string): Promise<{ seq: number; id: string }>;
  edit(target: string, text: string): Promise<void>;
  remove(target: string): Promise<void>;
}

/** As fast as it goes. Refreshes stay as they are: a second is what people wait. */
export const FAST: Partial<Tempo> = {
  ...{ poll: 30, look: 20, gather: 0, least: 10, most: 40 },
  bulk: { ...PACE, least: 5, most: 20 },
};

export async function openElasticStage(): Promise<ElasticStage> {
  await using parts = new AsyncDisposableStack();
  const { url } = parts.use(await openTestDatabase());
  const db = parts.use(await openPostgres(url));
  const store = createRoomStore(db);
  const source = createIndexSource(db);
  await addPeople(db, 'ada', 'bob');
  const room = await addRoom(store, { members: ['bob'] });
  const all: ReadableRoom[] = [{ id: room, since: 1, head: 0 }];

  async function play(options: PlayOptions = {}): Promise<Scene> {
    await using own = new AsyncDisposableStack();
    const server = options.server ?? own.use(await openElasticsearchSimulator(options.simulator));
    const complaints: Scene['complaints'] = [];
    const tell = (level: string) => (fields: object, message: string) =>
      void complaints.push({ level, fields: { ...fields }, message });
    const log: Log = { debug: () => {}, info: () => {}, warn: tell('warn'), error: tell('error') };
    const index = own.use(
      createElasticsearch({
        url: options.url ?? server.url,
        source,
        log,
        tempo: { ...FAST, ...options.tempo },
        patience: options.patience,
      }),
    );
    if (!options.idle) own.use(index.keep());
    const open = own.move();
    const find: Scene['find'] = async (words, more) => {
      // What was written a moment ago counts.
      for (const one of server.cluster.indices.values()) one.refresh();
      const { found } = await index.search(wanted(words, more), all, 100);
      return found.map(({ seq }) => seq);
    };
    return {
      ...{ server, index, complaints, state: index.state, find, keep: index.keep },
      async finds(words, ...seqs) {
        const sorted = JSON.stringify(seqs.toSorted((a, b) => a - b));
        let last: unknown;
        await until(async () => {
          last = await find(words).then(
            found => JSON.stringify(found.sort((a, b) => a - b)),
            (error: Error) => error.message,
          );
          return last === sorted;
        }, `"${words}" finds ${sorted}`);
      },
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  }
  const open = parts.move();
  return {
    ...{ db, store, source, room, play },
    say: (text, by = 'ada') => append(store, message(room, by, text)),
    edit: async (target, text) =>
      void (await append(store, draft(room, 'ada', 'message.edited', { target, data: { text } }))),
    remove: async target =>
      void (await append(store, draft(room, 'ada', 'message.deleted', { target, data: {} }))),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
