// What stands before every method: the token with its scopes, Slack's rate limits, and the faults that were asked for.
import type { Random } from '../../chaos/random.ts';
import { Refusal } from './shapes.ts';

export type Fault = {
  /** Of one method; without it of every one. */
  readonly method?: string;
  /** How often; without it until it is mended. */
  times?: number;
  /** Only this share of the calls. */
  readonly share?: number;
} & (
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'rate_limited'; readonly retryAfter: number }
  | { readonly kind: 'error'; readonly error: string; readonly extra?: object }
  /** Does the work at once and answers late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Does the work, and cuts the connection instead of answering. */
  | { readonly kind: 'cut' }
);

export type Token = {
  readonly kind: 'bot' | 'app';
  /** The error that Slack answers, once it is no good. */
  broken?: 'invalid_auth' | 'account_inactive' | 'token_revoked';
  scopes: string[];
};

/** Calls a minute by Slack's tiers; `post` is one a second in each channel. */
export type Tier = 1 | 2 | 3 | 4 | 'post' | 'special';
const PER_MINUTE = { 1: 1, 2: 20, 3: 50, 4: 100, post: 60, special: 600 } as const;
/** Slack lets short bursts of posts through. */
const POST_BURST = 3;

export type Gate = ReturnType<typeof createGate>;

export function createGate(random: Random, settings: { limits: boolean }) {
  const tokens = new Map<string, Token>();
  const faults = new Set<Fault>();
  const struck = new Map<Fault['kind'], number>();
  const buckets = new Map<string, { left: number; at: number }>();

  return {
    tokens,
    faults,
    /** How often each kind of fault befell a call. */
    struck: struck as ReadonlyMap<Fault['kind'], number>,
    /** @throws Refusal */
    admit(authorization: string | undefined, kind: Token['kind'], scope: string | undefined): Token {
      const secret = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
      if (!secret) throw new Refusal('not_authed');
      const token = tokens.get(secret);
      if (!token) throw new Refusal('invalid_auth');
      if (token.broken) throw new Refusal(token.broken);
      if (token.kind !== kind) throw new Refusal('not_allowed_token_type');
      if (scope && !token.scopes.includes(scope)) {
        throw new Refusal('missing_scope', { needed: scope, provided: token.scopes.join(',') });
      }
      return token;
    },
    /** Seconds to wait; undefined: it may pass. */
    limit(method: string, tier: Tier, channel: string): number | undefined {
      if (!settings.limits) return undefined;
      const perMinute = PER_MINUTE[tier];
      const most = tier === 'post' ? POST_BURST : perMinute;
      const name = tier === 'post' ? `${method} ${channel}` : method;
      const now = Date.now();
      const bucket = buckets.get(name) ?? { left: most, at: now };
      const left = Math.min(most, bucket.left + ((now - bucket.at) * perMinute) / 60_000);
      buckets.set(name, { left: left >= 1 ? left - 1 : left, at: now });
      return left >= 1 ? undefined : Math.ceil(((1 - left) * 60) / perMinute);
    },
    /** The fault that befalls this call. */
    strike(method: string): Fault | undefined {
      for (const fault of faults) {
        if (fault.method !== undefined && fault.method !== method) continue;
        if (fault.share !== undefined && !random.chance(fault.share)) continue;
        if (fault.times !== undefined && --fault.times <= 0) faults.delete(fault);
        struck.set(fault.kind, (struck.get(fault.kind) ?? 0) + 1);
        return fault;
      }
      return undefined;
    },
  };
}
