// How fast calls may come, and one set of buckets for each such limit.
import type { FlowLimit } from '../hub/ports-people.ts';
import { createTokenBuckets, type Rate, type TokenBuckets } from './token-buckets.ts';

/** As promised under "Overload". Bytes are bytes of packets. */
export const flowRates: Record<FlowLimit, Rate> = {
  'call.socket': { perSecond: 20, burst: 40 },
  'call.user': { perSecond: 2, burst: 120 },
  'call.search': { perSecond: 1, burst: 20 },
  'call.bot': { perSecond: 5, burst: 10 },
  // One incoming webhook; many tell of everything at once, and then of nothing for long.
  'call.hook': { perSecond: 2, burst: 60 },
  'call.room': { perSecond: 100, burst: 200 },
  'call.address': { perSecond: 300, burst: 600 },
  // Twenty summaries at once, and then two a minute.
  'ai.user': { perSecond: 1 / 30, burst: 20 },
  'ai.room': { perSecond: 1 / 10, burst: 30 },
  'bytes.socket': { perSecond: 256 * 1024, burst: 512 * 1024 },
  'handshake.address': { perSecond: 20, burst: 20 },
};

export type FlowOverrides = Partial<Record<FlowLimit, Rate>>;

export function createFlows(overrides: FlowOverrides = {}): Record<FlowLimit, TokenBuckets> {
  const rates = Object.entries({ ...flowRates, ...overrides });
  return Object.fromEntries(rates.map(([limit, rate]) => [limit, createTokenBuckets(rate)])) as Record<
    FlowLimit,
    TokenBuckets
  >;
}
