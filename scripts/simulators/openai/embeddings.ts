// Embeddings in OpenAI's language, within its limits: as numbers or in base64, as asked for or as a server that knows numbers alone.

import { vectorOf } from '../models/vector.ts';
import { tokensOf } from '../models/writer.ts';
import type { EmbeddingRequest } from './request.ts';

export const LIMITS = { tokensEach: 8192, inputs: 2048, tokensInAll: 300_000 };

/** What is beyond the limits, in words; undefined: nothing. */
export function beyond(inputs: readonly string[]): string | undefined {
  if (inputs.length > LIMITS.inputs) return `input: more than ${LIMITS.inputs} inputs`;
  const counts = inputs.map(tokensOf);
  if (Math.max(...counts) > LIMITS.tokensEach) return `input: more than ${LIMITS.tokensEach} tokens in one`;
  const all = counts.reduce((sum, count) => sum + count, 0);
  return all > LIMITS.tokensInAll ? `input: more than ${LIMITS.tokensInAll} tokens in all` : undefined;
}

export function embeddings(
  request: EmbeddingRequest,
  { dimensions, base64 }: { dimensions: number; base64: boolean },
): object {
  const inputs = typeof request.input === 'string' ? [request.input] : request.input;
  const tokens = inputs.map(tokensOf).reduce((sum, count) => sum + count, 0);
  return {
    object: 'list',
    model: request.model,
    data: inputs.map((text, index) => {
      const vector = dimensions === 0 ? [] : vectorOf(text, dimensions);
      const bytes = () => Buffer.from(Float32Array.from(vector).buffer).toString('base64');
      return { object: 'embedding', index, embedding: base64 ? bytes() : vector };
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
