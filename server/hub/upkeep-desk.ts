// Rooms, bans and the audit log, for those who look after them. Who may is decided with what is read, except for what is the admins' alone.
import { verifyChain } from '#shared/audit-chain.ts';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import { mayOrThrow } from './policy.ts';
import type { Actor } from './ports.ts';
import type { AdminStore } from './ports-admin.ts';

export type UpkeepDesk = ReturnType<typeof createUpkeepDesk>;

export function createUpkeepDesk({ store }: { store: AdminStore }) {
  return {
    bans: (actor: Actor, input: ParsedInput<'ban:list'>): Promise<CallData<'ban:list'>> =>
      store.bans(actor, input),
    async liftBan(actor: Actor, { room, user }: ParsedInput<'ban:lift'>): Promise<CallData<'ban:lift'>> {
      await store.liftBan(actor, room, user);
      return {};
    },
    room: (actor: Actor, { room }: ParsedInput<'room:show'>): Promise<CallData<'room:show'>> =>
      store.room(actor, room),
    async rooms(actor: Actor, input: ParsedInput<'admin:rooms'>): Promise<CallData<'admin:rooms'>> {
      mayOrThrow(actor, 'see every room');
      return store.rooms(input);
    },
    async audit(
      actor: Actor,
      { verify, ...of }: ParsedInput<'admin:audit'>,
    ): Promise<CallData<'admin:audit'>> {
      mayOrThrow(actor, 'read the audit log');
      return { entries: await store.audit(of), ...(verify && (await verifyChain(store.verifyAudit))) };
    },
  };
}
