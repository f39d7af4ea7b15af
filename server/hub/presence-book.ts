// What this node knows of everybody's presence: its own sockets, what people say of themselves, what vendors say that run here, and what
// other nodes claim for a while. Looks at nobody whom nothing happened to.
import type { ClaimAccount, Presence } from '#shared/protocol/models.ts';
import type { Hints, NodeClaim } from './bus.ts';
import type { Claim, Vendor } from './ports-integrations.ts';
import { account, type Claimed, effective, isLower, type ManualClaim, same } from './presence-claims.ts';
import {
  claimsOf,
  isHere,
  newPerson,
  nextLook,
  offline,
  type Person,
  SETTLE,
  sameVendors,
} from './presence-person.ts';
import { createSchedule } from './schedule.ts';

export interface PresenceBook {
  connected(user: string, socket: string): void;
  disconnected(user: string, socket: string): void;
  set(user: string, claim: ManualClaim): Presence;
  /** One part of what a vendor that runs on this node says; null: it is taken back. */
  claimed(user: string, vendor: Vendor, part: string, claim: Claim | null): void;
  /** Ends at once what this vendor says of the user, on whichever node it runs. */
  unlinked(user: string, vendor: Vendor): void;
  /** As others see it. */
  get(user: string): Presence;
  /** Every claim, and which won. */
  explain(user: string): { presence: Presence; claims: ClaimAccount[] };
  /** Those who may be there: who is not among them is offline. */
  readonly people: ReadonlyMap<string, unknown>;
  /** Effective changes since the last call, in the order of people's first stir. */
  changes(): Presence[];
  /** Takes another node's word, which holds for `LEASE`. */
  heard(hint: Hints['presence']): void;
  /** What changed here since the last call, for the other nodes. */
  news(): NodeClaim[];
  /** All that this node has to say. */
  claims(): NodeClaim[];
}

