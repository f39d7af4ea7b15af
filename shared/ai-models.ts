// The language models that the hub knows by name: what they cost, and what became of those in old settings.

/** US dollars for a million tokens, as the vendor lists them. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
}

/** Of Claude Haiku 5.5 these are the prices of prompts up to 100,000 tokens; requests of the hub stay below. */
const CLAUDE = {
  'claude-sonnet-5-5': { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.1 },
  'claude-opus-5-5': { input: 4, output: 20, cacheWrite: 5, cacheRead: 0.2 },
  'claude-haiku-5-5': { input: 0.1, output: 0.5, cacheWrite: 0.125, cacheRead: 0.01 },
} satisfies Record<string, Price>;

const OPENAI = {
  'gpt-6-luna': { input: 0.1, output: 0.5, cacheWrite: 0.125, cacheRead: 0.01 },
  'gpt-6-sol': { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.2 },
  'gpt-6.1-sol': { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.1 },
} satisfies Record<string, Price>;

export const CLAUDE_MODELS = Object.keys(CLAUDE);
export const OPENAI_MODELS = Object.keys(OPENAI);
export const DEFAULT_CLAUDE = 'claude-sonnet-5-5';
export const DEFAULT_OPENAI = 'gpt-6-luna';
export const OPENAI_URL = 'https://api.openai.com/v1';

/** A model nobody told us the price of counts as a dear one, so that a budget is kept rather too early than too late. */
const UNKNOWN: Price = { input: 5, output: 25, cacheWrite: 6.25, cacheRead: 0.5 };

export function priceOf(model: string): Price {
  const known: Readonly<Record<string, Price>> = { ...CLAUDE, ...OPENAI };
  return known[model] ?? UNKNOWN;
}

/** Models that stand in old settings and answer no more. */
const RETIRED: Readonly<Record<string, { readonly on: string; readonly instead: string }>> = {
  'claude-3-opus-20240229': { on: '5 January 2026', instead: 'claude-opus-5-5' },
};

/** What became of a model that was retired; undefined of any other. */
export function retired(model: string): { readonly on: string; readonly instead: string } | undefined {
  return Object.hasOwn(RETIRED, model) ? RETIRED[model] : undefined;
}
