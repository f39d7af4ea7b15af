// How Supabase Storage refuses: HTTP 400 for nearly everything, and the true status as text in the body.
import type { Answer } from './answers.ts';

export class StorageProblem extends Error {
  readonly status: number;
  readonly error: string;

  constructor(status: number, error: string, message: string) {
    super(message);
    this.status = status;
    this.error = error;
  }

  answer(): Answer {
    const { status, error, message } = this;
    return {
      status: status === 416 ? 416 : 400,
      body: JSON.stringify({ statusCode: String(status), error, message }),
    };
  }
}

/** Row level security without a policy: nothing may be written, and nothing is there to be read. */
export const rowSecurity = (): StorageProblem =>
  new StorageProblem(403, 'Unauthorized', 'new row violates row-level security policy');
