// What tests expect when something must not work.
import * as assert from 'uvu/assert';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import { HubError } from '../hub/errors.ts';
import type { Answer } from './door.ts';

/** The refusal that the work ends in. Anything else it ends in fails the test. */
export async function refusal(work: Promise<unknown>): Promise<HubError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

/** The answer is an error of the protocol with this status, and sets no cookie. */
export function assertRefused(answer: Answer, status: number, code: ErrorCode, message = /...../): void {
  assert.is(answer.status, status, answer.text);
  assert.is(answer.body.error.code, code);
  assert.match(answer.body.error.message, message);
  assert.is(answer.cookie || undefined, undefined, 'sets no cookie');
}
