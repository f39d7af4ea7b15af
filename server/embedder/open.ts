// Opens who makes embeddings, as the settings name them. The client is loaded here, so that a hub without embeddings does not pay for it.
import type { Tempo } from '../ai/tempo.ts';
import type { Embedder } from '../hub/ports-ai.ts';

export interface EmbedderSettings {
  readonly embeddings: {
    readonly provider: 'openai' | 'huggingface';
    readonly model: string;
    readonly dimensions: number;
  };
  readonly openai?: { readonly apiKey: string | undefined; readonly url: string } | undefined;
  readonly huggingface: { readonly token: string | undefined; readonly endpoint: string | undefined };
}

/** @throws Error when the settings contradict each other, which reading them rules out */
export async function openEmbedder(
  settings: EmbedderSettings,
  tempo: Partial<Tempo> = {},
): Promise<Embedder> {
  const { embeddings, openai, huggingface } = settings;
  const { provider, ...model } = embeddings;
  if (provider === 'huggingface') {
    const { openHuggingFace } = await import('./huggingface.ts');
    return openHuggingFace({ ...huggingface, ...model, tempo });
  }
  if (!openai) throw new Error('Embeddings by OpenAI need OPENAI_API_KEY or OPENAI_BASE_URL.');
  const { openOpenAiEmbedder } = await import('./openai.ts');
  return openOpenAiEmbedder({ apiKey: openai.apiKey, url: openai.url, ...model, tempo });
}
