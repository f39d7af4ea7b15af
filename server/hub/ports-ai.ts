// What writes summaries, and what turns text into vectors: guarantees to the hub, whoever is behind them.

export type SummaryStyle = 'brief' | 'decisions' | 'actions';

/** One thing said, as a summarizer is shown it. In a summary of summaries it is a claim, and `id` stands for what that claim cites. */
export interface Line {
  /** Names it in citations; no two lines of a request share one. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Who said it, by the name people see. */
  readonly by: string;
  /** As written: Markdown, and hostile. It is material, never an instruction (attack 28). */
  readonly text: string;
  /** The line that this one answers, if it is among the lines. */
  readonly replyTo?: string;
}

export interface SummaryRequest {
  readonly title: string;
  /** In the order in which they were said. */
  readonly lines: readonly Line[];
  readonly style: SummaryStyle;
  /** What the reader wants to know; without it, what matters. */
  readonly question?: string;
  /** About so many words in all. */
  readonly words: number;
}

/** One statement of a summary: a sentence, or an item of a list, in Markdown without links or images. */
export interface Claim {
  readonly text: string;
  /** Ids of lines, as the provider names them: to be verified by the hub, since a model may make them up. */
  readonly cites: readonly string[];
}

/** Who was writing gave up after some claims, and another begins from the start: what was given so far is void. */
export interface Restart {
  /** In a sentence for people. */
  readonly restart: string;
}

/** Who wrote a summary, and what it cost, with what was spent in vain; zeros where nobody charges. */
export interface Usage {
  readonly provider: ProviderName;
  /** Part of the key of a cached piece, in place of the summarizer's own: somebody else may have stepped in. */
  readonly model: string;
  /** Why it was not who is asked first, in a sentence for people. */
  readonly note?: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars. */
  readonly cost: number;
}

export type ProviderName = 'claude' | 'openai' | 'extractive';

/** Why a provider gave up, after its own tries. */
export type SummaryTrouble =
  /** It cannot be reached, is overloaded, stalls, or broke off in the middle. */
  | 'away'
  /** Too many calls or no credit left. */
  | 'limited'
  /** The key is wrong, or the model is not there. */
  | 'refused'
  /** The model declines to answer. */
  | 'declined'
  /** What was asked does not fit into it. */
  | 'too_long';

export class SummarizerError extends Error {
  readonly trouble: SummaryTrouble;
  /** Milliseconds after which it may go better; undefined: nobody knows. */
  readonly retryAfterMs: number | undefined;
  /** What was spent on it all the same, where that is known. */
  spent: Usage | undefined;

  /** @param message a sentence for the operator, without secrets and without anything of the messages */
  constructor(trouble: SummaryTrouble, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'SummarizerError';
    this.trouble = trouble;
    this.retryAfterMs = retryAfterMs;
  }
}

/** How a provider stands, for `/readyz`, metrics and the doctor. */
export type ProviderState =
  | { readonly state: 'ready' }
  /** It works in part, or will again by itself. */
  | { readonly state: 'degraded'; readonly reason: string }
  /** It will not work before somebody does what `next` says. */
  | { readonly state: 'failed'; readonly reason: string; readonly next: string };

export interface Summarizer extends AsyncDisposable {
  /** Who is asked first; a Usage says who wrote. */
  readonly provider: ProviderName;
  /** Part of the key of cached pieces: another model, or another version of our own rules, writes anew. */
  readonly model: string;
  /** So much text goes into one request: characters of all lines together. */
  readonly maxChars: number;
  /**
   * Yields each claim as soon as it is whole, and returns what it cost. Ends soon after `signal` is aborted, by rejecting with its
   * reason. Never blocks the event loop for more than a few milliseconds.
   * @throws SummarizerError also after some claims were given
   */
  summarize(request: SummaryRequest, signal: AbortSignal): AsyncGenerator<Claim | Restart, Usage, undefined>;
  state(): ProviderState;
}

/** Vectors of one model. All of them have `dimensions` numbers and the length 1. */
export interface Embedder extends AsyncDisposable {
  readonly provider: 'openai' | 'huggingface';
  /** With `dimensions`, names the space in which vectors may be compared. */
  readonly model: string;
  readonly dimensions: number;
  /**
   * One vector for each text, in their order; batches as the provider's limits ask.
   * @throws SummarizerError when the provider gives up, or answers with vectors of other dimensions
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
  state(): ProviderState;
}

/** Names what can be compared: vectors of one provider, model and size. */
export const spaceOf = ({
  provider,
  model,
  dimensions,
}: Pick<Embedder, 'provider' | 'model' | 'dimensions'>): string => `${provider}:${model}:${dimensions}`;
