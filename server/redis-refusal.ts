// Why Redis cannot be used, in one line for the operator, without a secret.

/** Redis could not be used at the start. */
export class RedisError extends Error {
  readonly friendly = true;
}

/**
 * The rights of a user that a hub can work with, as `ACL SETUSER` takes them. A pattern of channels, which the classic adapter subscribes to,
 * is allowed only where it stands word for word.
 */
export const NEEDED_RIGHTS =
  'resetchannels &first-court* &first-court{hub}#/#* ~first-court* -@all +ping +info +publish +subscribe +psubscribe +unsubscribe +punsubscribe ' +
  '+spublish +ssubscribe +sunsubscribe +eval +evalsha +set +incrby +pttl +expire +select +asking +cluster|info +cluster|slots';

const EXAMPLE = 'REDIS_URL=redis://:password@127.0.0.1:6379';

/** @param last what the connection itself said, which tells more than the command that it broke */
export function refusal(error: Error, last?: Error): RedisError {
  if (error instanceof RedisError) return error;
  const text = [error, ...(last ? [last] : [])].map(said).join(' ');
  return refused(reason(text, said(last ?? error)));
}

export function refused(why: string): RedisError {
  return new RedisError(`REDIS_URL: ${why}; example: ${EXAMPLE}`);
}

function reason(text: string, last: string): string {
  if (/NOAUTH|WRONGPASS|ERR AUTH|invalid password/i.test(text))
    return 'the server asks for another user name or password';
  const denied = /NOPERM.*|can't run this command.*/.exec(text)?.[0];
  if (denied)
    return `the user may not do what a hub needs (${denied}); ACL SETUSER name ${NEEDED_RIGHTS} lets it`;
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) return `there is no such host (${last})`;
  if (/certificate|CERT_|ALTNAME/i.test(text))
    return `the server's certificate is not to be trusted (${last})`;
  if (/EPROTO|SSL|wrong version number/i.test(text))
    return 'the server does not speak TLS there, as rediss: asks';
  if (/Protocol error|ParserError/i.test(text)) return `what answers there is not Redis (${last})`;
  if (/timed out|ETIMEDOUT/i.test(text)) return `there is no answer in time (${last})`;
  if (/ECONNREFUSED|ECONNRESET|closed|Stream/i.test(text)) return `nothing answers there as Redis (${last})`;
  return last;
}

/** Attempts on several addresses of a host fail in an error without words of its own. */
function said(error: Error): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || 'the connection failed';
}
