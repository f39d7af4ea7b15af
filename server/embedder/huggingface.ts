// Embeddings by Hugging Face: its own service, or an endpoint of one's own (a dedicated one, or Text Embeddings Inference anywhere).
import { InferenceClient } from '@huggingface/inference';
import { createBreaker } from '../ai/breaker.ts';
import { type Caller, call } from '../ai/call.ts';
import { TEMPO, type Tempo } from '../ai/tempo.ts';
import { ProviderError, troubleOf, type Vendor } from '../ai/trouble.ts';
import type { Embedder } from '../hub/ports-ai.ts';
import { batchesOf, type Limits } from './batches.ts';
import { vectorsOf } from './vectors.ts';

export interface HuggingFaceOptions {
  readonly token: string | undefined;
  readonly model: string;
  readonly dimensions: number;
  /** Undefined: Hugging Face's own service. */
  readonly endpoint: string | undefined;
  readonly tempo?: Partial<Tempo>;
  readonly now?: () => number;
}

/** Models here read a few hundred tokens; Text Embeddings Inference takes 32 texts at once where nobody said otherwise. */
const LIMITS: Limits = { chars: 4000, texts: 32, charsInAll: 64_000 };

export function openHuggingFace(options: HuggingFaceOptions): Embedder {
  const { token, model, dimensions, endpoint, now = Date.now } = options;
  const tempo = { ...TEMPO, ...options.tempo };
  const vendor: Vendor = {
    name: endpoint ? `The endpoint at ${new URL(endpoint).host}` : 'Hugging Face',
    model,
    settings: { key: 'HF_TOKEN', model: 'EMBEDDING_MODEL', address: 'HF_ENDPOINT_URL' },
  };
  const caller: Caller = {
    vendor,
    tempo,
    breaker: createBreaker({ name: vendor.name, tempo, now }),
    asError: thrown => (thrown instanceof ProviderError ? thrown : errorOf(thrown, vendor)),
  };
  const client = new InferenceClient(token, endpoint === undefined ? {} : { endpointUrl: endpoint });
  const closing = new AbortController();
  return {
    provider: 'huggingface',
    model,
    dimensions,
    state: caller.breaker.state,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (const inputs of batchesOf(texts, LIMITS)) {
        const either = AbortSignal.any([signal, closing.signal]);
        const batch = await call(caller, either, async watchdog => {
          const given = await client.featureExtraction(
            // The model is named in any case; an endpoint has but one.
            {
              ...(endpoint === undefined ? { model, provider: 'hf-inference' } : {}),
              inputs,
              truncate: true,
            },
            // By itself it repeats a 503 at once and without end.
            { retry_on_error: false, fetch: watchdog.fetch, signal: watchdog.signal },
          );
          return vectorsOf(pooled(given, inputs.length), { texts: inputs.length, dimensions, vendor });
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

/** One vector for each text. Some servers wrap all of them once more; models without pooling give one for each token, which is averaged. */
function pooled(given: unknown, texts: number): unknown {
  if (!Array.isArray(given)) return given;
  if (texts === 1 && typeof given[0] === 'number') return [given];
  const wrapped = given.length === 1 && Array.isArray(given[0]) && Array.isArray(given[0][0]);
  const list: unknown[] = wrapped && given[0].length === texts && texts > 1 ? given[0] : given;
  return list.map(one => (Array.isArray(one) && Array.isArray(one[0]) ? mean(one as number[][]) : one));
}

const mean = (rows: readonly number[][]): number[] =>
  (rows[0] ?? []).map((_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length);

/** By its shape: the client's error classes name the status alone. */
function errorOf(thrown: unknown, vendor: Vendor): ProviderError {
  const { httpResponse, name } = thrown as {
    httpResponse?: { status?: number; body?: { estimated_time?: unknown } };
    name?: string;
  };
  if (name === 'ProviderOutputError')
    return new ProviderError('refused', `${vendor.name} does not answer with vectors.`, {
      next: `Set ${vendor.settings.model} to a model for embeddings.`,
    });
  const seconds = httpResponse?.body?.estimated_time;
  const retryAfterMs = typeof seconds === 'number' ? seconds * 1000 : undefined;
  return troubleOf({ status: httpResponse?.status, retryAfterMs }, vendor);
}
