// The connection to Elasticsearch: one client, asked who it is before it is believed.
import { Client } from '@elastic/elasticsearch';
import type { IndexSource } from '../../hub/ports-indexing.ts';
import { SCHEMA } from './schema.ts';
import { OLDEST, tooOld, troubleOf } from './trouble.ts';

export interface ElasticSettings {
  /** With name and password, if it asks for them. */
  readonly url: string;
  readonly source: Pick<IndexSource, 'installation'>;
}

export interface Names {
  /** What searches go to. Each schema has its own, so that programs of two versions do not disturb each other. */
  readonly alias: string;
  /** Fits all indices of this hub, of whatever schema. */
  readonly all: string;
}

export interface Connection extends AsyncDisposable {
  /** Several hubs may share one Elasticsearch: each has names of its own. */
  names(): Promise<Names>;
  /** Asks, and turns what goes wrong into an ElasticTrouble. Nothing is tried twice here: who asks knows better when. */
  ask<T>(question: (client: Client) => Promise<T>): Promise<T>;
  /** @throws ElasticTrouble when it is not one, or too old */
  check(): Promise<void>;
}

/** The names of all indices begin so: for whoever gives out privileges. */
export const PREFIX = 'first-court';
/** Milliseconds for one answer; a bulk request of some megabytes takes its time. */
const PATIENCE = 30_000;

export function openConnection({ url, source }: ElasticSettings, patience = PATIENCE): Connection {
  let installation: string | undefined;
  const client = new Client({ node: url, maxRetries: 0, requestTimeout: patience });
  const ask: Connection['ask'] = async question => {
    try {
      return await question(client);
    } catch (error) {
      throw troubleOf(error);
    }
  };
  return {
    async names() {
      installation ??= await source.installation();
      const own = installation.slice(0, 8);
      return { alias: `${PREFIX}-${own}-${SCHEMA}`, all: `${PREFIX}-${own}-*_*` };
    },
    ask,
    async check() {
      const { version } = await ask(client => client.info());
      if (Number.parseInt(version.number, 10) < OLDEST) throw tooOld(version.number);
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
