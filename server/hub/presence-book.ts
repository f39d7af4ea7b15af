// What this node knows of everybody's presence: its own sockets, what people say of themselves, and what other nodes claim for a while.
import type { Presence } from '#shared/protocol/models.ts';
import type { Hints, NodeClaim } from './bus.ts';
import type { Claim, Vendor } from './ports-integrations.ts';
import { effective, type ManualClaim, same } from './presence-claims.ts';

interface Person {
  readonly sockets: Set<string>;
  /** When the last socket here went; until the grace ends the person still counts as there (no flapping on a reload). */
  leftAt?: number;
  /** By node, until when its word holds that a socket is open there. */
  readonly elsewhere: Map<string, number>;
  /** What vendors say that run on this node, by vendor and part. */
  readonly vendors: Map<string, Claim>;
  manual?: ManualClaim | undefined;
  /** Of two claims the later holds, whichever node heard it. */
  manualAt: number;
  /** As it was when others were told last. */
  told: Presence;
}

export interface PresenceBook {
  connected(user: string, socket: string): void;
  disconnected(user: string, socket: string): void;
  set(user: string, claim: ManualClaim): Presence;
  /** One part of what a vendor that runs on this node says; null: it is taken back. */
  claimed(user: string, vendor: Vendor, part: string, claim: Claim | null): void;
  /** As others see it. */
  get(user: string): Presence;
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
  /** Nobody claims this user any more. */
  gone(user: string): void;
}): PresenceBook {
  const { now, grace } = deps;
  const people = new Map<string, Person>();
  /** Those whose presence changed, or will by the mere passing of time. */
  const stirred = new Set<string>();
  const unshared = new Set<string>();

  const person = (user: string): Person => {
    const known = people.get(user);
    if (known) return known;
    const fresh = {
      sockets: new Set<string>(),
      elsewhere: new Map(),
      vendors: new Map(),
      manualAt: 0,
      told: offline(user, now()),
    };
    people.set(user, fresh);
    return fresh;
  };

  const isHere = ({ sockets, leftAt }: Person) =>
    sockets.size > 0 || (leftAt !== undefined && now() - leftAt < grace);

  const current = (user: string, one: Person): Presence => {
    const there = isHere(one) || [...one.elsewhere.values()].some(until => until > now());
    const reduced = effective({ there, manual: one.manual }, now());
    const { user: _, since, ...told } = one.told;
    return same(told, reduced) ? one.told : { user, ...reduced, since: new Date(now()).toISOString() };
  };

  const claim = (user: string, one: Person): NodeClaim => ({
    user,
    there: isHere(one),
    ...(one.manual && { manual: one.manual }),
    manualAt: one.manualAt,
  });

  const stir = (user: string) => {
    stirred.add(user);
    unshared.add(user);
  };

  const get = (user: string): Presence => {
    const one = people.get(user);
    return one ? current(user, one) : offline(user, now());
  };

  /** Forgets who is claimed by nobody; true when so. */
  const forget = (user: string, one: Person): boolean => {
    for (const [node, until] of one.elsewhere) if (until <= now()) one.elsewhere.delete(node);
    if (isHere(one) || one.elsewhere.size > 0 || one.vendors.size > 0) return false;
    people.delete(user);
    deps.gone(user);
    return true;
  };

  return {
    people,
    get,
    connected(user, socket) {
      const one = person(user);
      one.sockets.add(socket);
      delete one.leftAt;
      stir(user);
    },
    disconnected(user, socket) {
      const one = people.get(user);
      if (!one?.sockets.delete(socket) || one.sockets.size > 0) return;
      one.leftAt = now();
      stir(user);
    },
    set(user, manual) {
      const one = people.get(user);
      if (!one) return offline(user, now());
      one.manual = manual;
      one.manualAt = now();
      stir(user);
      return current(user, one);
    },
    claimed(user, vendor, part, claim) {
      const key = `${vendor} ${part}`;
      if (claim) person(user).vendors.set(key, claim);
      else people.get(user)?.vendors.delete(key);
      stir(user);
    },
    changes() {
      const changed: Presence[] = [];
      for (const user of stirred) {
        const one = people.get(user);
        if (!one) {
          stirred.delete(user);
          continue;
        }
        const presence = current(user, one);
        if (presence !== one.told) changed.push(presence);
        one.told = presence;
        const byTime = one.sockets.size === 0 || one.elsewhere.size > 0 || one.manual?.until !== undefined;
        if (!byTime || forget(user, one)) stirred.delete(user);
        // The end of the grace is news to the other nodes.
        else if (one.leftAt !== undefined && !isHere(one)) {
          delete one.leftAt;
          unshared.add(user);
        }
      }
      return changed;
    },
    heard({ node, whole, people: claims }) {
      const until = now() + LEASE;
      const named = new Set<string>();
      for (const { user, there, manual, manualAt } of claims) {
        named.add(user);
        if (!there && !people.has(user)) continue;
        const one = person(user);
        if (there) one.elsewhere.set(node, until);
        else one.elsewhere.delete(node);
        if (manualAt > one.manualAt) Object.assign(one, { manual, manualAt });
        stirred.add(user);
      }
      if (!whole) return;
      for (const [user, one] of people) {
        if (!named.has(user) && one.elsewhere.delete(node)) stirred.add(user);
      }
    },
    news() {
      const news = [...unshared].map(user => {
        const one = people.get(user);
        return one ? claim(user, one) : { user, there: false, manualAt: 0 };
      });
      unshared.clear();
      return news;
    },
    claims: () => [...people].filter(([, one]) => isHere(one)).map(([user, one]) => claim(user, one)),
  };
}

const offline = (user: string, now: number): Presence => ({
  user,
  status: 'offline',
  sources: [],
  since: new Date(now).toISOString(),
});
