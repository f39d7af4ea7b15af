// Which providers of models the settings name, for summaries and for embeddings.
import { DEFAULT_CLAUDE, DEFAULT_OPENAI, OPENAI_URL, retired } from '#shared/ai-models.ts';
import type { Values } from './config-checks.ts';

export interface ModelsConfig {
  /** Undefined: Claude is not asked. */
  readonly claude: { readonly apiKey: string; readonly model: string; readonly url: string } | undefined;
  /** OpenAI, or a server that speaks its language, which may want no key. */
  readonly openai:
    | {
        readonly apiKey: string | undefined;
        /** For summaries; undefined: it is there for embeddings alone. */
        readonly model: string | undefined;
        readonly url: string;
      }
    | undefined;
  /** Undefined: there is no search by meaning. */
  readonly embeddings: EmbeddingConfig | undefined;
  /** What Hugging Face is reached with, whether or not it makes embeddings. */
  readonly huggingface: { readonly token: string | undefined; readonly endpoint: string | undefined };
}

export interface EmbeddingConfig {
  readonly provider: 'openai' | 'huggingface';
  readonly model: string;
  readonly dimensions: number;
}

/** What each provider is asked for when nothing else is set. Both know many languages. */
const EMBEDDING_MODELS: Readonly<Record<EmbeddingConfig['provider'], EmbeddingConfig>> = {
  openai: { provider: 'openai', model: 'text-embedding-3-small', dimensions: 512 },
  huggingface: {
    provider: 'huggingface',
    model: 'sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2',
    dimensions: 384,
  },
};

/** @param values without contradictions */
export function modelsOf(values: Values): ModelsConfig {
  const { CLAUDE_API_KEY, OPENAI_API_KEY, OPENAI_BASE_URL, EMBEDDING_PROVIDER } = values;
  const own = isOwnServer(values);
  const usual = EMBEDDING_PROVIDER && EMBEDDING_MODELS[EMBEDDING_PROVIDER];
  return {
    claude: CLAUDE_API_KEY
      ? {
          apiKey: CLAUDE_API_KEY,
          model: values.CLAUDE_MODEL ?? DEFAULT_CLAUDE,
          url: values.CLAUDE_BASE_URL ?? 'https://api.anthropic.com',
        }
      : undefined,
    openai:
      OPENAI_API_KEY || own
        ? {
            apiKey: OPENAI_API_KEY,
            model: values.OPENAI_MODEL ?? (own ? undefined : DEFAULT_OPENAI),
            url: OPENAI_BASE_URL ?? OPENAI_URL,
          }
        : undefined,
    embeddings: usual && {
      provider: usual.provider,
      model: values.EMBEDDING_MODEL ?? usual.model,
      dimensions: values.EMBEDDING_DIMENSIONS ?? usual.dimensions,
    },
    huggingface: { token: values.HF_TOKEN, endpoint: values.HF_ENDPOINT_URL },
  };
}

const isOwnServer = ({ OPENAI_BASE_URL }: Values) =>
  OPENAI_BASE_URL !== undefined && OPENAI_BASE_URL !== OPENAI_URL;

/** What is wrong with these settings taken together: the setting, and what is wrong with it. */
export function modelContradictions(
  values: Values,
  set: Record<string, string>,
): [name: keyof Values, what: string][] {
  const problems: [keyof Values, string][] = [];
  const { EMBEDDING_PROVIDER: provider, EMBEDDING_MODEL: model } = values;
  if (isOwnServer(values) && !set.OPENAI_MODEL && provider !== 'openai')
    problems.push(['OPENAI_MODEL', 'is missing beside OPENAI_BASE_URL: a model of that server']);
  for (const name of ['EMBEDDING_MODEL', 'EMBEDDING_DIMENSIONS'] as const)
    if (set[name] && !set.EMBEDDING_PROVIDER)
      problems.push(['EMBEDDING_PROVIDER', `is missing beside ${name}`]);
  if (provider === 'openai') {
    if (!set.OPENAI_API_KEY && !set.OPENAI_BASE_URL)
      problems.push(['OPENAI_API_KEY', 'is missing beside EMBEDDING_PROVIDER=openai']);
    if (isOwnServer(values) && !set.EMBEDDING_MODEL)
      problems.push(['EMBEDDING_MODEL', 'is missing beside OPENAI_BASE_URL: a model of that server']);
  }
  if (provider === 'huggingface' && !set.HF_TOKEN && !set.HF_ENDPOINT_URL)
    problems.push(['HF_TOKEN', 'or HF_ENDPOINT_URL is missing beside EMBEDDING_PROVIDER=huggingface']);
  if (provider && model && model !== EMBEDDING_MODELS[provider].model && !set.EMBEDDING_DIMENSIONS)
    problems.push([
      'EMBEDDING_DIMENSIONS',
      `is missing beside EMBEDDING_MODEL: how many numbers ${model} gives`,
    ]);
  return problems;
}

/** What is wrong with a model of Claude's that stands in old settings; undefined: nothing that we know of. */
export function retirement(model: string): string | undefined {
  const gone = retired(model);
  return gone && `was retired on ${gone.on} and answers no more: set CLAUDE_MODEL=${gone.instead}`;
}
