// What a storage's failure is to the hub: nothing there, or no answer now. The words of the service itself stay in `cause`, for the log.
import { HubError, notFound } from '../hub/errors.ts';

/** What a key may look like, on every storage: words with slashes between them, and no way out of a folder. */
const KEY = /^[\w-]+(\/[\w-]+)*$/;

export const isKey = (key: string): boolean => key.length <= 200 && KEY.test(key);

export const nothingThere = () => notFound('There is no such file.');

/** @param size of the file, where it is known */
export const outside = (size?: number) =>
  new HubError(
    'bad_request',
    `The range begins behind the end of the file${size === undefined ? '' : `, which has ${size} bytes`}.`,
  );

/** An error with what made it, for the log. */
export const cause = <E extends Error>(error: E, of: unknown): E => Object.assign(error, { cause: of });

export const away = (error: unknown) =>
  cause(
    new HubError('unavailable', 'The storage of files does not answer; try again.', { retryAfterMs: 2000 }),
    error,
  );

/** @param gone whether it says that nothing is there under the key */
export function trouble(error: unknown, gone: (error: unknown) => boolean): HubError {
  if (error instanceof HubError) return error;
  return gone(error) ? cause(nothingThere(), error) : away(error);
}

/**
 * What a probe tells: what is wrong, and what to do about it, also apart in `details`.
 * @param reason one sentence, `next` another
 */
export const unwell = (reason: string, next: string, error: unknown) =>
  cause(new HubError('unavailable', `${reason} ${next}`, { details: { reason, next } }), error);

/** The service's own words, in one line, for the sentence of a probe. */
export const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
