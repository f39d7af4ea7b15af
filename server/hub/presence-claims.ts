// What a person's claims to be there add up to, and why. Pure: the same claims at the same time are the same presence.
import type { ClaimAccount, Presence } from '#shared/protocol/models.ts';
import type { Claim, Vendor } from './ports-integrations.ts';

/** A presence without whose it is and since when. */
export type Claimed = Omit<Presence, 'user' | 'since'>;

/** What a person says of themselves, in force as long as `until` has not come and something says that they are there. */
export interface ManualClaim {
  readonly status: 'active' | 'away' | 'dnd' | 'invisible' | 'auto';
  readonly text?: string | undefined;
  readonly emoji?: string | undefined;
  /** ISO time. */
  readonly until?: string | undefined;
}

/** One part of what a vendor says. */
export interface VendorClaim extends Claim {
  readonly vendor: Vendor;
  readonly part: string;
}

export interface Claims {
  /** The person's devices, by any name. */
  readonly devices: readonly string[];
  readonly manual?: ManualClaim | undefined;
  readonly vendors?: readonly VendorClaim[];
}

/** One claim on the scales. */
interface Weight {
  readonly source: string;
  readonly part?: string | undefined;
  readonly status: ManualClaim['status'] | Claim['status'];
  readonly rank: number;
  readonly text?: string | undefined;
  readonly emoji?: string | undefined;
  /** In ms. */
  readonly until: number;
}

const RANK = { word: 6, busy: 5, mood: 4, active: 3, away: 2, offline: 1, none: 0 } as const;
const REASONS: Record<number, string> = {
  6: 'Do not disturb and invisible, set by oneself, outrank everything.',
  5: 'A call, a huddle or a meeting outranks everything but what one set oneself to do not disturb or invisible.',
  4: 'Away and active, set by oneself, outrank what devices and services say.',
  3: 'Active anywhere is active.',
  2: 'Away counts where nothing says active.',
  1: 'Nothing says that anybody is there.',
};
const DEVICE_NEEDED = 'Counts only while a device is connected.';
const WORDS_ALONE = 'Adds its words; the status is left to the others.';
const OVER = 'Its time is over.';

/** The effective presence that a person's claims add up to at `now` (ms). */
export function effective(claims: Claims, now: number): Claimed {
  const weights = weigh(claims, now);
  const winner = heaviest(weights);
  if (!winner || winner.status === 'offline' || winner.status === 'invisible') {
    return { status: 'offline', sources: [] };
  }
  const status = wireStatus(winner.status);
  const words = wordsOf(winner, claims, now);
  const sources = new Set([winner.source]);
  // What one says oneself rests on the device that it was said on.
  if (winner.source === 'manual' && claims.devices.length > 0) sources.add('socket');
  for (const one of weights) if (one.rank > 0 && wireStatus(one.status) === status) sources.add(one.source);
  if (words === claims.manual) sources.add('manual');
  return {
    status,
    ...(words.text && { text: words.text }),
    ...(words.emoji && { emoji: words.emoji }),
    ...(winner.until < Number.POSITIVE_INFINITY && { until: new Date(winner.until).toISOString() }),
    sources: [...sources],
  };
}

/** Every claim, what it weighs, and why it won or not. */
export function account(claims: Claims, now: number): ClaimAccount[] {
  const weights = weigh(claims, now);
  const winner = heaviest(weights);
  return weights.map(one => ({
    source: one.source,
    ...(one.part !== undefined && { part: one.part }),
    status: one.status,
    ...(one.text && { text: one.text }),
    ...(one.emoji && { emoji: one.emoji }),
    ...(one.until < Number.POSITIVE_INFINITY && { until: new Date(one.until).toISOString() }),
    priority: one.rank,
    won: one === winner,
    why: reason(one, winner, now),
  }));
}

