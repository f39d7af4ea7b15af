// All indices of a cluster and the aliases that point to them.
import { z } from 'zod';
import { type Answer, badRequest, ElasticProblem, noSuchIndex } from './answers.ts';
import { createIndexStore, type IndexStore } from './index-store.ts';

export interface Cluster {
  readonly indices: ReadonlyMap<string, IndexStore>;
  /** By the name of an index, of an alias, or with `*`. @throws ElasticProblem when a name that is whole is nobody's */
  resolve(expression: string): IndexStore[];
  /** The one that a write to this name goes to. @param makes whether a missing one is made, as Elasticsearch does by default */
  target(name: string, makes: boolean): IndexStore;
  create(name: string, body: unknown): Answer;
  remove(expression: string): Answer;
  describe(expression: string): Answer;
  updateAliases(body: unknown): Answer;
  /** Of these indices, those with an alias that fits. */
  aliases(index: string, alias: string | undefined): Answer;
}

const NAME = /^(?![-_+.])[^A-Z\\/*?"<>| ,#:]+$/;
const creation = z.strictObject({
  settings: z.unknown().optional(),
  mappings: z.unknown().optional(),
  aliases: z.record(z.string(), z.object({})).optional(),
});
const action = z.strictObject({ index: z.string(), alias: z.string(), must_exist: z.boolean().optional() });
const actions = z.strictObject({
  actions: z.array(
    z.union([
      z.strictObject({ add: action }),
      z.strictObject({ remove: action }),
      z.strictObject({ remove_index: z.strictObject({ index: z.string() }) }),
    ]),
  ),
});
const done = { status: 200, body: { acknowledged: true } };

const pattern = (expression: string) =>
  new RegExp(`^${expression.split('*').map(RegExp.escape).join('.*')}$`);

export function createCluster(now: () => number): Cluster {
  const indices = new Map<string, IndexStore>();
  const named = (name: string): IndexStore[] => {
    const own = indices.get(name);
    return own ? [own] : [...indices.values()].filter(({ aliases }) => aliases.has(name));
  };
  const resolve = (expression: string): IndexStore[] => {
    const found = expression.split(',').flatMap(part => {
      if (part === '_all' || part.includes('*')) {
        const fits = pattern(part === '_all' ? '*' : part);
        return [...indices.values()].filter(
          ({ name, aliases }) => fits.test(name) || [...aliases].some(one => fits.test(one)),
        );
      }
      const those = named(part);
      if (those.length === 0) throw noSuchIndex(part);
      return those;
    });
    return [...new Set(found)];
  };
  const make = (name: string, body: z.output<typeof creation>): IndexStore => {
    if (!NAME.test(name))
      throw badRequest(
        'invalid_index_name_exception',
        `Invalid index name [${name}], must be lowercase and hold no other signs`,
      );
    if (named(name).length > 0)
      throw badRequest('resource_already_exists_exception', `index [${name}] already exists`);
    const store = createIndexStore(name, body, now);
    for (const alias of Object.keys(body.aliases ?? {})) store.aliases.add(alias);
    indices.set(name, store);
    return store;
  };

  return {
    indices,
    resolve,
    target(name, makes) {
      const [first, ...more] = named(name);
      if (more.length > 0)
        throw badRequest(
          'illegal_argument_exception',
          `no write index is defined for alias [${name}]. The write index may be explicitly disabled using is_write_index=false or the alias points to multiple indices without one being designated as a write index`,
        );
      if (first) return first;
      if (!makes) throw noSuchIndex(name);
      return make(name, {});
    },
    create(name, body) {
      const parsed = creation.safeParse(body ?? {});
      if (!parsed.success) throw badRequest('parse_exception', z.prettifyError(parsed.error));
      make(name, parsed.data);
      return { status: 200, body: { acknowledged: true, shards_acknowledged: true, index: name } };
    },
    remove(expression) {
      const [alias] = expression.split(',').filter(part => !indices.has(part) && named(part).length > 0);
      if (alias)
        throw badRequest(
          'illegal_argument_exception',
          `The provided expression [${alias}] matches an alias, specify the corresponding concrete indices instead.`,
        );
      for (const { name } of resolve(expression)) indices.delete(name);
      return done;
    },
    describe(expression) {
      const entries = resolve(expression).map(({ name, aliases, mapping, settings }) => [
        name,
        {
          aliases: Object.fromEntries([...aliases].map(alias => [alias, {}])),
          mappings: mapping.json,
          settings: { index: { ...settings, provided_name: name } },
        },
      ]);
      return { status: 200, body: Object.fromEntries(entries) };
    },
    updateAliases(body) {
      const parsed = actions.safeParse(body);
      if (!parsed.success) throw badRequest('x_content_parse_exception', z.prettifyError(parsed.error));
      // All or nothing: what is wrong is found before anything is changed.
      const changes = parsed.data.actions.flatMap(one => {
        if ('remove_index' in one)
          return resolve(one.remove_index.index).map(
            ({ name }) =>
              () =>
                void indices.delete(name),
          );
        const { index, alias, must_exist } = 'add' in one ? one.add : one.remove;
        return resolve(index).map(({ aliases }) => {
          if ('add' in one) return () => void aliases.add(alias);
          if (!aliases.has(alias) && must_exist !== false)
            throw new ElasticProblem(404, 'aliases_not_found_exception', `aliases [${alias}] missing`);
          return () => void aliases.delete(alias);
        });
      });
      for (const change of changes) change();
      return done;
    },
    aliases(index, alias) {
      const fits = pattern(alias ?? '*');
      const entries = resolve(index).flatMap(({ name, aliases }): [string, object][] => {
        const own = [...aliases].filter(one => fits.test(one));
        if (own.length === 0 && alias !== undefined) return [];
        return [[name, { aliases: Object.fromEntries(own.map(one => [one, {}])) }]];
      });
      const body = Object.fromEntries(entries);
      if (alias === undefined || alias.includes('*') || entries.length > 0) return { status: 200, body };
      return { status: 404, body: { error: `alias [${alias}] missing`, status: 404 } };
    },
  };
}
