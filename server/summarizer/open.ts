// Opens the providers of models that the settings name. Their clients are loaded here, so that a hub without them does not pay for them.
import type { Tempo } from '../ai/tempo.ts';
import type { Log } from '../hub/ports.ts';
import type { ProviderState, Summarizer } from '../hub/ports-ai.ts';
import { createChain, type Link } from './chain.ts';

/** Claude is asked first. */
export interface SummarizerSettings {
  readonly claude?: { readonly apiKey: string; readonly model: string; readonly url: string } | undefined;
  readonly openai?:
    | { readonly apiKey: string | undefined; readonly model: string | undefined; readonly url: string }
    | undefined;
}

export interface OpenedSummarizer extends AsyncDisposable {
  readonly summarizer: Summarizer;
  /** Of each provider by its own, for operators. */
  states(): Readonly<Record<string, ProviderState>>;
}

/** Undefined when the settings name none. */
export async function openSummarizer(
  { claude, openai }: SummarizerSettings,
  shared: { log: Log; tempo?: Partial<Tempo> | undefined },
): Promise<OpenedSummarizer | undefined> {
  const { log, tempo = {} } = shared;
  const links: Link[] = [];
  if (claude) {
    const { openClaude } = await import('./claude.ts');
    links.push({ ...openClaude({ ...claude, log, tempo }), name: 'Claude' });
  }
  if (openai?.model) {
    const { openOpenAi } = await import('./openai.ts');
    links.push({ ...openOpenAi({ ...openai, model: openai.model, log, tempo }), name: 'OpenAI' });
  }
  const [first, ...others] = links;
  if (!first) return undefined;
  const summarizer = createChain([first, ...others]);
  return {
    summarizer,
    states: () => Object.fromEntries(links.map(link => [link.provider, link.state()])),
    [Symbol.asyncDispose]: () => summarizer[Symbol.asyncDispose](),
  };
}
