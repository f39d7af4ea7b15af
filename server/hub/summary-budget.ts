// What summaries may cost in a month, over all nodes: counted in the database after each request, looked at before the next. What costs nothing
// goes on when it is spent.
import type { Summarizer, SummaryRequest, Usage } from './ports-ai.ts';
import type { SummaryStore } from './ports-summaries.ts';
import { charsOf } from './summary-pieces.ts';

export interface Budget {
  /** False: this month's money is spent. Nodes that ask in the same moment may each begin one more request. */
  left(): Promise<boolean>;
  charge(request: SummaryRequest, usage: Usage): Promise<void>;
  /** Of a request that broke off nobody knows what it cost: about what others of its length did. */
  chargeBroken(provider: Summarizer['provider'], request: SummaryRequest): Promise<void>;
}

/** @param monthly US dollars */
export function createBudget(store: Pick<SummaryStore, 'spend'>, monthly: number): Budget {
  /** By provider: dollars and characters of the requests that ended well. */
  const known = new Map<string, { cost: number; chars: number }>();
  return {
    left: async () => (await store.spend()) < monthly,
    async charge(request, { provider, inputTokens, outputTokens, cost }) {
      if (cost === 0) return;
      const sum = known.get(provider) ?? { cost: 0, chars: 0 };
      sum.cost += cost;
      sum.chars += charsOf(request.lines);
      known.set(provider, sum);
      await store.spend({ provider, inputTokens, outputTokens, cost });
    },
    async chargeBroken(provider, request) {
      const { cost, chars } = known.get(provider) ?? { cost: 0, chars: 0 };
      if (provider === 'extractive' || chars === 0) return;
      const guess = (cost / chars) * charsOf(request.lines);
      await store.spend({ provider, inputTokens: 0, outputTokens: 0, cost: guess });
    },
  };
}
