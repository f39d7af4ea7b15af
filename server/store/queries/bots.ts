// Bots through the SQL functions of migration 0019: the BotStore of every driver.
import type { BotStore } from '../../hub/ports-bots.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createBotStore(db: Pick<Db, 'call'>): BotStore {
  const call = refusingCall(db);
  const reader = ({ id, role }: { id: string; role: string }) => ({ user: id, admin: role === 'admin' });
  return {
    cursor: (bot, of) => call('get_bot_cursor', { bot, ...of }),
    moveCursor: (bot, to) => call('set_bot_cursor', { bot, ...to }),
    rewind: to => call('rewind_bot', to),
    putLetter: (bot, letter) => call('put_dead_letter', { bot, ...letter }),
    letters: async of => (await call<{ letters: never }>('list_dead_letters', of)).letters,
    redoLetters: (of, drop) => call('redo_dead_letters', { ...of, ...(drop && { drop }) }),
    registerCommands: async (bot, commands) => void (await call('register_commands', { bot, commands })),
    commands: async (actor, room) =>
      (await call<{ commands: never }>('list_commands', { room, ...reader(actor) })).commands,
    beginCommand: (actor, { id, room, command }) =>
      call('begin_command', { id, room, command, ...reader(actor) }),
    ackCommand: async (bot, id, answer) => void (await call('ack_command', { bot, id, answer })),
    commandState: id => call('command_state', { id }),
    commandCaller: (bot, id) => call('command_caller', { bot, id }),
    mayPost: async (actor, room) => void (await call('may_post', { room, ...reader(actor) })),
    setScopes: async (actor, bot, room, scopes) =>
      void (await call('set_bot_scopes', { bot, room, scopes, ...reader(actor) })),
    changed: async bots =>
      (await call<{ changed: Record<string, number> }>('bots_changed', { bots })).changed,
    bots: async () => (await call<{ bots: never }>('list_bots', {})).bots,
    revoke: async bot => (await call<{ ended: string[] }>('revoke_bot', { bot })).ended,
  };
}
