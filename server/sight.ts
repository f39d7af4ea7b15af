// How what is around the hub stands, for admins who look at a node.
import { createRequire } from 'node:module';
import type { Sight } from './hub/ports-admin.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

export const sightOf = (
  { draining }: { readonly draining: boolean },
  redis: { state(): string } | undefined,
  services: Readonly<Record<string, { readonly state: string }>>,
): Sight => ({
  version,
  draining,
  redis: redis?.state(),
  services: Object.fromEntries(Object.entries(services).map(([name, { state }]) => [name, state])),
});
