// Questions that come together are asked together: while some are on their way, the next gather. A thousand people who come back in one
// moment are a few queries, not thousands.
import { Unreachable } from '../hub/errors.ts';

/** Questions in one query. */
const MOST = 50;
/** Queries of a kind on their way at once; the pool is there for others too. */
const AT_ONCE = 2;

interface Waiting<Q, A> {
  readonly question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/**
 * @param ask answers each question of a group, in their order, and must do no harm when it is repeated
 * @returns asks one; its query begins after the question came, so that the answer is as fresh as if it had been asked alone
 */
export function createTogether<Q, A>(ask: (questions: Q[]) => Promise<A[]>): (question: Q) => Promise<A> {
  const waiting: Waiting<Q, A>[] = [];
  let asking = 0;

  const settle = async (group: Waiting<Q, A>[]): Promise<void> => {
    try {
      const answers = await ask(group.map(({ question }) => question));
      group.forEach(({ resolve }, i) => void resolve(answers[i] as A));
    } catch (error) {
      if (error instanceof Unreachable || group.length === 1) {
        for (const { reject } of group) reject(error);
      } else {
        // One of them is bad: nobody else is to pay for it.
        for (const one of group) await settle([one]);
      }
    }
  };
  const pump = async (): Promise<void> => {
    while (waiting.length > 0) await settle(waiting.splice(0, MOST));
    asking--;
  };
  return question =>
    new Promise<A>((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (asking >= AT_ONCE) return;
      asking++;
      // A microtask later, so that what arrived in the same turn of the loop is asked together.
      queueMicrotask(pump);
    });
}
