// Several providers as one Summarizer: the first that can writes, and says why it was not the one before. The hub's own, which costs
// nothing and never fails, is not among them: the hub turns to it by itself, also where the month's money is spent.
import {
  type Claim,
  type ProviderState,
  type Restart,
  type Summarizer,
  SummarizerError,
  type SummaryRequest,
  type Usage,
} from '../hub/ports-ai.ts';

/** A provider of models with its name for people. */
export interface Link extends Summarizer {
  readonly name: string;
}

/** @param links at least one, in the order in which they are asked */
export function createChain(links: readonly [Link, ...Link[]]): Summarizer {
  const [first, ...others] = links;
  async function* summarize(
    request: SummaryRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Claim | Restart, Usage, undefined> {
    const spent: Usage[] = [];
    const notes: string[] = [];
    for (const [index, link] of links.entries()) {
      let given = 0;
      const parts = link.summarize(request, signal);
      try {
        for (let next = await parts.next(); ; next = await parts.next()) {
          if (next.done) return inAll(next.value, spent, notes);
          given++;
          yield next.value;
        }
      } catch (error) {
        if (!(error instanceof SummarizerError) || signal.aborted) throw error;
        if (error.spent) spent.push(error.spent);
        if (index === links.length - 1) {
          const [last, ...before] = spent.toReversed();
          error.spent = last && inAll(last, before, []);
          throw error;
        }
        const note = `${link.name} ${EXCUSES[error.trouble]}.`;
        notes.push(note);
        if (given > 0) yield { restart: `${note} ${links[index + 1]?.name} begins anew.` };
      } finally {
        await parts.return(undefined as never);
      }
    }
    throw new SummarizerError('away', 'Nobody could be asked.');
  }
  return {
    provider: first.provider,
    model: first.model,
    // Whoever steps in must be able to take it whole.
    maxChars: Math.min(...links.map(({ maxChars }) => maxChars)),
    summarize,
    state: () => inOne(links),
    async [Symbol.asyncDispose]() {
      await Promise.all([first, ...others].map(link => link[Symbol.asyncDispose]()));
    },
  };
}

const EXCUSES = {
  away: 'does not answer just now',
  limited: 'takes no more questions for now',
  refused: 'does not accept this hub’s settings',
  declined: 'declined to answer',
  too_long: 'has no room for so much',
} as const satisfies Record<SummarizerError['trouble'], string>;

function inAll(usage: Usage, spent: readonly Usage[], notes: readonly string[]): Usage {
  const sum = (of: (usage: Usage) => number) => [usage, ...spent].reduce((all, one) => all + of(one), 0);
  const note = [...notes, ...(usage.note ? [usage.note] : [])].join(' ');
  return {
    ...usage,
    ...(note && { note }),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    cost: sum(({ cost }) => cost),
  };
}

/** As good as the best of them; with what is wrong with the first if that is not it. */
function inOne([first, ...others]: readonly [Link, ...Link[]]): ProviderState {
  const state = first.state();
  const standIn = others.find(link => link.state().state === 'ready');
  if (state.state === 'ready' || !standIn) return state;
  return { state: 'degraded', reason: `${state.reason} ${standIn.name} stands in.` };
}
