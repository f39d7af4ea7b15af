// Which path is which call.
import { z } from 'zod';
import { type Answer, badRequest, type ElasticProblem, noSuchIndex } from './answers.ts';
import { type BulkItem, readBulk, runBulk } from './bulk.ts';
import type { Cluster } from './cluster.ts';
import { evaluate } from './query.ts';
import { search } from './search.ts';

export interface Request {
  readonly method: string;
  /** Decoded, without what is empty. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly text: string;
}

export interface World {
  readonly cluster: Cluster;
  readonly version: string;
  /** Rights on indices that nobody has. */
  readonly denied: readonly string[];
  /** What befalls a document of a bulk request. */
  refuse(item: BulkItem): ElasticProblem | undefined;
  /** Resolves when the next refresh of an index has made visible what was written to it. */
  refreshed(index: string): Promise<void>;
  /** Every body of a search, for whoever wants to look at it. */
  searched(body: unknown): void;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const SHARDS = { total: 1, successful: 1, failed: 0 };
const queried = z.strictObject({ query: z.unknown(), conflicts: z.string().optional() });

function json(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest('x_content_parse_exception', (error as Error).message);
  }
}

/** @throws ElasticProblem */
export async function route(world: World, request: Request): Promise<Answer> {
  const { method, path } = request;
  const [first = '', second, third] = path;
  if (path.length === 0) return ok(info(world.version));
  if (first === '_cluster' && second === 'health') return ok(health(world.cluster));
  if (first === '_security' && second === 'user' && third === '_has_privileges')
    return privileges(world, request);
  if (first === '_aliases' && method === 'POST') return world.cluster.updateAliases(json(request.text));
  if (first === '_alias') return world.cluster.aliases('_all', second);
  if (first === '_bulk') return bulk(world, request, undefined);
  if (first === '_refresh') return refresh(world, '_all');
  if (!first.startsWith('_')) return indexCall(world, request, first, second, third);
  throw badRequest(
    'illegal_argument_exception',
    `no handler found for uri [/${path.join('/')}] and method [${method}]`,
  );
}

async function indexCall(
  world: World,
  request: Request,
  index: string,
  call: string | undefined,
  name?: string,
): Promise<Answer> {
  const { cluster } = world;
  const { method, query, text } = request;
  switch (`${method} ${call ?? ''}`) {
    case 'PUT ':
      return cluster.create(index, json(text));
    case 'DELETE ':
      return query.get('ignore_unavailable') === 'true' && !cluster.indices.has(index)
        ? ok({ acknowledged: true })
        : cluster.remove(index);
    case 'HEAD ':
    case 'GET ':
      return cluster.describe(index);
    case 'GET _alias':
    case 'HEAD _alias':
      return cluster.aliases(index, name);
    case 'GET _refresh':
    case 'POST _refresh':
      return refresh(world, index);
    case 'POST _bulk':
    case 'PUT _bulk':
      return bulk(world, request, index);
    case 'GET _search':
    case 'POST _search': {
      world.searched(json(text));
      const stores = lookAt(world, index);
      return ok(search(stores, json(text)));
    }
    case 'GET _count':
    case 'POST _count': {
      const wanted = queried.partial().parse(json(text) ?? {}).query ?? { match_all: {} };
      const count = lookAt(world, index).reduce((sum, store) => sum + evaluate(store, wanted).size, 0);
      return ok({ count, _shards: SHARDS });
    }
    case 'POST _delete_by_query':
      return deleteByQuery(world, request, index);
    case 'GET _doc': {
      const document = cluster.resolve(index)[0]?.get(name ?? '');
      if (!document) return { status: 404, body: { _index: index, _id: name, found: false } };
      return ok({
        _index: index,
        _id: name,
        _version: document.version,
        found: true,
        _source: document.source,
      });
    }
    default:
      throw badRequest(
        'illegal_argument_exception',
        `no handler found for uri [/${index}/${call}] and method [${method}]`,
      );
  }
}

const info = (number: string) => ({
  name: 'simulated',
  cluster_name: 'simulated',
  cluster_uuid: 'AAAAAAAAAAAAAAAAAAAAAA',
  version: { number, build_flavor: 'default', build_type: 'docker', lucene_version: '9.12.2' },
  tagline: 'You Know, for Search',
});

const health = ({ indices }: Cluster) => ({
  cluster_name: 'simulated',
  status: 'green',
  timed_out: false,
  number_of_nodes: 1,
  number_of_data_nodes: 1,
  active_primary_shards: indices.size,
  active_shards: indices.size,
});

const wanted = z.object({
  index: z.array(z.object({ names: z.array(z.string()), privileges: z.array(z.string()) })).default([]),
});

function privileges({ denied }: World, { text }: Request): Answer {
  const { index } = wanted.parse(json(text));
  const entries = index.flatMap(({ names, privileges }) =>
    names.map(
      name => [name, Object.fromEntries(privileges.map(one => [one, !denied.includes(one)]))] as const,
    ),
  );
  return ok({
    username: 'simulated',
    has_all_requested: denied.length === 0,
    cluster: {},
    index: Object.fromEntries(entries),
    application: {},
  });
}

/** What is searched, as fresh as its refresh interval has it. */
function lookAt({ cluster }: World, index: string) {
  const stores = cluster.resolve(index);
  for (const store of stores) store.refreshInTime();
  return stores;
}

function refresh({ cluster }: World, index: string): Answer {
  for (const store of cluster.resolve(index)) store.refresh();
  return ok({ _shards: SHARDS });
}

async function bulk(world: World, { query, text }: Request, index: string | undefined): Promise<Answer> {
  const began = performance.now();
  const items = readBulk(text, index, query.get('require_alias') === 'true');
  const { indices, ...outcome } = runBulk(world.cluster, items, world.refuse);
  const when = query.get('refresh') ?? 'false';
  for (const name of indices) {
    if (when === 'wait_for') await world.refreshed(name);
    else if (when !== 'false') world.cluster.indices.get(name)?.refresh();
  }
  return ok({ took: Math.round(performance.now() - began), ...outcome });
}

function deleteByQuery({ cluster }: World, { query, text }: Request, index: string): Answer {
  const { query: which } = queried.parse(json(text));
  if (!cluster.indices.has(index) && cluster.resolve(index).length === 0) throw noSuchIndex(index);
  let deleted = 0;
  for (const store of cluster.resolve(index)) {
    store.refreshInTime();
    for (const id of evaluate(store, which).keys()) {
      if (store.delete(id, undefined).result === 'deleted') deleted++;
    }
    if (query.get('refresh') === 'true') store.refresh();
  }
  return ok({
    took: 1,
    timed_out: false,
    total: deleted,
    deleted,
    batches: 1,
    version_conflicts: 0,
    noops: 0,
    failures: [],
  });
}
