// What ties the hub to the services outside, through the SQL functions of migration 0007: the IntegrationStore of every driver.
import type { Outcome } from '../../hub/ports.ts';
import type { IntegrationStore, Link, Sealed } from '../../hub/ports-court.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createIntegrationStore(db: Pick<Db, 'call'>): IntegrationStore {
  const call = refusingCall(db);
  return {
    link: async link => void (await call('link_vendor', link)),
    introduce: async (vendor, id, email) =>
      (await call<{ user: string } | null>('introduce_vendor', { vendor, id, email }))?.user ?? null,
    unlink: async (vendor, user) =>
      (await call<{ id: string } | null>('unlink_vendor', { vendor, user }))?.id ?? null,
    links: async of => (await call<{ links: Link[] }>('list_links', of)).links,
    makeCode: async code => void (await call('make_link_code', code)),
    redeemCode: async (vendor, id, hash) =>
      (await call<{ user: string }>('use_link_code', { vendor, id, hash })).user,

    people: async (vendor, online) =>
      (await call<{ people: never }>('vendor_people', { vendor, online })).people,
    speaker: (vendor, id, guest) => call('vendor_speaker', { vendor, id, guest }),
    join: (vendor, room, user) => call<Outcome>('join_bound', { vendor, room, user }),

    bindings: async vendor => (await call<{ bindings: never }>('list_bindings', { vendor })).bindings,
    bind: async (vendor, place, room, by) => void (await call('bind_place', { vendor, place, room, by })),
    unbind: async (vendor, place, by) => void (await call('unbind_place', { vendor, place, by })),
    roleIn: async (vendor, room, id) =>
      (await call<{ role?: never }>('vendor_role', { vendor, room, id })).role,
    events: (vendor, room, after, limit) => call('bound_events', { vendor, room, after, limit }),

    cursor: async (vendor, name) => (await call<{ seq: number }>('vendor_cursor', { vendor, name })).seq,
    moveCursor: async (vendor, name, seq) => void (await call('vendor_cursor', { vendor, name, seq })),
    pair: async (vendor, place, message, remote) =>
      void (await call('make_pair', { vendor, place, message, remote })),
    findPair: (vendor, place, by) => call('find_pair', { vendor, place, ...by }),

    keepSecret: async (vendor, owner, sealed) =>
      void (await call('keep_secret', { vendor, owner, ...(sealed && { sealed }) })),
    secret: (vendor, owner) => call<Sealed | null>('get_secret', { vendor, owner }),
    owners: async vendor => (await call<{ owners: string[] }>('secret_owners', { vendor })).owners,
  };
}
