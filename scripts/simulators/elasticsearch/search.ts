// `_search`: the best documents of some indices, sorted and paged.
import { z } from 'zod';
import { badRequest, ElasticProblem } from './answers.ts';
import type { IndexStore } from './index-store.ts';
import { evaluate } from './query.ts';

const order = z.enum(['asc', 'desc']);
const body = z.strictObject({
  query: z.unknown().optional(),
  from: z.number().int().nonnegative().default(0),
  size: z.number().int().nonnegative().default(10),
  sort: z
    .array(
      z.union([z.string(), z.record(z.string(), z.union([order, z.object({ order: order.optional() })]))]),
    )
    .optional(),
  search_after: z.array(z.union([z.string(), z.number()])).optional(),
  track_total_hits: z.union([z.boolean(), z.number().int()]).default(10_000),
  track_scores: z.boolean().optional(),
  min_score: z.number().optional(),
  timeout: z.string().optional(),
  _source: z.union([z.boolean(), z.array(z.string())]).default(true),
});

interface Hit {
  readonly index: string;
  readonly id: string;
  readonly score: number;
  readonly source: Readonly<Record<string, unknown>>;
  readonly sort: (string | number)[];
}

/** @throws ElasticProblem when the request is not one */
export function search(stores: readonly IndexStore[], request: unknown): object {
  const began = performance.now();
  const parsed = body.safeParse(request ?? {});
  if (!parsed.success) throw badRequest('parsing_exception', z.prettifyError(parsed.error));
  const {
    query = { match_all: {} },
    from,
    size,
    search_after,
    track_total_hits,
    min_score,
    _source,
  } = parsed.data;
  const sort = (parsed.data.sort ?? ['_score']).map(keyOf);
  const hits: Hit[] = [];
  for (const store of stores) {
    checkWindow(store, from + size);
    for (const [id, score] of evaluate(store, query)) {
      if (min_score !== undefined && score < min_score) continue;
      const source = store.visible.get(id) ?? {};
      const values = sort.map(({ field }) => (field === '_score' ? score : sortValue(store, source, field)));
      hits.push({ index: store.name, id, score, source, sort: values });
    }
  }
  hits.sort((a, b) => compare(a.sort, b.sort, sort) || (a.id < b.id ? -1 : 1));
  const rest = search_after ? hits.filter(hit => compare(hit.sort, search_after, sort) > 0) : hits;
  const most = track_total_hits === true ? hits.length : Number(track_total_hits);
  return {
    took: Math.round(performance.now() - began),
    timed_out: false,
    _shards: { total: stores.length, successful: stores.length, skipped: 0, failed: 0 },
    hits: {
      ...(track_total_hits !== false && {
        total: { value: Math.min(hits.length, most), relation: hits.length > most ? 'gte' : 'eq' },
      }),
      max_score: hits.reduce<number | null>((best, { score }) => Math.max(best ?? 0, score), null),
      hits: rest.slice(from, from + size).map(({ index, id, score, source, sort: values }) => ({
        _index: index,
        _id: id,
        _score: score,
        ...(_source !== false && { _source: pick(source, _source) }),
        ...(parsed.data.sort && { sort: values }),
      })),
    },
  };
}

interface Key {
  readonly field: string;
  readonly descending: boolean;
}

function keyOf(one: NonNullable<z.output<typeof body>['sort']>[number]): Key {
  if (typeof one === 'string') return { field: one, descending: one === '_score' };
  const [[field = '', how] = []] = Object.entries(one);
  const direction = typeof how === 'string' ? how : how?.order;
  return { field, descending: (direction ?? (field === '_score' ? 'desc' : 'asc')) === 'desc' };
}

function sortValue(store: IndexStore, source: Hit['source'], field: string): string | number {
  const type = store.mapping.typeOf(field);
  if (type === undefined)
    throw badRequest('illegal_argument_exception', `No mapping found for [${field}] in order to sort on`);
  const value = source[field];
  return type === 'date' ? Date.parse(String(value)) : type === 'keyword' ? String(value) : Number(value);
}

function compare(
  a: readonly (string | number)[],
  b: readonly (string | number)[],
  keys: readonly Key[],
): number {
  for (const [n, { descending }] of keys.entries()) {
    const [one, other] = [a[n] as number, b[n] as number];
    if (one !== other) return one < other === descending ? 1 : -1;
  }
  return 0;
}

const pick = (source: Hit['source'], fields: true | string[]) =>
  fields === true
    ? source
    : Object.fromEntries(Object.entries(source).filter(([name]) => fields.includes(name)));

const WINDOW = 10_000;

function checkWindow(store: IndexStore, end: number): void {
  const most = Number(store.settings.max_result_window ?? WINDOW);
  if (end <= most) return;
  throw new ElasticProblem(
    400,
    'illegal_argument_exception',
    `Result window is too large, from + size must be less than or equal to: [${most}] but was [${end}]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.`,
  );
}
