// How people are told who do not look, in one piece: their addresses and wishes, the outbox, and announcements, which use both.
import { type AnnouncementHub, createAnnouncementHub } from './announcement-hub.ts';
import type { Background } from './background.ts';
import type { Bus } from './bus.ts';
import { type Confirmations, createConfirmations } from './confirmations.ts';
import { type Contacts, createContacts } from './contacts.ts';
import type { HubOptions } from './hub-options.ts';
import type { Leases } from './lease.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { SocketBook } from './socket-book.ts';

export interface ReachHub {
  readonly contacts: Contacts;
  readonly confirmations: Confirmations;
  readonly outbox: Outbox;
  readonly announcements: AnnouncementHub;
}

export function createReachHub(
  options: Pick<HubOptions, 'store' | 'outlet' | 'senders' | 'contacts' | 'outbox' | 'log'> & {
    bus: Bus;
    sockets: SocketBook;
    background: Background;
    leases: Leases;
    pollMs: number;
    now(): number;
  },
): ReachHub {
  const { store, leases, log } = options;
  const contacts = createContacts({ store, ...options.contacts });
  const outbox = createOutbox({
    store,
    senders: options.senders ?? [],
    leases,
    unsubscribe: contacts.unsubscribeLink,
    tempo: options.outbox,
    log,
  });
  const announcements = createAnnouncementHub({
    ...options,
    channels: outbox.channels,
    posted: outbox.wake,
  });
  const { linkKey } = options.contacts;
  const confirmations = createConfirmations({ store, outbox, linkKey, now: options.now });
  return { contacts, confirmations, outbox, announcements };
}
