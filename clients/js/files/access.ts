// The hub's HTTP door for files: who asks is proved by a token that is fetched anew when it ends, and refusals are errors with the hub's words.
import { httpStatus } from '../../../shared/protocol/http-status.ts';
import { CallError } from '../errors.ts';
import { askForToken, tokenExpiry } from '../tokens.ts';
import type { ClientOptions } from '../types.ts';

/** A token is not used when it ends this soon. */
const MARGIN_MS = 20_000;

export class FileAccess {
  /** Of the tus endpoint, and of files with `/ID` behind. */
  readonly url: string;
  readonly #getToken: ClientOptions['getToken'];
  #held: { token: string; until: number } | undefined;
  #asking: Promise<string> | undefined;
  #wasRefused = false;

  constructor({ url, getToken }: Pick<ClientOptions, 'url' | 'getToken'>) {
    this.url = `${new URL(url, globalThis.location?.href).href.replace(/\/+$/, '')}/api/files`;
    this.#getToken = getToken;
  }

  /** For the Authorization header; asked for once by all who wait for it. */
  token(): Promise<string> {
    if (this.#held && Date.now() < this.#held.until) return Promise.resolve(this.#held.token);
    this.#asking ??= askForToken(this.#getToken, this.#wasRefused ? 'expired' : 'connect')
      .then(token => {
        this.#held = { token, until: (tokenExpiry(token) ?? Number.POSITIVE_INFINITY) - MARGIN_MS };
        this.#wasRefused = false;
        return token;
      })
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  /** The hub turned the token away: the next is a new one. */
  refused(token: string): void {
    if (this.#held?.token !== token) return;
    this.#held = undefined;
    this.#wasRefused = true;
  }

  /** Asks again once with a new token. @throws CallError */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const first = await this.#fetch(path, init);
    const response = first.status === 401 ? await this.#fetch(path, init) : first;
    if (response.ok) return response;
    throw errorOf(response.status, await response.text().catch(() => ''));
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const token = await this.token();
    try {
      const headers = { ...init.headers, Authorization: `Bearer ${token}` };
      const response = await fetch(`${this.url}/${path}`, { ...init, headers });
      if (response.status === 401) this.refused(token);
      return response;
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw new CallError('unavailable', 'The hub cannot be reached', { cause });
    }
  }
}

/** What a refusal by HTTP says; of something that stands between us and the hub, its status. */
export function errorOf(status: number, body: string): CallError {
  try {
    const { code, message, retryAfterMs, details } = JSON.parse(body).error;
    if (Object.hasOwn(httpStatus, code))
      return new CallError(code, String(message), { retryAfterMs, details });
  } catch {
    // Not the hub's.
  }
  const known = Object.entries(httpStatus).find(([, one]) => one === status)?.[0];
  // A lock is held by an attempt that is not quite over, a time-out and a proxy's errors pass.
  const code = (known ??
    (status === 423 || status === 408 || status > 500
      ? 'unavailable'
      : 'bad_request')) as keyof typeof httpStatus;
  return new CallError(code, `The hub answered with HTTP ${status}`);
}
