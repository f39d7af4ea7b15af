// The fields of an index: what a document may hold, and what is searched in it.
import { z } from 'zod';
import type { Analyzer } from './analysis.ts';
import { badRequest, ElasticProblem } from './answers.ts';

const field = z.strictObject({
  type: z.enum(['text', 'keyword', 'long', 'integer', 'date', 'boolean']),
  analyzer: z.string().optional(),
  search_analyzer: z.string().optional(),
  index: z.boolean().optional(),
  norms: z.boolean().optional(),
  doc_values: z.boolean().optional(),
  index_options: z.enum(['docs', 'freqs', 'positions', 'offsets']).optional(),
  ignore_above: z.number().optional(),
  fields: z
    .record(
      z.string(),
      z.strictObject({
        type: z.literal('text'),
        analyzer: z.string().optional(),
        search_analyzer: z.string().optional(),
        norms: z.boolean().optional(),
        index_options: z.enum(['docs', 'freqs', 'positions', 'offsets']).optional(),
      }),
    )
    .optional(),
});
const mappings = z.strictObject({
  dynamic: z.union([z.boolean(), z.literal('strict'), z.stringbool()]).default(true),
  _meta: z.record(z.string(), z.unknown()).optional(),
  _source: z
    .strictObject({ enabled: z.boolean().optional(), excludes: z.array(z.string()).optional() })
    .optional(),
  properties: z.record(z.string(), field).default({}),
});

export type Source = Readonly<Record<string, unknown>>;

export interface TextField {
  /** Of the document. */
  readonly property: string;
  readonly analyze: Analyzer;
  readonly analyzeQuery: Analyzer;
  /** Longer texts weigh each word less. */
  readonly norms: boolean;
}

export interface Mapping {
  readonly json: unknown;
  /** By path, such as `text.english`. */
  readonly texts: ReadonlyMap<string, TextField>;
  /** Of a property that is no text. */
  typeOf(property: string): string | undefined;
  /** @throws ElasticProblem when it does not fit */
  check(id: string, source: Source): void;
}

const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: value => ['string', 'number', 'boolean'].includes(typeof value),
  keyword: value => ['string', 'number', 'boolean'].includes(typeof value),
  long: value => Number.isSafeInteger(Number(value)) && value !== '' && typeof value !== 'boolean',
  integer: value => Number.isInteger(Number(value)) && value !== '' && typeof value !== 'boolean',
  date: value => (typeof value === 'string' ? !Number.isNaN(Date.parse(value)) : Number.isInteger(value)),
  boolean: value => [true, false, 'true', 'false'].includes(value as never),
};

/** @throws ElasticProblem when the mappings are not well formed or name an analyzer that is not there */
export function createMapping(json: unknown, analyzers: ReadonlyMap<string, Analyzer>): Mapping {
  const parsed = mappings.safeParse(json ?? {});
  if (!parsed.success)
    throw badRequest('mapper_parsing_exception', `Failed to parse mapping: ${z.prettifyError(parsed.error)}`);
  const { properties, dynamic } = parsed.data;
  const analyzer = (path: string, name: string): Analyzer => {
    const found = analyzers.get(name);
    if (found) return found;
    throw badRequest(
      'mapper_parsing_exception',
      `Failed to parse mapping: analyzer [${name}] has not been configured in mappings [${path}]`,
    );
  };
  const texts = new Map<string, TextField>();
  for (const [property, { fields = {}, ...own }] of Object.entries(properties)) {
    for (const [path, { type, ...one }] of [
      [property, own] as const,
      ...Object.entries(fields).map(([name, sub]) => [`${property}.${name}`, sub] as const),
    ]) {
      if (type !== 'text') continue;
      const name = one.analyzer ?? 'standard';
      texts.set(path, {
        property,
        analyze: analyzer(path, name),
        analyzeQuery: analyzer(path, one.search_analyzer ?? name),
        norms: one.norms ?? true,
      });
    }
  }
  return {
    json: json ?? {},
    texts,
    typeOf: property => properties[property]?.type,
    check(id, source) {
      for (const [name, value] of Object.entries(source)) {
        const type = properties[name]?.type;
        if (type === undefined) {
          if (String(dynamic) !== 'strict') continue;
          throw new ElasticProblem(
            400,
            'strict_dynamic_mapping_exception',
            `[1:1] mapping set to strict, dynamic introduction of [${name}] within [_doc] is not allowed`,
          );
        }
        const values = Array.isArray(value) ? value : [value];
        if (values.every(one => one === null || fits[type]?.(one))) continue;
        throw new ElasticProblem(
          400,
          'document_parsing_exception',
          `[1:1] failed to parse field [${name}] of type [${type}] in document with id '${id}'. Preview of field's value: '${String(value).slice(0, 30)}'`,
        );
      }
    },
  };
}
