// Sorts what the Supabase client hands back into DbUnavailable and DbError, by the rules of the other drivers.
import { DbError, DbUnavailable } from './db.ts';
import { isSqlState, sqlError } from './sql-errors.ts';

/** As the client returns it: of PostgreSQL, of PostgREST, or of a gateway in front, which may lack the code. */
export interface ApiError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** No connection was made, by us or by PostgREST, or none was free: nothing has run. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|PGRST00[023])$/;
/** The link to Supabase, or PostgREST's link to the database, failed. */
const BROKEN = /^([A-Z]*_?E[A-Z_]+|UND_ERR_[A-Z_]+|TIMEOUT|CLOSED|PGRST00\d)$/;

/** @param status of the HTTP answer; 0 when there was none */
export function apiError({ code = '', message = '' }: ApiError, status: number): DbUnavailable | DbError {
  if (isSqlState(code)) return sqlError({ code, message }, true);
  if (NOT_SENT.test(code) || status === 429)
    return new DbUnavailable(`Supabase is not reachable: ${message}`, code || `HTTP${status}`, false);
  if (!BROKEN.test(code) && status >= 400 && status < 500 && status !== 408)
    return new DbError(message || `Supabase answered with HTTP ${status}`, code || `HTTP${status}`);
  // A gateway's own page is of no use in a line of the log.
  const what = code && message ? message : `it answered with HTTP ${status}`;
  return new DbUnavailable(`Supabase is not reachable: ${what}`, code || `HTTP${status}`, true);
}