/** Milliseconds for which a node's word holds without being repeated: with the tick, no ghost is older than 45 s (I11). */
export const LEASE = 30_000;
export function createPresenceBook(deps: {
  now(): number;
  /** Milliseconds between the last socket's end and being offline. */
  grace: number;
  /** This user has no socket any more, here or elsewhere. */
  gone(user: string): void;
}): PresenceBook {
  const { now, grace } = deps;
  const people = new Map<string, Person>();
  /** Those to whom something happened. */
  const stirred = new Set<string>();
  /** Those whom time alone may change. */
  const schedule = createSchedule();
  const unshared = new Set<string>();

  const person = (user: string): Person => {
    const known = people.get(user);
    if (known) return known;
    const fresh = newPerson(user, now());
    people.set(user, fresh);
    return fresh;
  };
  const here = (one: Person) => isHere(one, grace, now());
  const reduce = (one: Person) => effective(claimsOf(one, grace, now()), now());

  /** A change for less waits until it has stood, unless it is certain. */
  const waits = (one: Person, reduced: Claimed): boolean =>
    !one.certain && isLower(one.told, reduced) && Math.abs(now() - (one.lowSince ?? now())) < SETTLE;
  /** What is told from now on. */
  const view = (user: string, one: Person, reduced: Claimed): Presence =>
    same(one.told, reduced) || waits(one, reduced)
      ? one.told
      : { user, ...reduced, since: new Date(now()).toISOString() };

  const stir = (user: string, one: Person, certain: boolean) => {
    if (certain) one.certain = true;
    stirred.add(user);
  };

  const get = (user: string): Presence => {
    const one = people.get(user);
    if (!one) return offline(user, now());
    return stirred.has(user) ? view(user, one, reduce(one)) : one.told;
  };

  /** Takes out what has run out. */
  const prune = (user: string, one: Person) => {
    for (const [key, { until = Number.POSITIVE_INFINITY }] of one.vendors) {
      if (until <= now()) one.vendors.delete(key);
    }
    for (const [node, word] of one.elsewhere) {
      if (word.until > now()) continue;
      one.elsewhere.delete(node);
      one.certain = true;
    }
    if (one.leftAt !== undefined && !here(one)) {
      delete one.leftAt;
      one.certain = true;
      // The end of the grace is news to the other nodes.
      unshared.add(user);
    }
    const online = here(one) || [...one.elsewhere.values()].some(word => word.there);
    if (one.online && !online) deps.gone(user);
    one.online = online;
  };

  /** The change that is to be told, if there is one. */
  const look = (user: string, one: Person): Presence | undefined => {
    prune(user, one);
    const reduced = reduce(one);
    const waiting = waits(one, reduced);
    const presence = view(user, one, reduced);
    const changed = presence !== one.told;
    one.lowSince = waiting ? (one.lowSince ?? now()) : undefined;
    one.certain = false;
    one.told = presence;
    if (!here(one) && one.elsewhere.size === 0 && one.vendors.size === 0 && !waiting) people.delete(user);
    else {
      const next = nextLook(one, grace, now());
      if (next < Number.POSITIVE_INFINITY) schedule.at(user, next);
    }
    return changed ? presence : undefined;
  };

  const nodeClaim = (user: string, one: Person): NodeClaim => ({
    user,
    there: here(one),
    ...(one.manual && { manual: one.manual }),
    manualAt: one.manualAt,
    ...(one.vendors.size > 0 && { vendors: [...one.vendors.values()] }),
  });

  return {
    people,
    get,
    connected(user, socket) {
      const one = person(user);
      one.sockets.add(socket);
      delete one.leftAt;
      stir(user, one, true);
      unshared.add(user);
    },
    disconnected(user, socket) {
      const one = people.get(user);
      if (!one?.sockets.delete(socket) || one.sockets.size > 0) return;
      one.leftAt = now();
      stir(user, one, true);
      unshared.add(user);
    },
    set(user, manual) {
      const one = people.get(user);
      if (!one) return offline(user, now());
      one.manual = manual;
      one.manualAt = now();
      stir(user, one, true);
      unshared.add(user);
      return view(user, one, reduce(one));
    },
    claimed(user, vendor, part, claim) {
      const key = `${vendor} ${part}`;
      const one = claim ? person(user) : people.get(user);
      if (!one) return;
      if (claim) one.vendors.set(key, { ...claim, vendor, part });
      else if (!one.vendors.delete(key)) return;
      stir(user, one, false);
      unshared.add(user);
    },
    unlinked(user, vendor) {
      const one = people.get(user);
      if (!one) return;
      for (const [key, claim] of one.vendors) if (claim.vendor === vendor) one.vendors.delete(key);
      for (const word of one.elsewhere.values()) {
        word.vendors = word.vendors.filter(claim => claim.vendor !== vendor);
      }
      stir(user, one, true);
      unshared.add(user);
    },
    explain(user) {
      const one = people.get(user);
      return { presence: get(user), claims: one ? account(claimsOf(one, grace, now()), now()) : [] };
    },
    changes() {
      for (const user of schedule.due(now())) stirred.add(user);
      const changed: Presence[] = [];
      for (const user of stirred) {
        const one = people.get(user);
        const change = one && look(user, one);
        if (change) changed.push(change);
      }
      stirred.clear();
      return changed;
    },
    heard({ node, whole, people: claims }) {
      const until = now() + LEASE;
      const named = new Set<string>();
      for (const { user, there, manual, manualAt, vendors = [] } of claims) {
        named.add(user);
        const says = there || vendors.length > 0;
        if (!says && !people.has(user)) continue;
        const one = person(user);
        const before = one.elsewhere.get(node);
        if (says) one.elsewhere.set(node, { until, there, vendors });
        else one.elsewhere.delete(node);
        const newer = manualAt > one.manualAt;
        if (newer) Object.assign(one, { manual, manualAt });
        const moved = there !== (before?.there ?? false);
        if (newer || moved || !sameVendors(before?.vendors ?? [], vendors)) stir(user, one, newer || moved);
      }
      if (!whole) return;
      for (const [user, one] of people) {
        if (!named.has(user) && one.elsewhere.delete(node)) stir(user, one, true);
      }
    },
    news() {
      const news = [...unshared].map(user => {
        const one = people.get(user);
        return one ? nodeClaim(user, one) : { user, there: false, manualAt: 0 };
      });
      unshared.clear();
      return news;
    },
    claims: () =>
      [...people]
        .filter(([, one]) => here(one) || one.vendors.size > 0)
        .map(([user, one]) => nodeClaim(user, one)),
  };
}
