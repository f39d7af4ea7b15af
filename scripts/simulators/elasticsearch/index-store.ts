// One index: its documents with their versions, what a search sees of them since the last refresh, and the terms in them.
import { z } from 'zod';
import { createAnalyzers } from './analysis.ts';
import { badRequest, ElasticProblem } from './answers.ts';
import { createMapping, type Mapping, type Source } from './mapping.ts';
import { createPostings, type Postings } from './postings.ts';

export interface Written {
  readonly result: 'created' | 'updated' | 'deleted' | 'not_found';
  readonly version: number;
}

export interface IndexStore {
  readonly name: string;
  readonly mapping: Mapping;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What searches see. */
  readonly visible: ReadonlyMap<string, Source>;
  readonly aliases: Set<string>;
  /** @throws ElasticProblem version_conflict_engine_exception, or when the document does not fit */
  index(id: string, source: Source, external: number | undefined): Written;
  delete(id: string, external: number | undefined): Written;
  get(id: string): { source: Source; version: number } | undefined;
  /** Of a text field, with all that is visible in it. */
  postings(path: string): Postings | undefined;
  /** Makes everything visible that was written. */
  refresh(): void;
  /** The same, if the time for it has come. */
  refreshInTime(): void;
  /** Milliseconds until that. */
  readonly untilRefresh: number;
}

const time = z.string().regex(/^(-1|\d+(ms|s|m|h))$/);
const count = z.coerce.number().int().nonnegative();
const settings = z.strictObject({
  analysis: z.unknown().optional(),
  number_of_shards: count.optional(),
  number_of_replicas: count.optional(),
  auto_expand_replicas: z.string().optional(),
  refresh_interval: time.default('1s'),
  gc_deletes: time.default('60s'),
  max_result_window: count.optional(),
});
const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const milliseconds = (text: string) => {
  const [, amount, unit = ''] = /^(-?\d+)(\D*)$/.exec(text) ?? [];
  return Number(amount) * (MS[unit] ?? 1);
};

/** @throws ElasticProblem when body is not one that makes an index */
export function createIndexStore(
  name: string,
  body: { settings?: unknown; mappings?: unknown },
  now: () => number,
): IndexStore {
  const parsed = settings.safeParse(unwrapped(body.settings));
  if (!parsed.success) throw badRequest('illegal_argument_exception', z.prettifyError(parsed.error));
  const interval = milliseconds(parsed.data.refresh_interval);
  const kept = milliseconds(parsed.data.gc_deletes);
  const mapping = createMapping(body.mappings, createAnalyzers(parsed.data.analysis));
  const documents = new Map<string, { source: Source; version: number }>();
  const gone = new Map<string, { version: number; at: number }>();
  const changed = new Set<string>();
  const visible = new Map<string, Source>();
  /** What the postings do not know yet, with what they know instead. */
  const unread = new Map<string, Source | undefined>();
  const postings = new Map([...mapping.texts].map(([path, { norms }]) => [path, createPostings(norms)]));
  let refreshed = now();

  const versionOf = (id: string): number | undefined => {
    const grave = gone.get(id);
    if (grave && now() - grave.at > kept) gone.delete(id);
    return documents.get(id)?.version ?? gone.get(id)?.version;
  };
  const next = (id: string, external: number | undefined): number => {
    const current = versionOf(id);
    if (external === undefined) return (current ?? 0) + 1;
    if (current !== undefined && current >= external)
      throw new ElasticProblem(
        409,
        'version_conflict_engine_exception',
        `[${id}]: version conflict, current version [${current}] is higher or equal to the one provided [${external}]`,
        { index: name, shard: '0' },
      );
    return external;
  };
  const refresh = () => {
    refreshed = now();
    for (const id of changed) {
      if (!unread.has(id)) unread.set(id, visible.get(id));
      const document = documents.get(id);
      if (document) visible.set(id, document.source);
      else visible.delete(id);
    }
    changed.clear();
  };
  const read = () => {
    for (const [id, before] of unread) {
      const after = visible.get(id);
      for (const [path, { property, analyze }] of mapping.texts) {
        if (before) postings.get(path)?.remove(id, analyze(String(before[property] ?? '')));
        if (after) postings.get(path)?.add(id, analyze(String(after[property] ?? '')));
      }
    }
    unread.clear();
  };
  return {
    name,
    mapping,
    settings: parsed.data,
    visible,
    aliases: new Set(),
    index(id, source, external) {
      const version = next(id, external);
      mapping.check(id, source);
      const result = documents.has(id) ? 'updated' : 'created';
      documents.set(id, { source, version });
      gone.delete(id);
      changed.add(id);
      return { result, version };
    },
    delete(id, external) {
      const version = next(id, external);
      const result = documents.delete(id) ? 'deleted' : 'not_found';
      gone.set(id, { version, at: now() });
      changed.add(id);
      return { result, version };
    },
    get: id => documents.get(id),
    postings(path) {
      read();
      return postings.get(path);
    },
    refresh,
    refreshInTime() {
      if (interval >= 0 && now() - refreshed >= interval) refresh();
    },
    get untilRefresh() {
      return interval < 0 ? interval : Math.max(0, refreshed + interval - now());
    },
  };
}

/** Settings may stand in `index`, or with their full names. */
function unwrapped(given: unknown): object {
  const { index = {}, ...more } = (given ?? {}) as Record<string, object>;
  const entries = Object.entries({ ...index, ...more });
  return Object.fromEntries(entries.map(([key, value]) => [key.replace(/^index\./, ''), value]));
}
