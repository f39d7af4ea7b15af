// Embeddings by OpenAI, or any server that speaks its language.
import { createBreaker } from '../ai/breaker.ts';
import { type Caller, call } from '../ai/call.ts';
import { type OpenAiAddress, openAiClient } from '../ai/openai-client.ts';
import { openAiError } from '../ai/openai-error.ts';
import { TEMPO, type Tempo } from '../ai/tempo.ts';
import { ProviderError, type Vendor } from '../ai/trouble.ts';
import type { Embedder } from '../hub/ports-ai.ts';
import { batchesOf, type Limits } from './batches.ts';
import { vectorsOf } from './vectors.ts';

export interface OpenAiEmbedderOptions extends OpenAiAddress {
  readonly model: string;
  readonly dimensions: number;
  readonly tempo?: Partial<Tempo>;
  readonly now?: () => number;
}

/** 8,192 tokens, 2,048 texts and 300,000 tokens, at worst a token a character; and no request that takes long. */
const LIMITS: Limits = { chars: 8000, texts: 256, charsInAll: 250_000 };
/** Only these are made shorter on request; others refuse the word. */
const SHORTENS = /^text-embedding-3-/;

export function openOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const { model, dimensions, now = Date.now } = options;
  const { client, name } = openAiClient(options);
  const tempo = { ...TEMPO, ...options.tempo };
  const vendor: Vendor = {
    name,
    model,
    settings: { key: 'OPENAI_API_KEY', model: 'EMBEDDING_MODEL', address: 'OPENAI_BASE_URL' },
  };
  const caller: Caller = {
    vendor,
    tempo,
    breaker: createBreaker({ name: vendor.name, tempo, now }),
    asError: thrown => openAiError(thrown, vendor, now()),
  };
  const closing = new AbortController();
  return {
    provider: 'openai',
    model,
    dimensions,
    state: caller.breaker.state,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (const input of batchesOf(texts, LIMITS)) {
        const either = AbortSignal.any([signal, closing.signal]);
        const batch = await call(caller, either, async watchdog => {
          const { data } = await client.withOptions({ fetch: watchdog.fetch }).embeddings.create(
            {
              model,
              input,
              // Left to itself the client asks for base64, and makes empty vectors of the numbers that some servers answer with.
              encoding_format: 'float',
              ...(SHORTENS.test(model) && { dimensions }),
            },
            { signal: watchdog.signal },
          );
          const given = Array.isArray(data)
            ? data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding)
            : data;
          return vectorsOf(given, { texts: input.length, dimensions, vendor });
        });
        vectors.push(...batch);
      }
      return vectors;
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new ProviderError('away', 'The hub is closing.'));
    },
  };
}
