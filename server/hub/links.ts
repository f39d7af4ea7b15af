// Who is who at the services outside: people link their own account by a code that they show there, admins link any; whoever unlinks ends
// all that the service says of them.
import { randomInt } from 'node:crypto';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import { forbidden, notFound } from './errors.ts';
import { isAdmin, mayOrThrow } from './policy.ts';
import type { Actor, Log } from './ports.ts';
import type { IntegrationStore } from './ports-court.ts';
import type { Vendor } from './ports-integrations.ts';
import { hashSecret } from './secrets.ts';

export interface LinkChange {
  readonly vendor: Vendor;
  readonly id: string;
  readonly user: string;
  /** False: they are linked no longer. */
  readonly on: boolean;
}

const CODE_SECONDS = 600;
/** Read out and typed without mistakes: no letter looks like a digit. 10 of these are 49 bits, good for ten minutes. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const CODE_LENGTH = 10;

export function createLinks(deps: {
  store: Pick<IntegrationStore, 'link' | 'unlink' | 'links' | 'makeCode'>;
  /** This node and the others hear of it. */
  changed(change: LinkChange): void;
  now(): number;
  log: Log;
}) {
  const { store, changed, now, log } = deps;
  const ownOr = (actor: Actor, user: string | undefined): string => {
    if (user !== undefined && user !== actor.id && !isAdmin(actor)) {
      throw forbidden('Only admins may do this for others.');
    }
    return user ?? actor.id;
  };

  return {
    async list(actor: Actor, { user, all }: ParsedInput<'link:list'>): Promise<CallData<'link:list'>> {
      if (all && !isAdmin(actor)) throw forbidden('Only admins may see the links of all.');
      return { links: await store.links(all ? {} : { user: ownOr(actor, user) }) };
    },

    async code(actor: Actor, { vendor }: ParsedInput<'link:code'>): Promise<CallData<'link:code'>> {
      mayOrThrow(actor, 'link accounts');
      const code = Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
      await store.makeCode({ vendor, user: actor.id, hash: hashSecret(code), seconds: CODE_SECONDS });
      return { code, expiresAt: new Date(now() + CODE_SECONDS * 1000).toISOString() };
    },

    async set(actor: Actor, { vendor, id, user }: ParsedInput<'link:set'>): Promise<CallData<'link:set'>> {
      if (!isAdmin(actor))
        throw forbidden('Only admins may link accounts of others; ask for a code instead.');
      await store.link({ vendor, id, user, how: 'admin' });
      log.info({ audit: 'linked', vendor, id, user, by: actor.id, how: 'admin' }, 'Accounts were linked');
      changed({ vendor, id, user, on: true });
      return {};
    },

    async remove(actor: Actor, input: ParsedInput<'link:remove'>): Promise<CallData<'link:remove'>> {
      const { vendor } = input;
      const user = ownOr(actor, input.user);
      const id = await store.unlink(vendor, user);
      if (id === null) throw notFound('There is no such link.');
      log.info({ audit: 'unlinked', vendor, id, user, by: actor.id }, 'Accounts were unlinked');
      changed({ vendor, id, user, on: false });
      return {};
    },
  };
}
