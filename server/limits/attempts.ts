// Attempts to sign in, counted in spans of time, whatever counts them.
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { AttemptLimit, Limits } from '../hub/ports-people.ts';

const MINUTES = 60;

/**
 * Points in a span of seconds. Of logins only the wrong ones add up, and no limit is on the account alone: whoever guesses a
 * password locks themselves out, not the owner who comes from elsewhere (attack 14).
 */
export const attemptRates: Record<AttemptLimit, { points: number; duration: number }> = {
  'login.address': { points: 100, duration: 15 * MINUTES },
  'login.account': { points: 10, duration: 15 * MINUTES },
  'register.address': { points: 300, duration: 10 * MINUTES },
  'refresh.address': { points: 600, duration: MINUTES },
};

type Limiter = (name: AttemptLimit, rate: { points: number; duration: number }) => RateLimiterAbstract;

export function createAttempts(limiter: Limiter): Pick<Limits, 'attempt' | 'forgive'> {
  const names = Object.keys(attemptRates) as AttemptLimit[];
  const limiters = new Map(names.map(name => [name, limiter(name, attemptRates[name])]));
  const of = (name: AttemptLimit) => limiters.get(name) as RateLimiterAbstract;
  return {
    async attempt(limit, key) {
      try {
        await of(limit).consume(key);
        return { ok: true };
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        return { ok: false, retryAfterMs: Math.max(1, refused.msBeforeNext) };
      }
    },
    async forgive(limit, key) {
      await of(limit).reward(key);
    },
  };
}