function reason(one: Weight, winner: Weight | undefined, now: number): string {
  if (one.until <= now) return OVER;
  if (one.rank === RANK.none) return one.status === 'auto' ? WORDS_ALONE : DEVICE_NEEDED;
  if (one === winner || !winner) return REASONS[one.rank] as string;
  const name = winner.part ? `${winner.source} (${winner.part})` : winner.source;
  if (one.rank === winner.rank) return `Agrees with ${name}, which counts.`;
  return `Outranked by ${name}: ${winner.status} comes before ${one.status}.`;
}

function weigh({ devices, manual, vendors = [] }: Claims, now: number): Weight[] {
  const weights: Weight[] = [];
  if (manual) {
    const { status, text, emoji } = manual;
    const until = endOf(manual);
    const known = devices.length > 0 || vendors.some(one => (one.until ?? now + 1) > now);
    weights.push({
      source: 'manual',
      status,
      rank: until > now && known ? manualRank(status, devices) : 0,
      text,
      emoji,
      until,
    });
  }
  for (const { vendor, part, status, text, emoji, until = Number.POSITIVE_INFINITY } of vendors) {
    weights.push({ source: vendor, part, status, rank: until > now ? RANK[status] : 0, text, emoji, until });
  }
  for (const part of devices) {
    weights.push({
      source: 'socket',
      part,
      status: 'active',
      rank: RANK.active,
      until: Number.POSITIVE_INFINITY,
    });
  }
  return weights;
}

/** Do not disturb and invisible hold where only a vendor sees the person: nobody means to be found by closing a page. */
function manualRank(status: ManualClaim['status'], devices: readonly string[]): number {
  if (status === 'dnd' || status === 'invisible') return RANK.word;
  return status === 'auto' || devices.length === 0 ? RANK.none : RANK.mood;
}

/** Of equals: a device of the hub's own, then what says most, then what holds longest, then the first. */
function heaviest(weights: readonly Weight[]): Weight | undefined {
  let best: Weight | undefined;
  for (const one of weights) {
    if (one.rank > 0 && (!best || one.rank > best.rank || (one.rank === best.rank && isFirmer(one, best))))
      best = one;
  }
  return best;
}

function isFirmer(one: Weight, best: Weight): boolean {
  if (one.source !== best.source && (one.source === 'socket' || best.source === 'socket'))
    return one.source === 'socket';
  if (Boolean(one.text) !== Boolean(best.text)) return Boolean(one.text);
  return one.until > best.until;
}

/** A person's own words stand, but for those of a meeting or a call, which say what they are in. */
function wordsOf(
  winner: Weight,
  { devices, manual }: Claims,
  now: number,
): { text?: string | undefined; emoji?: string | undefined } {
  if (winner.status === 'busy') {
    return { text: untilText(winner.text || 'Busy', winner.until, now), emoji: winner.emoji };
  }
  const own = manual && (manual.text || manual.emoji) && devices.length > 0 && endOf(manual) > now;
  return own ? manual : winner;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const SAME_DAY = 20 * 3_600_000;

/** "In a meeting until 15:30", by the hub's clock; the presence has the moment itself for those elsewhere. */
function untilText(text: string, until: number, now: number): string {
  if (until === Number.POSITIVE_INFINITY) return text;
  return `${text} until ${(until - now < SAME_DAY ? clock : dayAndClock).format(until)}`;
}

const endOf = ({ until }: ManualClaim): number =>
  until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);

const wireStatus = (status: Weight['status']): Presence['status'] => {
  if (status === 'busy') return 'dnd';
  return status === 'invisible' || status === 'auto' ? 'offline' : status;
};

const LEVEL: Record<Presence['status'], number> = { offline: 0, away: 1, active: 2, dnd: 3 };

/** Whether the second says that there is less of the person than the first. */
export const isLower = (than: Claimed, one: Claimed): boolean => LEVEL[one.status] < LEVEL[than.status];

/** Nobody would see a difference. */
export function same(a: Claimed, b: Claimed): boolean {
  return (
    a.status === b.status &&
    a.text === b.text &&
    a.emoji === b.emoji &&
    a.until === b.until &&
    a.sources.length === b.sources.length &&
    a.sources.every((source, i) => source === b.sources[i])
  );
}
