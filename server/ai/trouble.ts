// What a provider's error means. Nothing that the provider wrote is repeated: it may hold what people said, or a key.
import { SummarizerError, type SummaryTrouble } from '../hub/ports-ai.ts';

/** A provider, and the settings that decide how it is asked. */
export interface Vendor {
  readonly name: string;
  readonly model: string;
  readonly settings: { readonly key: string; readonly model: string; readonly address: string };
}

/** A SummarizerError with what the pieces around a provider need to know. */
export class ProviderError extends SummarizerError {
  /** The same call may succeed soon. */
  readonly again: boolean;
  /** What the operator can do, if only they can. */
  readonly next: string | undefined;

  constructor(
    trouble: SummaryTrouble,
    message: string,
    extra: { again?: boolean; next?: string; retryAfterMs?: number | undefined } = {},
  ) {
    super(trouble, message, extra.retryAfterMs);
    this.again = extra.again ?? false;
    this.next = extra.next;
  }
}

/** What the clients of Claude, OpenAI and Hugging Face have in common, once read by them. */
export interface Failure {
  /** Undefined: it was not reached, or broke off. */
  readonly status?: number | undefined;
  /** The vendor's own word for it, e.g. `overloaded_error`, `insufficient_quota`. */
  readonly code?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

const TOO_LONG = ['request_too_large', 'context_length_exceeded', 'prompt_too_long'];
/** Words of the vendors for what an HTTP status says elsewhere: errors in the middle of a stream have none. */
const STATUS_OF: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

export function troubleOf({ status: told, code, retryAfterMs }: Failure, vendor: Vendor): ProviderError {
  const { name, model, settings } = vendor;
  const status = told ?? (code === undefined ? undefined : STATUS_OF[code]);
  if (status === undefined)
    return new ProviderError('away', `${name} cannot be reached, or broke off.`, { again: true });
  if (status === 413 || (code !== undefined && TOO_LONG.includes(code)))
    return new ProviderError('too_long', `What was asked does not fit into ${model} of ${name}.`);
  if (status === 402 || code === 'insufficient_quota')
    return new ProviderError('limited', `The account at ${name} has no credit left.`, {
      next: `Add credit at ${name}.`,
    });
  if (status === 429)
    return new ProviderError('limited', `${name} gets too many calls (429).`, { again: true, retryAfterMs });
  if (status === 401 || status === 403)
    return new ProviderError('refused', `${name} refuses the key (${status}).`, {
      next: `Put a key that is good for ${model} in ${settings.key}.`,
    });
  if (status === 404) return noModel(vendor);
  if (status === 408 || status === 409 || status >= 500)
    return new ProviderError('away', `${name} is overloaded or out of order (${status}).`, {
      again: true,
      retryAfterMs,
    });
  return new ProviderError('refused', `${name} does not take the request (${status}).`, {
    next: `See whether ${settings.address} is that of ${name}, and ${settings.model} is one of its models.`,
  });
}

/** @param offered names of models that it has */
export function noModel({ name, model, settings }: Vendor, offered: readonly string[] = []): ProviderError {
  const some = offered.slice(0, 5).join(', ');
  return new ProviderError('refused', `${name} has no model ${model}.`, {
    next: some
      ? `Set ${settings.model} to one that it has: ${some}.`
      : `Set ${settings.model} to one that it has, or ${settings.address} to where it is.`,
  });
}

/** From the header, which is in seconds or a date; undefined when there is none. */
export function retryAfterOf(headers: Headers | undefined, now: number): number | undefined {
  const value = headers?.get('retry-after');
  if (!value) return undefined;
  const ms = /^[\d.]+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
