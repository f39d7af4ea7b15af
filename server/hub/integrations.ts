// Runs each vendor's adapter on the one node that holds its lease, and knows on every node how all of them stand.

import type { CallData } from '#shared/protocol/calls.ts';
import type { Background } from './background.ts';
import type { Bus, Hints } from './bus.ts';
import { type CourtDeps, type OpenCourt, openCourt } from './court.ts';
import { forbidden } from './errors.ts';
import type { Leases } from './lease.ts';
import type { LinkChange } from './links.ts';
import { isAdmin } from './policy.ts';
import type { Actor } from './ports.ts';
import type { Adapter, Integration, Vendor, VendorState } from './ports-integrations.ts';

export const vendors: readonly Vendor[] = ['slack', 'gather', 'google'];

/** How a vendor's connection stands, and on which node it runs. */
export type Standing = VendorState & { readonly node?: string };

export interface Integrations {
  /** Runs the vendors that nobody else runs. Called once this node can be reached: some are told where to call back. */
  begin(): void;
  /** For admins. */
  list(actor: Actor): CallData<'integration:list'>;
  states(): Record<Vendor, Standing>;
  /** From another node. */
  heardState(hint: Hints['integration']): void;
  /** Two were linked or unlinked. */
  linkChanged(change: LinkChange): void;
  /** Tells the other nodes how the vendors stand that run here. */
  share(): void;
}

/** Milliseconds between two looks at all links, between two looks at the states, and for which another node's word of a state holds. */
const REFRESH = 15_000;
const WATCH = 1000;
const STATE_HOLDS = 45_000;

export function createIntegrations(deps: {
  integrations: readonly Integration[];
  court: CourtDeps;
  leases: Leases;
  background: Background;
  bus: Bus;
  node: string;
  now(): number;
}): Integrations {
  const { integrations, leases, background, bus, node, now } = deps;
  const { log } = deps.court;
  const running = new Map<Vendor, { open: OpenCourt; adapter: Adapter; told?: string }>();
  const elsewhere = new Map<Vendor, { node: string; state: VendorState; until: number }>();
  const broken = new Map<Vendor, VendorState>();

  const refresh = async () => {
    for (const { open } of running.values()) await open.refresh();
  };

  const start = (integration: Integration): AsyncDisposable => {
    const { vendor } = integration;
    const open = openCourt(vendor, deps.court);
    try {
      const adapter = integration.start(open.court);
      running.set(vendor, { open, adapter });
      broken.delete(vendor);
      // An adapter that learns of a person before the link is known loses nothing: claims wait for their links.
      void open.refresh().catch(error => log.warn({ err: error, vendor }, 'links could not be read'));
      return {
        async [Symbol.asyncDispose]() {
          running.delete(vendor);
          open[Symbol.dispose]();
          await adapter[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      open[Symbol.dispose]();
      broken.set(vendor, {
        state: 'failed',
        reason: 'It could not be started.',
        next: 'Look at the log of this node, and restart it.',
      });
      throw error;
    }
  };

  const share = (all = true) => {
    for (const [vendor, one] of running) {
      const state = one.adapter.state();
      const text = JSON.stringify(state);
      if (one.told !== text) log.info({ vendor, ...state }, 'an integration changed');
      else if (!all) continue;
      one.told = text;
      bus.publish('integration', { vendor, node, state });
    }
  };

  const begin = () => {
    for (const integration of integrations) {
      leases.hold({ name: `integration ${integration.vendor}`, open: () => start(integration) });
    }
    if (integrations.length === 0) return;
    background.every(REFRESH, 'read the links', refresh);
    background.every(WATCH, 'look at the integrations', () => share(false));
  };

  const standing = (vendor: Vendor): Standing => {
    const here = running.get(vendor);
    if (here) return { ...here.adapter.state(), node };
    const heard = elsewhere.get(vendor);
    if (heard && heard.until > now()) return { ...heard.state, node: heard.node };
    const configured = integrations.some(integration => integration.vendor === vendor);
    return broken.get(vendor) ?? { state: configured ? 'connecting' : 'off' };
  };

  return {
    begin,
    states: () => Object.fromEntries(vendors.map(vendor => [vendor, standing(vendor)])) as never,
    heardState: ({ vendor, node, state }) =>
      void elsewhere.set(vendor, { node, state, until: now() + STATE_HOLDS }),
    list(actor) {
      if (!isAdmin(actor)) throw forbidden('Only admins may see how the services outside stand.');
      return { integrations: vendors.map(vendor => ({ vendor, ...standing(vendor) })) };
    },
    linkChanged({ vendor, id, user, on }) {
      const here = running.get(vendor);
      if (on) here?.open.claims.linked(id, user);
      else here?.open.claims.unlinked(id);
      here?.adapter.peopleChanged?.();
    },
    share,
  };
}
