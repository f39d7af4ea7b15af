// Vectors as they come from outside, believed only after a look: a provider that is set up wrongly answers with none, or with others.
import { ProviderError, type Vendor } from '../ai/trouble.ts';

/**
 * As many as there are texts, of the right dimensions, each of length 1.
 * @throws ProviderError when they are not what was asked for
 */
export function vectorsOf(
  given: unknown,
  { texts, dimensions, vendor }: { texts: number; dimensions: number; vendor: Vendor },
): Float32Array[] {
  const { name, model, settings } = vendor;
  const refuse = (what: string, next: string): ProviderError =>
    new ProviderError('refused', `${name} ${what}`, { next });
  if (!Array.isArray(given) || given.length !== texts)
    throw refuse(
      'does not answer with a vector for each text.',
      `See whether ${model} is a model for embeddings, and ${settings.address} its address.`,
    );
  return given.map(one => {
    if (!Array.isArray(one) && !(one instanceof Float32Array))
      throw refuse(
        'answers with something that is no vector.',
        `Set ${settings.model} to one for embeddings.`,
      );
    if (one.length === 0)
      throw refuse(
        'answers with empty vectors.',
        `See whether the server at ${settings.address} makes embeddings with ${model}.`,
      );
    if (one.length !== dimensions)
      throw refuse(
        `gives vectors of ${one.length} numbers with ${model}, not of ${dimensions}.`,
        `Set EMBEDDING_DIMENSIONS=${one.length}, or ${settings.model} to the model that it was before.`,
      );
    return unit(Float32Array.from(one), () =>
      refuse('answers with vectors that are no numbers.', `Set ${settings.model} to another model.`),
    );
  });
}

function unit(vector: Float32Array, wrong: () => ProviderError): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (!Number.isFinite(length) || length === 0) throw wrong();
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] as number) / length;
  return vector;
}
