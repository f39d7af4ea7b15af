// Calls SQL functions that answer either with data or with `{error}`, and makes the second a refusal.
import { HubError } from '../../hub/errors.ts';
import type { Db } from '../db.ts';

interface Failure {
  error: { code: HubError['code']; message: string; details?: unknown };
}

const isFailure = (answer: unknown): answer is Failure =>
  typeof answer === 'object' && answer !== null && 'error' in answer;

/** The functions are ours and state their answers beside their code, so an answer is not parsed a second time. */
export function refusingCall(db: Pick<Db, 'call'>): <T>(fn: string, input: object) => Promise<T> {
  return async <T>(fn: string, input: object): Promise<T> => {
    const answer = (await db.call(fn, input)) as T | Failure;
    if (isFailure(answer)) {
      throw new HubError(answer.error.code, answer.error.message, { details: answer.error.details });
    }
    return answer;
  };
}
