// What went wrong in OpenAI's client, in our words.
import OpenAI from 'openai';
import { ProviderError, retryAfterOf, troubleOf, type Vendor } from './trouble.ts';

export function openAiError(thrown: unknown, vendor: Vendor, now: number): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  if (!(thrown instanceof OpenAI.APIError)) return troubleOf({}, vendor);
  const { status, headers, code, type } = thrown;
  return troubleOf(
    { status, code: code ?? type ?? undefined, retryAfterMs: retryAfterOf(headers, now) },
    vendor,
  );
}
