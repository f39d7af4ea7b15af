// How people are reached when they are not here: their devices, numbers and wishes. And the links by which they say that they want no more of something.
import { z } from 'zod';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import { type Channel, channel, type Topic, topic } from '#shared/protocol/outbox.ts';
import { forbidden, HubError } from './errors.ts';
import { isAdmin } from './policy.ts';
import type { Actor } from './ports.ts';
import type { OutboxStore } from './ports-outbox.ts';
import { createSignedLinks } from './signed-links.ts';

/** Devices of one person. */
const DEVICES = 20;

export interface ContactOptions {
  /** The key by which browsers know this hub's pushes; undefined: there is no Web Push. */
  readonly pushKey: string | undefined;
  /** @throws HubError when nothing may ever be sent there */
  checkEndpoint(endpoint: string): void;
  /** Signs links for unsubscribing; the same on every node. */
  readonly linkKey: Buffer;
  /** Where people reach the hub, without a slash at the end; undefined before it listens. */
  publicUrl(): string | undefined;
}

export interface Subscription {
  readonly user: string;
  readonly channel: Channel;
  readonly topic: Topic;
}

export type Contacts = ReturnType<typeof createContacts>;

export function createContacts({ store, ...options }: ContactOptions & { store: OutboxStore }) {
  const links = createSignedLinks(options.linkKey, 'unsubscribe');

  const owner = (actor: Actor, user: string | undefined): string => {
    if (user === undefined || user === actor.id) return actor.id;
    if (!isAdmin(actor)) throw forbidden('Only admins may see how others are reached.');
    return user;
  };

  return {
    async devices(actor: Actor): Promise<CallData<'push:list'>> {
      const devices = await store.pushDevices(actor.id);
      return { devices, ...(options.pushKey !== undefined && { key: options.pushKey }) };
    },

    async addDevice(actor: Actor, input: ParsedInput<'push:subscribe'>): Promise<CallData<'push:subscribe'>> {
      if (options.pushKey === undefined) throw new HubError('conflict', 'This hub sends no Web Push.');
      options.checkEndpoint(input.endpoint);
      return { id: await store.pushSubscribe(actor.id, input, DEVICES) };
    },

    async removeDevice(
      actor: Actor,
      { id, endpoint }: ParsedInput<'push:unsubscribe'>,
    ): Promise<CallData<'push:unsubscribe'>> {
      await store.pushUnsubscribe(id !== undefined ? { id } : { endpoint: endpoint as string }, actor.id);
      return {};
    },

    get: (actor: Actor, { user }: ParsedInput<'contact:get'>): Promise<CallData<'contact:get'>> =>
      store.contact(owner(actor, user)),

    async setPhone(
      actor: Actor,
      { user, phone }: ParsedInput<'contact:phone'>,
    ): Promise<CallData<'contact:phone'>> {
      const whose = owner(actor, user);
      if (phone !== null && !isAdmin(actor))
        throw forbidden('Ask an administrator to write down your number.');
      await store.setPhone(whose, phone, actor.id);
      return {};
    },

    async subscribe(
      actor: Actor,
      wish: ParsedInput<'contact:subscribe'>,
    ): Promise<CallData<'contact:subscribe'>> {
      await store.subscribe(actor.id, wish.channel, wish.topic, wish.on);
      return {};
    },

    /** Where this person unsubscribes, for a mail to carry; good for ever, and for nothing else. */
    unsubscribeLink(user: string, by: Channel, of: string): string | undefined {
      const url = options.publicUrl();
      return url && `${url}/unsubscribe/${links.write([user, by, of])}`;
    },

    /** Whom and what such a link is about. @throws HubError `not_found` */
    readLink(token: string): Subscription {
      const parsed = z.tuple([z.string(), channel, topic]).safeParse(links.read(token));
      if (parsed.success) {
        const [user, by, of] = parsed.data;
        return { user, channel: by, topic: of };
      }
      throw new HubError('not_found', 'This link is not whole. Copy all of it from the mail.');
    },

    unsubscribe: ({ user, channel: by, topic: of }: Subscription): Promise<void> =>
      store.subscribe(user, by, of, false),
  };
}
