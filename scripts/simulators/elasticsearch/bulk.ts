// Many writes in one request. Each succeeds or fails by itself, and the answer is 200 all the same.
import { z } from 'zod';
import { badRequest, ElasticProblem } from './answers.ts';
import type { Cluster } from './cluster.ts';
import type { Source } from './mapping.ts';

const meta = z.strictObject({
  _index: z.string().optional(),
  _id: z.string().min(1).optional(),
  version: z.coerce.number().int().nonnegative().optional(),
  version_type: z.enum(['internal', 'external']).optional(),
  require_alias: z.boolean().optional(),
});
const line = z.union([
  z.strictObject({ index: meta }),
  z.strictObject({ create: meta }),
  z.strictObject({ update: meta }),
  z.strictObject({ delete: meta }),
]);
type Kind = 'index' | 'create' | 'update' | 'delete';
const STATUS = { created: 201, updated: 200, deleted: 200, not_found: 404 } as const;

export interface BulkItem {
  readonly kind: Kind;
  readonly id: string;
  readonly index: string;
  readonly source: Source | undefined;
  readonly external: number | undefined;
  readonly needsAlias: boolean;
}

/** What is asked, in order. @throws ElasticProblem when the lines are not well formed */
export function readBulk(text: string, index: string | undefined, needsAlias: boolean): BulkItem[] {
  if (!text.endsWith('\n'))
    throw badRequest('illegal_argument_exception', 'The bulk request must be terminated by a newline [\\n]');
  const lines = text.slice(0, -1).split('\n');
  const items: BulkItem[] = [];
  for (let at = 0; at < lines.length; at++) {
    const parsed = line.safeParse(json(lines[at] ?? '', at));
    if (!parsed.success)
      throw badRequest(
        'illegal_argument_exception',
        `Malformed action/metadata line [${at + 1}], ${z.prettifyError(parsed.error)}`,
      );
    const [
      [
        kind,
        { _index = index, _id = crypto.randomUUID(), version, version_type, require_alias = needsAlias },
      ],
    ] = Object.entries(parsed.data) as [[Kind, z.output<typeof meta>]];
    if (_index === undefined)
      throw badRequest('action_request_validation_exception', 'Validation Failed: 1: index is missing;');
    const source = kind === 'delete' ? undefined : (json(lines[++at] ?? '', at) as Source);
    items.push({
      ...{ kind, id: _id, index: _index, source, needsAlias: require_alias },
      external: version_type === 'external' ? version : undefined,
    });
  }
  return items;
}

function json(text: string, at: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest('x_content_parse_exception', `[${at + 1}:1] ${(error as Error).message}`);
  }
}

/** @param refuse what befalls an item on demand; undefined: nothing */
export function runBulk(
  cluster: Cluster,
  items: readonly BulkItem[],
  refuse: (item: BulkItem) => ElasticProblem | undefined,
): { errors: boolean; items: object[]; indices: Set<string> } {
  const indices = new Set<string>();
  let errors = false;
  const answers = items.map(item => {
    try {
      const problem = refuse(item);
      if (problem) throw problem;
      const { result, version, index } = write(cluster, item);
      indices.add(index);
      const status = STATUS[result];
      return {
        [item.kind]: { _index: index, _id: item.id, _version: version, result, _shards: SHARDS, status },
      };
    } catch (error) {
      if (!(error instanceof ElasticProblem)) throw error;
      errors = true;
      return { [item.kind]: { _index: item.index, _id: item.id, status: error.status, error: error.cause } };
    }
  });
  return { errors, items: answers, indices };
}

const SHARDS = { total: 1, successful: 1, failed: 0 };

function write(cluster: Cluster, { kind, id, index, source, external, needsAlias }: BulkItem) {
  if (needsAlias && (cluster.indices.has(index) || !aliased(cluster, index)))
    throw new ElasticProblem(
      404,
      'index_not_found_exception',
      `no such index [${index}] and [require_alias] request flag is [true] and [${index}] is not an alias`,
      { index },
    );
  const store = cluster.target(index, true);
  if (kind === 'delete') return { ...store.delete(id, external), index: store.name };
  const current = store.get(id);
  if (kind === 'create' && current)
    throw new ElasticProblem(
      409,
      'version_conflict_engine_exception',
      `[${id}]: version conflict, document already exists (current version [${current.version}])`,
      { index: store.name },
    );
  if (kind !== 'update') return { ...store.index(id, source ?? {}, external), index: store.name };
  if (!current)
    throw new ElasticProblem(404, 'document_missing_exception', `[${id}]: document missing`, {
      index: store.name,
    });
  return {
    ...store.index(id, { ...current.source, ...(source?.doc as Source) }, external),
    index: store.name,
  };
}

const aliased = ({ indices }: Cluster, name: string) =>
  [...indices.values()].some(({ aliases }) => aliases.has(name));
