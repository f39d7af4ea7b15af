// The hub as one vendor's adapter sees it: what it may read and write, and that what it claimed ends with it.

import { writtenBy } from '#shared/posted-summary.ts';
import type { Announcements } from './announcements.ts';
import { forbidden } from './errors.ts';
import type { Followers } from './followers.ts';
import type { MessageHub } from './messages.ts';
import type { Log, RoomStore } from './ports.ts';
import type { IntegrationStore, Sealer } from './ports-court.ts';
import type { Claim, Court, Vendor } from './ports-integrations.ts';
import type { PeopleStore } from './ports-people.ts';
import type { SummaryStore } from './ports-summaries.ts';
import { hashSecret } from './secrets.ts';
import { createSpeech } from './speech.ts';
import type { Summaries } from './summaries.ts';
import { createVendorClaims, type VendorClaims } from './vendor-claims.ts';
import { createVendorSecrets } from './vendor-secrets.ts';
import { createWalkIns } from './walk-ins.ts';

export interface CourtDeps {
  readonly store: IntegrationStore &
    Pick<RoomStore, 'openRoom'> &
    Pick<PeopleStore, 'getUser'> &
    Pick<SummaryStore, 'recapReader'>;
  readonly sealer: Sealer;
  readonly messages: MessageHub;
  readonly followers: Followers;
  readonly log: Log;
  /** A summary that nobody's socket waits for. */
  recap: Summaries['whole'];
  announce: Announcements['inRoom'];
  /** Who is there now. */
  online(): readonly string[];
  /** One part of what the vendor claims of a user; null: it is taken back. */
  claimed(user: string, vendor: Vendor, part: string, claim: Claim | null): void;
  /** These two are linked from now on; this node and the others hear of it. */
  linked(vendor: Vendor, id: string, user: string): void;
}

/** A court that is open, as the hub sees it. */
export interface OpenCourt extends Disposable {
  readonly court: Court;
  readonly claims: Pick<VendorClaims, 'linked' | 'unlinked'>;
  /** Reads all links anew, so that a lost hint heals by itself, and does what waited for the database. */
  refresh(): Promise<void>;
}

export function openCourt(vendor: Vendor, deps: CourtDeps): OpenCourt {
  const { store, followers, log } = deps;
  let closed = false;
  const walkIns = createWalkIns({ vendor, store, log });
  const claims = createVendorClaims((user, part, claim) => {
    // A word that comes after the end would stand for ever.
    if (closed) return;
    deps.claimed(user, vendor, part, claim);
    walkIns.at(user, claim?.room);
  });
  const follows = new Set<Disposable>();

  const court: Court = {
    log,
    claim: claims.claim,
    claimNothing: claims.nothing,
    people: () => store.people(vendor, deps.online()),
    async introduce({ id, email }) {
      const user = await store.introduce(vendor, id, email);
      if (user !== null) deps.linked(vendor, id, user);
      return user !== null;
    },
    async redeem(id, code) {
      const user = await store.redeemCode(vendor, id, hashSecret(code.trim().toUpperCase()));
      log.info({ audit: 'linked', vendor, id, user, how: 'code' }, 'Accounts were linked');
      deps.linked(vendor, id, user);
      return user;
    },
    bindings: () => store.bindings(vendor),
    async bind(place, room, by) {
      await store.bind(vendor, place, room, by);
      log.info({ audit: 'bound', vendor, place, room, by }, 'A place was bound to a room');
    },
    async unbind(place, by) {
      await store.unbind(vendor, place, by);
      log.info({ audit: 'unbound', vendor, place, by }, 'A place was unbound');
    },
    roleIn: (room, id) => store.roleIn(vendor, room, id),
    speak: createSpeech(vendor, deps),
    read: (room, after, limit) => store.events(vendor, room, after, limit),
    follow(room, grown) {
      const following = followers.follow(room, grown);
      const one = {
        [Symbol.dispose]() {
          follows.delete(one);
          following[Symbol.dispose]();
        },
      };
      follows.add(one);
      return one;
    },
    async recap(room, since) {
      const reader = await store.recapReader(vendor, room);
      if (!reader) throw forbidden('This room is not linked.');
      const wish = { actor: reader, room, audience: 'me', range: { since }, style: 'brief' } as const;
      const { claims, citations, provider, model, note } = await deps.recap(wish);
      return { claims, citations, by: writtenBy({ provider, model, note }) };
    },
    async announce(room, id, words) {
      const [link] = (await store.links({ vendor })).filter(one => one.id === id);
      if (!link) throw forbidden('Link your account with the hub first.');
      await deps.announce(link.user, room, { ...words, key: `${vendor}:${words.key}` });
    },
    cursor: name => store.cursor(vendor, name),
    moveCursor: (name, seq) => store.moveCursor(vendor, name, seq),
    pair: (place, message, remote) => store.pair(vendor, place, message, remote),
    remoteOf: async (place, message) => (await store.findPair(vendor, place, { message }))?.remote,
    messageOf: async (place, remote) => (await store.findPair(vendor, place, { remote }))?.message,
    ...createVendorSecrets(vendor, deps),
  };
  return {
    court,
    claims,
    async refresh() {
      const links = await store.links({ vendor });
      claims.links(links.map(({ id, user }) => [id, user] as const));
      await walkIns.again();
    },
    [Symbol.dispose]() {
      claims.nothing();
      closed = true;
      for (const one of follows) one[Symbol.dispose]();
    },
  };
}
