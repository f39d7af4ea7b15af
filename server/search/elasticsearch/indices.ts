// The indices of this hub: which one answers searches (the alias points to it), which are being filled, and how one takes another's place.
// Writes go through an alias of each index's own: Elasticsearch would make an index that was deleted anew, with fields guessed.
import { z } from 'zod';
import type { Connection } from './connection.ts';
import { schema } from './schema.ts';
import { ElasticTrouble } from './trouble.ts';

export interface OwnIndex {
  readonly name: string;
  /** The alias points to it. */
  readonly current: boolean;
  /** Of another schema. */
  readonly outdated: boolean;
}

export interface Indices {
  /** The oldest first. */
  list(): Promise<OwnIndex[]>;
  /** A new one, empty. @returns its name */
  create(): Promise<string>;
  /** Searches go to this one from now on, all at once. */
  publish(index: string): Promise<void>;
  /** One that is gone already is gone. */
  drop(index: string): Promise<void>;
  /** How many messages searches can find in it. */
  count(index: string): Promise<number>;
}

export const writeAlias = (index: string) => `${index}_write`;

const described = z.record(z.string(), z.object({ aliases: z.record(z.string(), z.unknown()) }));

export function createIndices({ ask, names }: Connection): Indices {
  const list = async (): Promise<OwnIndex[]> => {
    const { alias, all: own } = await names();
    const all = described.parse(await ask(client => client.indices.getAlias({ index: own })));
    return Object.entries(all)
      .filter(([index, { aliases }]) => writeAlias(index) in aliases)
      .map(([index, { aliases }]) => ({
        name: index,
        current: alias in aliases,
        outdated: !index.startsWith(`${alias}_`),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  return {
    list,
    async create() {
      const { alias } = await names();
      const index = `${alias}_${new Date().toISOString().replace(/\D/g, '')}_${crypto.randomUUID().slice(0, 8)}`;
      await ask(client => client.indices.create({ index, ...schema, aliases: { [writeAlias(index)]: {} } }));
      return index;
    },
    async publish(index) {
      const { alias } = await names();
      const before = (await list()).filter(one => one.current && one.name !== index);
      const actions = [
        ...before.map(one => ({ remove: { index: one.name, alias } })),
        { add: { index, alias } },
      ];
      await ask(client => client.indices.updateAliases({ actions }));
    },
    async drop(index) {
      await ask(client => client.indices.delete({ index })).catch((error: unknown) => {
        if (!(error instanceof ElasticTrouble && error.missing)) throw error;
      });
    },
    async count(index) {
      return (await ask(client => client.count({ index }))).count;
    },
  };
}
