// Secrets that one vendor gave, each sealed for its owner alone.
import type { IntegrationStore, Sealer } from './ports-court.ts';
import type { Court, Vendor } from './ports-integrations.ts';

export function createVendorSecrets(
  vendor: Vendor,
  { store, sealer }: { store: IntegrationStore; sealer: Sealer },
): Pick<Court, 'secret' | 'keepSecret' | 'owners'> {
  const context = (owner: string) => JSON.stringify([vendor, owner]);
  return {
    async secret(owner) {
      const sealed = await store.secret(vendor, owner);
      return sealed && sealer.open(sealed, context(owner));
    },
    keepSecret: (owner, secret) =>
      store.keepSecret(vendor, owner, secret === null ? null : sealer.seal(secret, context(owner))),
    owners: () => store.owners(vendor),
  };
}
