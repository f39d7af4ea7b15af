// What goes wrong on demand: with the next requests, or all, to some paths; or with single documents of a bulk request.
import { ElasticProblem } from './answers.ts';
import type { BulkItem } from './bulk.ts';

export type Fault = (
  | { readonly kind: 'status'; readonly status: number; readonly type?: string }
  /** Carried out at once, answered late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection is cut: before anything is done, or after it. */
  | { readonly kind: 'cut'; readonly after?: true }
  /** Some other program answers. */
  | { readonly kind: 'stranger'; readonly product?: string }
  /** Documents of a bulk request whose id fits are refused. */
  | { readonly kind: 'item'; readonly id: RegExp; readonly status: 429 | 400 | 503 }
) & {
  /** Which requests, by `METHOD /path`; all, when left out. */
  readonly on?: RegExp;
  /** How many requests, or documents; without end, when left out. */
  times?: number;
};

const TYPES: Readonly<Record<number, readonly [type: string, reason: string]>> = {
  401: ['security_exception', 'missing authentication credentials for REST request'],
  403: ['security_exception', 'action is unauthorized for this user'],
  413: ['content_too_long_exception', 'entity content is too long'],
  429: ['es_rejected_execution_exception', 'rejected execution of coordinating operation'],
  503: ['cluster_block_exception', 'blocked by: [SERVICE_UNAVAILABLE/2/no master];'],
};

export const problemOf = (status: number, type = TYPES[status]?.[0] ?? 'exception') =>
  new ElasticProblem(status, type, TYPES[status]?.[1] ?? 'as asked');

const spend = (faults: Fault[], fault: Fault) => {
  if (fault.times !== undefined && --fault.times <= 0) faults.splice(faults.indexOf(fault), 1);
};

/** The fault that meets this request, counted down. */
export function meet(faults: Fault[], call: string): Fault | undefined {
  const fault = faults.find(({ kind, on }) => kind !== 'item' && (on === undefined || on.test(call)));
  if (fault) spend(faults, fault);
  return fault;
}

/** The same for a document of a bulk request. */
export function refuseItem(faults: Fault[], { id }: BulkItem): ElasticProblem | undefined {
  const fault = faults.find(one => one.kind === 'item' && one.id.test(id));
  if (fault?.kind !== 'item') return undefined;
  spend(faults, fault);
  return fault.status === 400
    ? new ElasticProblem(400, 'document_parsing_exception', `[1:1] failed to parse document with id '${id}'`)
    : problemOf(fault.status);
}
