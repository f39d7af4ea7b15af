// Whether an e-mail address is really somebody's. Anybody can register with the address of a stranger, and then nothing but this question goes there:
// the hub is no way to send mail to people who never heard of it.
import { z } from 'zod';
import { HubError, notFound } from './errors.ts';
import { keyPart, type Outbox } from './outbox.ts';
import type { PeopleStore } from './ports-people.ts';
import { createSignedLinks } from './signed-links.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long a link is good. */
const LASTS = 7 * DAY;

export interface Confirmations {
  /** Sends the question, once an hour at most; nothing to somebody without an address, or who has answered. */
  ask(user: string): Promise<void>;
  /** Whom a link is about. @throws HubError `not_found` when it is not ours or too old */
  read(token: string): { user: string; email: string };
  /** It is theirs. @throws HubError `conflict` when they have another address by now */
  confirm(token: string): Promise<void>;
}

export function createConfirmations(deps: {
  store: Pick<PeopleStore, 'getUser' | 'verifyEmail'> & {
    contact(user: string): Promise<{ email?: string; confirmed?: boolean }>;
  };
  outbox: Pick<Outbox, 'put' | 'channels'>;
  linkKey: Buffer;
  now(): number;
}): Confirmations {
  const { store, outbox, now } = deps;
  const links = createSignedLinks(deps.linkKey, 'confirm');
  const read = (token: string) => {
    const parsed = z.tuple([z.string(), z.string(), z.number()]).safeParse(links.read(token));
    if (!parsed.success) throw notFound('This link is not whole. Copy all of it from the mail.');
    const [user, email, until] = parsed.data;
    if (until < now()) throw notFound('This link is too old. Ask for another one in First Court.');
    return { user, email };
  };
  return {
    read,
    async ask(user) {
      if (!outbox.channels.includes('email')) return;
      const { email, confirmed } = await store.contact(user);
      if (email === undefined || confirmed) return;
      const token = links.write([user, email, now() + LASTS]);
      await outbox.put([
        {
          key: `confirm:${keyPart(user)}:${keyPart(email)}:${Math.floor(now() / HOUR)}`,
          channel: 'email',
          topic: 'confirm',
          user,
          payload: {
            title: 'Is this your address?',
            text: 'Somebody has given this address to First Court. Confirm it, and what you miss there can reach you here. If it was not you, do nothing: you will hear no more from us.',
            action: { path: `/confirm/${token}`, says: 'Confirm this address' },
          },
          expiresAt: new Date(now() + DAY).toISOString(),
        },
      ]);
    },
    async confirm(token) {
      const { user, email } = read(token);
      if ((await store.getUser(user))?.email !== email || !(await store.verifyEmail(user, email)))
        throw new HubError('conflict', 'This is not the address of that account any more.');
    },
  };
}
