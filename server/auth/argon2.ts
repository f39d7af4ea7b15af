// Passwords as argon2id hashes, at the cost that OWASP asks for. A flood of sign-ins is turned away before it fills memory.
import { hash, verify } from '@node-rs/argon2';
import { unavailable } from '../hub/errors.ts';
import type { PasswordHasher } from '../hub/ports-people.ts';

/** 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashes under way and waiting for a thread; at about 20 ms each the last of them waits about a second. */
const MAX_PENDING = 100;

/** @param cost less where nobody attacks, as in tests */
export function createArgon2(cost = COST): PasswordHasher {
  let pending = 0;

  async function queued<T>(work: () => Promise<T>): Promise<T> {
    if (pending >= MAX_PENDING)
      throw unavailable('Too many people are signing in right now. Try again in a moment.');
    pending++;
    try {
      return await work();
    } finally {
      pending--;
    }
  }

  const hashed = (password: string) => queued(() => hash(password, cost));

  return {
    hash: hashed,
    async verify(stored, password) {
      if (stored !== undefined) return queued(() => verify(stored, password));
      await hashed(password);
      return false;
    },
  };
}
