// What every driver of the database offers: one call of one SQL function, json in, json out, and errors
// that say whether the call may have taken effect.

import { Unreachable } from '../hub/errors.ts';

/** A database with our SQL functions in it. Disposing waits up to 5 s for running calls, then cuts them off. */
export interface Db extends AsyncDisposable {
  /**
   * Runs `select fn($1::jsonb)` and returns the function's jsonb result, parsed.
   * @throws DbUnavailable when the database could not be reached, was too slow, or broke off
   * @throws DbError when the database answered with an error; nothing of the call took effect
   */
  call(fn: string, input: unknown): Promise<unknown>;
}

/** The database did not do the work now; it may later. */
export class DbUnavailable extends Unreachable {
  override readonly name = 'DbUnavailable';
  /** The message is for the operator; a stack would not help. */
  readonly friendly = true;
  /** SQLSTATE or the socket's error code, such as `57P01` or `ECONNREFUSED`. */
  readonly code: string;

  /** @param sent whether the statement may have reached the server and may have been committed */
  constructor(message: string, code: string, sent: boolean) {
    super(message, sent);
    this.code = code;
  }
}

/** The database refused the work with an error of its own. */
export class DbError extends Error {
  override readonly name = 'DbError';
  /** SQLSTATE, five characters; from Supabase also `PGRST…` and `HTTP…`. */
  readonly code: string;
  readonly constraint: string | undefined;
  /** The chain of SQL functions it came from, without values. */
  readonly where: string | undefined;

  constructor(message: string, code: string, constraint?: string, where?: string) {
    super(message);
    this.code = code;
    this.constraint = constraint;
    this.where = where;
  }
}

/** What is said, and who does what alone: these never wait for a connection behind other work. */
const URGENT = new Set(['append_events', 'take_lease']);
export const isUrgent = (fn: string): boolean => URGENT.has(fn);
/** So many of a pool's connections are for these alone. */
export const keptOf = (max: number): number => Math.floor(max / 5);

/** Names are constants of ours; this keeps a mistake from ever becoming an injection. */
export function checkName(fn: string): void {
  if (!/^[a-z_]+$/.test(fn)) throw new TypeError(`"${fn}" is not the name of an SQL function`);
}

/** The SQL of a call. */
export function callSql(fn: string): string {
  checkName(fn);
  return `select ${fn}($1::text::jsonb) as data`;
}
