// People, bans, rooms, the audit log and the nodes through the SQL functions of migration 0022: AdminStore and NodeStore of every driver.
import type { AdminStore, NodeStore } from '../../hub/ports-admin.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createAdminStore(db: Pick<Db, 'call'>): AdminStore {
  const call = refusingCall(db);
  const keeper = ({ id, role }: { id: string; role: string }) => ({ by: id, admin: role === 'admin' });
  return {
    accounts: of => call('list_accounts', of),
    account: user => call('show_account', { user }),
    giveRole: (user, role, by) => call('give_role', { user, role, by }),
    disable: (of, by) => call('disable_user', { ...of, by }),
    enable: (user, by) => call('enable_user', { user, by }),
    signOut: async (user, by) => (await call<{ ended: string[] }>('sign_out_user', { user, by })).ended,
    bans: (actor, of) => call('list_bans', { ...of, ...keeper(actor) }),
    liftBan: async (actor, room, user) => void (await call('lift_ban', { room, user, ...keeper(actor) })),
    room: ({ id, role }, room) => call('show_room', { room, user: id, admin: role === 'admin' }),
    rooms: of => call('all_rooms', of),
    audit: async of => (await call<{ entries: [] }>('read_audit', of)).entries,
    verifyAudit: (after, limit) => call('verify_audit', { after, limit }),
  };
}

export function createNodeStore(db: Pick<Db, 'call'>): NodeStore {
  const call = refusingCall(db);
  return {
    look: (node, report, users) => call('node_look', { node, report, users }),
    leave: async node => void (await call('node_leave', { node })),
    nodes: () => call('node_figures', {}),
    order: ({ kind, body }, by, audit) => call('node_order', { kind, body, by, ...(audit && { audit }) }),
    answer: async (id, node, answer) => void (await call('node_answer', { id, node, answer })),
    answers: async id =>
      (await call<{ answers: Record<string, unknown> }>('node_answers_of', { id })).answers,
  };
}
