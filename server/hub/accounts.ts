// People as admins look after them. What is decided holds from the next token on, and reaches open sockets by each node's own look (node-watch.ts).
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import { notFound } from './errors.ts';
import { mayOrThrow } from './policy.ts';
import type { Actor, Log } from './ports.ts';
import type { AdminStore } from './ports-admin.ts';

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts(deps: {
  store: AdminStore;
  /** Something was decided: all nodes look at once. */
  decided(): void;
  /** A sign-in is over. */
  sessionEnded(session: string): void;
  log: Log;
}) {
  const { store, decided, log } = deps;
  const allowed = (actor: Actor) => mayOrThrow(actor, 'look after people');

  return {
    async list(actor: Actor, input: ParsedInput<'user:list'>): Promise<CallData<'user:list'>> {
      allowed(actor);
      return store.accounts(input);
    },
    async show(actor: Actor, { user }: ParsedInput<'user:show'>): Promise<CallData<'user:show'>> {
      allowed(actor);
      const account = await store.account(user);
      if (!account) throw notFound('There is no such user.');
      return account;
    },
    async role(actor: Actor, { user, role }: ParsedInput<'user:role'>): Promise<CallData<'user:role'>> {
      allowed(actor);
      const given = await store.giveRole(user, role, actor.id);
      log.info({ audit: 'user_role', user, role, by: actor.id }, 'Somebody was given a role');
      decided();
      return given;
    },
    async disable(actor: Actor, input: ParsedInput<'user:disable'>): Promise<CallData<'user:disable'>> {
      allowed(actor);
      const disabled = await store.disable(input, actor.id);
      log.info({ audit: 'user_disabled', user: input.user, by: actor.id }, 'Somebody was disabled');
      decided();
      return disabled;
    },
    async enable(actor: Actor, { user }: ParsedInput<'user:enable'>): Promise<CallData<'user:enable'>> {
      allowed(actor);
      const enabled = await store.enable(user, actor.id);
      log.info({ audit: 'user_enabled', user, by: actor.id }, 'Somebody was enabled');
      return enabled;
    },
    async signOut(actor: Actor, { user }: ParsedInput<'user:signout'>): Promise<CallData<'user:signout'>> {
      allowed(actor);
      const ended = await store.signOut(user, actor.id);
      log.info({ audit: 'user_signed_out', user, by: actor.id }, 'Somebody was signed out everywhere');
      for (const session of ended) deps.sessionEnded(session);
      decided();
      return { sessions: ended.length };
    },
  };
}
