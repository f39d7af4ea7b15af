// Webhooks for those who look after a room: made, listed, renewed, tried, taken away. What is secret is told once, to who asked for it.
import { randomBytes, randomUUID } from 'node:crypto';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import { HubError } from './errors.ts';
import type { Actor, Log, Outcome } from './ports.ts';
import type { Sealed, Sealer } from './ports-court.ts';
import { type Courier, type HookStore, hookContext } from './ports-hooks.ts';
import { hashSecret, newSecret, newUserId } from './secrets.ts';

/** Webhooks of one room. */
const MOST = 40;
/** For so long an old secret signs beside the new one. */
const OVERLAP_SECONDS = 86_400;

export function createHooks(deps: {
  store: HookStore;
  sealer: Sealer;
  /** Undefined: nothing is sent from here. */
  courier: Courier | undefined;
  publicUrl(): string | undefined;
  /** An entry was written into a room's log. */
  written(room: string, outcome: Outcome): void;
  /** There is something to hand on. */
  changed(): void;
  log: Log;
}) {
  const { store, sealer, courier, publicUrl, log } = deps;
  const addressOf = (token: string) => `${publicUrl() ?? ''}/api/hooks/${token}`;
  const sealedSecret = (id: string): { secret: string; sealed: Sealed } => {
    // As Standard Webhooks writes it.
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    return { secret, sealed: sealer.seal(secret, hookContext(id, 'secret')) };
  };
  const sending = (): Courier => {
    if (!courier) throw new HubError('conflict', 'This hub sends no webhooks.');
    return courier;
  };
  const wrote = (room: string, outcome: Outcome | undefined) => outcome && deps.written(room, outcome);
  const audit = (what: string, actor: Actor, about: object) =>
    log.info({ audit: `hook_${what}`, by: actor.id, ...about }, `A webhook was ${what}`);

  const createIn = async (actor: Actor, room: string, name: string) => {
    const [id, token] = [randomUUID(), newSecret()];
    const made = {
      id,
      room,
      name,
      direction: 'in',
      speaker: newUserId(name),
      hash: hashSecret(token),
    } as const;
    wrote(room, await store.createHook(actor, made, MOST));
    return { id, url: addressOf(token) };
  };

  const createOut = async (
    actor: Actor,
    { room, name, url, events }: Extract<ParsedInput<'hook:create'>, { direction: 'out' }>,
  ) => {
    sending().check(url);
    const id = randomUUID();
    const { secret, sealed } = sealedSecret(id);
    const address = sealer.seal(url, hookContext(id, 'address'));
    const site = new URL(url).origin;
    const made = { id, room, name, direction: 'out', site, address, secret: sealed, types: events } as const;
    await store.createHook(actor, made, MOST);
    deps.changed();
    return { id, secret };
  };

  return {
    async create(actor: Actor, input: ParsedInput<'hook:create'>): Promise<CallData<'hook:create'>> {
      const { room, name, direction } = input;
      const made = direction === 'in' ? await createIn(actor, room, name) : await createOut(actor, input);
      audit('made', actor, { id: made.id, room, direction });
      return made;
    },

    list: async (actor: Actor, { room }: ParsedInput<'hook:list'>): Promise<CallData<'hook:list'>> => ({
      hooks: await store.hooks(actor, room),
    }),

    get: async (actor: Actor, { id }: ParsedInput<'hook:get'>): Promise<CallData<'hook:get'>> => ({
      hook: await store.hook(actor, id),
    }),

    async remove(actor: Actor, { id }: ParsedInput<'hook:remove'>): Promise<CallData<'hook:remove'>> {
      const { room, outcome } = await store.removeHook(actor, id);
      wrote(room, outcome);
      audit('removed', actor, { id });
      return {};
    },

    async renew(actor: Actor, { id }: ParsedInput<'hook:renew'>): Promise<CallData<'hook:renew'>> {
      const token = newSecret();
      const { secret, sealed } = sealedSecret(id);
      const renewal = { hash: hashSecret(token), secret: sealed, seconds: OVERLAP_SECONDS };
      const { direction, until } = await store.renewHook(actor, id, renewal);
      audit('renewed', actor, { id });
      return direction === 'in' ? { url: addressOf(token) } : { secret, ...(until && { until }) };
    },

    async resume(actor: Actor, { id, skip }: ParsedInput<'hook:resume'>): Promise<CallData<'hook:resume'>> {
      const hook = await store.resumeHook(actor, id, skip);
      audit('resumed', actor, { id });
      deps.changed();
      return { hook };
    },

    async test(actor: Actor, { id }: ParsedInput<'hook:test'>): Promise<CallData<'hook:test'>> {
      const { direction } = await store.hook(actor, id);
      if (direction !== 'out')
        throw new HubError('conflict', 'This one speaks: try it with a POST to its address.');
      const delivery = await store.hookDelivery(id);
      if ('over' in delivery) throw new HubError('conflict', delivery.over);
      const began = performance.now();
      const { status, error } = await sending().trial(id, delivery);
      return {
        ms: Math.round(performance.now() - began),
        ...(status !== undefined && { status }),
        ...(error !== undefined && { error }),
      };
    },
  };
}
