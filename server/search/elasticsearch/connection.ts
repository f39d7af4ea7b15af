// The connection to Elasticsearch: one client, asked who it is before it is believed.
import { Client } from '@elastic/elasticsearch';
import { SCHEMA } from './schema.ts';
import { OLDEST, tooOld, troubleOf } from './trouble.ts';

export interface ElasticSettings {
  /** With name and password, if it asks for them. */
  readonly url: string;
  /** What the names of its indices begin with; several hubs may share one Elasticsearch. */
  readonly name: string;
}

export interface Connection extends AsyncDisposable {
  readonly name: string;
  /** What searches go to. Another schema has another one, so that programs of two versions do not disturb each other. */
  readonly alias: string;
  /** Asks, and turns what goes wrong into an ElasticTrouble. Nothing is tried twice here: who asks knows better when. */
  ask<T>(question: (client: Client) => Promise<T>): Promise<T>;
  /** @throws ElasticTrouble when it is not one, or too old */
  check(): Promise<void>;
}

/** Milliseconds for one answer; a bulk request of some megabytes takes its time. */
const PATIENCE = 30_000;

export function openConnection({ url, name }: ElasticSettings, patience = PATIENCE): Connection {
  const client = new Client({ node: url, maxRetries: 0, requestTimeout: patience });
  const ask: Connection['ask'] = async question => {
    try {
      return await question(client);
    } catch (error) {
      throw troubleOf(error);
    }
  };
  return {
    name,
    alias: `${name}-${SCHEMA}`,
    ask,
    async check() {
      const { version } = await ask(client => client.info());
      if (Number.parseInt(version.number, 10) < OLDEST) throw tooOld(version.number);
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
