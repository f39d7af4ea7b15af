// How PostgREST words its answers: the JSON of an error, and the HTTP status for each PostgreSQL error.
import type { Readable } from 'node:stream';
import { SQLSTATE } from '../../../server/store/sql-errors.ts';
import type { Role } from './roles.ts';

export interface Answer {
  readonly status: number;
  /** JSON, the page of a gateway, or the bytes of a file. */
  readonly body: string | Readable;
  /** In place of those for JSON. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The first that fits counts; the table is PostgREST's. */
const STATUS: readonly (readonly [code: RegExp, status: number])[] = [
  [/^08/, 503],
  [/^(0L|0P)/, 403],
  [/^2350[35]$/, 409],
  [/^25006$/, 405],
  [/^28/, 403],
  [/^53400$/, 500],
  [/^53/, 503],
  [/^57P01$/, 503],
  [/^(09|25|2D|38|39|3B|40|54|55|57|58|F0|HV|XX)/, 500],
  [/^P0001$/, 400],
  [/^P0/, 500],
  [/^(42883|42P01)$/, 404],
];

export function problem(status: number, code: string, message: string, more: object = {}): Answer {
  return { status, body: JSON.stringify({ code, message, details: null, hint: null, ...more }) };
}

/** What the `postgres` driver threw, as PostgREST would tell it. */
export function failure(error: unknown, role: Role): Answer {
  const {
    code = '',
    message,
    detail = null,
    hint = null,
  } = error as {
    code?: string;
    message: string;
    detail?: string | null;
    hint?: string | null;
  };
  if (!SQLSTATE.test(code))
    return code === 'ECONNREFUSED'
      ? problem(503, 'PGRST000', 'Database connection error. Retrying the connection.', { details: message })
      : problem(503, 'PGRST001', 'Database client error. Retrying the connection.', { details: message });
  const status =
    code === '42501'
      ? role === 'anon'
        ? 401
        : 403
      : (STATUS.find(([pattern]) => pattern.test(code))?.[1] ?? 400);
  return problem(status, code, message, { details: detail, hint });
}

export const noFunction = (name: string, args: string): Answer =>
  problem(404, 'PGRST202', `Could not find the function public.${name}(${args}) in the schema cache`, {
    details: `Searched for the function public.${name} with ${args ? `parameter ${args}` : 'no parameters'}, but no matches were found in the schema cache.`,
  });

export const noTable = (name: string): Answer =>
  problem(404, 'PGRST205', `Could not find the table 'public.${name}' in the schema cache`);
