// The client of OpenAI, or of a server that speaks its language, set up so that tries, times and errors are ours; and what such a server is called.
import OpenAI from 'openai';
import { OPENAI_URL } from '#shared/ai-models.ts';

export interface OpenAiAddress {
  /** Undefined: the server wants none. */
  readonly apiKey: string | undefined;
  /** With its version, without a slash at the end. */
  readonly url: string;
}

export function openAiClient({ apiKey, url }: OpenAiAddress) {
  const own = url !== OPENAI_URL;
  const client = new OpenAI({
    // The client sends no request without one; servers that want none do not look.
    apiKey: apiKey ?? 'none',
    organization: null,
    project: null,
    baseURL: url,
    // Its own tries would neither be counted nor end with the caller's patience, and it tries in vain when there is no credit.
    maxRetries: 0,
    logLevel: 'off',
  });
  return { client, own, name: own ? `The server at ${new URL(url).host}` : 'OpenAI' };
}
