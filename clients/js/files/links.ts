// Addresses of files, asked for once by all who show the same, and again only when they are about to end.
import type { CallData, CallInput } from '../../../shared/protocol/calls.ts';
import type { CallOptions } from '../types.ts';

type Ask = (input: CallInput<'file:link'>, options?: CallOptions) => Promise<CallData<'file:link'>>;

/** An address is not given out when it ends this soon. */
const MARGIN_MS = 60_000;
const MOST = 500;

export class FileLinks {
  readonly #ask: Ask;
  readonly #base: string;
  readonly #known = new Map<string, Promise<CallData<'file:link'>>>();

  /** @param base the hub's address, for those that are on it */
  constructor(ask: Ask, base: string) {
    this.#ask = ask;
    this.#base = base;
  }

  async get(input: CallInput<'file:link'>, options?: CallOptions): Promise<CallData<'file:link'>> {
    const key = `${input.file} ${input.edge ?? ''} ${input.download ?? ''}`;
    const known = await this.#known.get(key)?.catch(() => undefined);
    if (known && Date.parse(known.expiresAt) - MARGIN_MS > Date.now()) return known;
    const asked = this.#ask(input, options).then(({ url, expiresAt }) => ({
      url: new URL(url, this.#base).href,
      expiresAt,
    }));
    this.#known.delete(key);
    this.#known.set(key, asked);
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
    return await asked;
  }
}
