// What people let the hub see of theirs at a service outside: that they are linked, and the sealed secret that the consent gave. On every node.
import type { CourtDeps } from './court.ts';
import { forbidden } from './errors.ts';
import type { Actor } from './ports.ts';
import type { Vendor } from './ports-integrations.ts';
import { createVendorSecrets } from './vendor-secrets.ts';

export interface Consents {
  /** @throws HubError `conflict` when one of the two is linked to somebody else */
  give(vendor: Vendor, user: string, id: string, secret: string): Promise<void>;
  /** Null without a consent. */
  secret(vendor: Vendor, user: string): Promise<string | null>;
  /** @throws HubError `forbidden` for guests and bots, who have nothing of theirs */
  mayGive(actor: Actor): void;
}

export function createConsents(deps: Pick<CourtDeps, 'store' | 'sealer' | 'linked' | 'log'>): Consents {
  const { store, linked, log } = deps;
  return {
    async give(vendor, user, id, secret) {
      await store.link({ vendor, id, user, how: 'code' });
      await createVendorSecrets(vendor, deps).keepSecret(user, secret);
      log.info({ audit: 'linked', vendor, id, user, how: 'consent' }, 'Accounts were linked');
      linked(vendor, id, user);
    },
    secret: (vendor, user) => createVendorSecrets(vendor, deps).secret(user),
    mayGive({ role }) {
      if (role === 'guest' || role === 'bot') throw forbidden('Guests and bots have no account to connect.');
    },
  };
}
