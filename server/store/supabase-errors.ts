// Sorts what the Supabase client hands back into DbUnavailable and DbError, by the rules of the other drivers.
import { DbError, DbUnavailable } from './db.ts';
import { SQLSTATE, sqlError } from './sql-errors.ts';

/** As the client returns it: of PostgreSQL, of PostgREST, or of a gateway in front, which may lack the code. */
export interface ApiError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** No connection was made, by us or by PostgREST, or none was free: nothing has run. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|PGRST00[023])$/;

const isShortLine = (text: string) => /^[^<\n]{1,200}$/.test(text);

/** @param status of the HTTP answer; 0 when it broke off */
export function apiError({ code = '', message = '' }: ApiError, status: number): DbUnavailable | DbError {
  if (SQLSTATE.test(code)) return sqlError({ code, message }, true);
  // A gateway's own page is of no use in a line of the log.
  const what = code || isShortLine(message) ? message : `HTTP status ${status}`;
  if (NOT_SENT.test(code) || status === 429)
    return new DbUnavailable(`Supabase is not reachable: ${what}`, code || `HTTP${status}`, false);
  if (status >= 400 && status < 500 && status !== 408)
    return new DbError(`Supabase refuses: ${what}`, code || `HTTP${status}`);
  return new DbUnavailable(`Supabase is not reachable: ${what}`, code || `HTTP${status}`, true);
}
