// What is to be sent and how people are reached, through the SQL functions of migrations 0018 and 0020: the OutboxStore of every driver.
import type { OutboxStore } from '../../hub/ports-outbox.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createOutboxStore(db: Pick<Db, 'call'>): OutboxStore {
  const call = refusingCall(db);
  return {
    putOut: items => call('outbox_put', { items }),
    cancelOut: async (prefixes, reason) =>
      (await call<{ cancelled: number }>('outbox_cancel', { prefixes, reason })).cancelled,
    claimOut: async (channels, limit, holdSeconds) =>
      (await call<{ items: [] }>('outbox_take', { channels, limit, holdSeconds })).items,
    settleOut: async results => void (await call('outbox_settle', { results })),
    listOut: of => call('outbox_list', of),
    retryOut: async (prefix, by) => (await call<{ count: number }>('outbox_retry', { prefix, by })).count,
    sweepOut: async () => (await call<{ swept: number }>('outbox_sweep', {})).swept,

    pushSubscribe: async (user, device, most) =>
      (await call<{ id: string }>('push_subscribe', { user, ...device, most })).id,
    pushUnsubscribe: async (which, user) =>
      void (await call('push_unsubscribe', { ...which, ...(user !== undefined && { user }) })),
    pushDevices: async user => (await call<{ devices: [] }>('push_list', { user })).devices,
    contact: user => call('contact_get', { user }),
    setPhone: async (user, phone, by) => void (await call('contact_phone', { user, phone, by })),
    subscribe: async (user, channel, topic, on) =>
      void (await call('contact_subscribe', { user, channel, topic, on })),
  };
}
