// One person in a node's book of presence: everything that is claimed of them here, and when time alone changes it.
import type { Presence } from '#shared/protocol/models.ts';
import type { Claims, ManualClaim, VendorClaim } from './presence-claims.ts';

/** What another node says of a person. */
export interface Word {
  until: number;
  readonly there: boolean;
  vendors: readonly VendorClaim[];
}

export interface Person {
  readonly sockets: Set<string>;
  /** When the last socket here went; until the grace ends the person still counts as there (no flapping on a reload). */
  leftAt?: number;
  readonly elsewhere: Map<string, Word>;
  /** What vendors say that run on this node, by vendor and part. */
  readonly vendors: Map<string, VendorClaim>;
  manual?: ManualClaim | undefined;
  /** Of two claims the later holds, whichever node heard it. */
  manualAt: number;
  /** As it was when others were told last. */
  told: Presence;
  /** Since when the claims add up to less than was told. */
  lowSince?: number | undefined;
  /** A socket was there, here or elsewhere, at the last look. */
  online: boolean;
  /** What happened is certain, not a vendor's wavering: it shows at once. */
  certain: boolean;
}

/** Milliseconds for which what vendors say must stand before it shows somebody as less there; more shows at once. */
export const SETTLE = 4000;

export const newPerson = (user: string, now: number): Person => ({
  sockets: new Set(),
  elsewhere: new Map(),
  vendors: new Map(),
  manualAt: 0,
  told: offline(user, now),
  online: false,
  certain: false,
});

export const offline = (user: string, now: number): Presence => ({
  user,
  status: 'offline',
  sources: [],
  since: new Date(now).toISOString(),
});

/** @param grace milliseconds between the last socket's end and being offline */
export const isHere = ({ sockets, leftAt }: Person, grace: number, now: number): boolean =>
  sockets.size > 0 || (leftAt !== undefined && now - leftAt < grace);

export function claimsOf(one: Person, grace: number, now: number): Claims {
  const devices = [...one.sockets];
  if (devices.length === 0 && isHere(one, grace, now)) devices.push('just left');
  const vendors = [...one.vendors.values()];
  for (const [node, word] of one.elsewhere) {
    if (word.until <= now) continue;
    if (word.there) devices.push(`on ${node}`);
    vendors.push(...word.vendors);
  }
  return { devices, manual: one.manual, vendors };
}

/** When to look again though nothing happens; infinite: never. */
export function nextLook(one: Person, grace: number, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  const consider = (ms: number | undefined) => {
    if (ms !== undefined && ms > now && ms < next) next = ms;
  };
  if (one.leftAt !== undefined) consider(one.leftAt + grace);
  if (one.lowSince !== undefined) consider(one.lowSince + SETTLE);
  if (one.manual?.until) consider(Date.parse(one.manual.until));
  for (const { until } of one.vendors.values()) consider(until);
  for (const word of one.elsewhere.values()) {
    consider(word.until);
    for (const { until } of word.vendors) consider(until);
  }
  return next;
}

export const sameVendors = (a: readonly VendorClaim[], b: readonly VendorClaim[]): boolean =>
  a.length === b.length && a.every((one, i) => sameClaim(one, b[i] as VendorClaim));

const sameClaim = (a: VendorClaim, b: VendorClaim): boolean =>
  a.vendor === b.vendor &&
  a.part === b.part &&
  a.status === b.status &&
  a.text === b.text &&
  a.emoji === b.emoji &&
  a.until === b.until;
