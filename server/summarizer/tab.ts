// What one summary has cost so far, over all its tries: vendors charge for what broke off as well.
import { type Price, priceOf } from '#shared/ai-models.ts';
import type { ProviderName, Usage } from '../hub/ports-ai.ts';

/** Tokens of one answer. Vendors tell them as they go, each time in all. */
export interface Tokens {
  /** Neither written to the vendor's cache nor read from it. */
  input: number;
  cacheWrite: number;
  cacheRead: number;
  output: number;
}

const MILLION = 1_000_000;

export interface Tab {
  /** A new answer begins; its tokens are changed as they are told. */
  open(): Tokens;
  usage(note?: string): Usage;
}

/** @param paid what the tokens cost; nothing on a server of one's own */
export function createTab(provider: ProviderName, model: string, paid: Price = priceOf(model)): Tab {
  const answers: Tokens[] = [];
  const sum = (of: (tokens: Tokens) => number) => answers.reduce((total, tokens) => total + of(tokens), 0);
  return {
    open() {
      const tokens = { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 };
      answers.push(tokens);
      return tokens;
    },
    usage: note => ({
      provider,
      model,
      ...(note !== undefined && { note }),
      inputTokens: sum(({ input, cacheWrite, cacheRead }) => input + cacheWrite + cacheRead),
      outputTokens: sum(({ output }) => output),
      cost:
        sum(
          ({ input, cacheWrite, cacheRead, output }) =>
            input * paid.input +
            cacheWrite * paid.cacheWrite +
            cacheRead * paid.cacheRead +
            output * paid.output,
        ) / MILLION,
    }),
  };
}
