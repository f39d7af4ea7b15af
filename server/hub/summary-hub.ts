// Wires what summaries are made of: the budget, the work, the jobs of people and the quiet ones of rooms.
import type { Background } from './background.ts';
import type { Bus } from './bus.ts';
import type { HubOptions } from './hub-options.ts';
import type { Leases } from './lease.ts';
import type { LogWriter } from './log-writer.ts';
import type { SocketBook } from './socket-book.ts';
import { createSummaries, type Summaries } from './summaries.ts';
import { createSummaryBook, type SummaryBook } from './summary-book.ts';
import { createBudget } from './summary-budget.ts';
import { createLiveSummaries } from './summary-live.ts';
import { createWork } from './summary-work.ts';

/** Milliseconds between two looks for rooms whose quiet summary is old. */
const LIVE = 20_000;

export interface SummaryHub extends Summaries, Pick<SummaryBook, 'heard'> {
  /** Makes the quiet summaries anew that are due. */
  refreshLive(): Promise<void>;
}

export function createSummaryHub(
  deps: Pick<HubOptions, 'store' | 'summarizer' | 'freeSummarizer' | 'ai' | 'outlet' | 'log'> & {
    writer: LogWriter;
    bus: Bus;
    sockets: SocketBook;
    background: Background;
    leases: Leases;
    now(): number;
  },
): SummaryHub {
  const { store, summarizer, freeSummarizer: free, ai, leases, log } = deps;
  const budget = createBudget(store, ai.monthlyBudget);
  const work = createWork({ store, summarizer, free, budget, log });
  const book = createSummaryBook(deps);
  const summaries = createSummaries({ ...deps, work, book });
  const live = createLiveSummaries({ store, work, every: ai.liveEvery, log });
  const ending = new AbortController();
  if (ai.liveEvery > 0)
    leases.run({ name: 'live summaries', everyMs: LIVE, work: () => live.refresh(ending.signal) });

  return {
    ...summaries,
    heard: book.heard,
    refreshLive: () => live.refresh(ending.signal),
    async letGo() {
      ending.abort();
      await summaries.letGo();
    },
  };
}
