// Sorts what the `postgres` driver throws into DbUnavailable and DbError, and keeps row contents out of both.
import { DbError, DbUnavailable } from './db.ts';

/**
 * Server errors that mean "not now" rather than "never like this": classes 08 (connection), 53 (resources), 57P (shutdown, starting),
 * statement timeout or cancel, lock timeout, and a primary that became read-only in a fail-over.
 */
const UNAVAILABLE = /^(08...|53...|57P0.|57014|55P03|25006)$/;

/** A FATAL one ends the session and can overtake the word that a commit went through. */
const OUTCOME_UNKNOWN = /^(08...|57P0[12])$/;

/** Five characters with a digit among them, unlike the socket's `EPIPE`. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** @param executed whether the driver had begun to write the statement to the server */
export function sqlError(error: unknown, executed: boolean): DbUnavailable | DbError {
  if (error instanceof DbUnavailable || error instanceof DbError) return error;
  const {
    code = '',
    message = '',
    ...rest
  } = error as {
    code?: string;
    message?: string;
    constraint_name?: string;
    where?: string;
  };
  if (SQLSTATE.test(code)) {
    if (!UNAVAILABLE.test(code)) {
      const where = rest.where?.match(/PL\/pgSQL function [a-z_]+\([^)]*\) line \d+/g)?.join(' < ');
      return new DbError(message, code, rest.constraint_name, where);
    }
    return new DbUnavailable(
      `The database is not available: ${message}`,
      code,
      executed && OUTCOME_UNKNOWN.test(code),
    );
  }
  return new DbUnavailable(`The database is not reachable: ${message || code}`, code || 'UNKNOWN', executed);
}
