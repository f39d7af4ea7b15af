// Bots as the hub knows them: how far they have read, what they gave up on, what they may do, and the commands and drafts that come from them.
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { Background } from './background.ts';
import { createBotPushes } from './bot-pushes.ts';
import type { Bus } from './bus.ts';
import { botOnly, createCommands } from './commands.ts';
import { forbidden } from './errors.ts';
import type { Batch } from './log-writer.ts';
import { isAdmin } from './policy.ts';
import type { Actor, Log, Outlet } from './ports.ts';
import type { BotStore } from './ports-bots.ts';
import type { RoomFeed } from './room-feed.ts';
import type { RoomFeeds } from './room-feeds.ts';
import type { SocketBook } from './socket-book.ts';
import { createStreams } from './streams.ts';

/** Milliseconds between two looks at drafts that have grown. */
const DRAFTS = 200;
/** … and at scopes that changed on another node (attack 12: within 2 s). */
const SCOPES = 1500;

export type Bots = ReturnType<typeof createBots>;

export function createBots(deps: {
  store: BotStore;
  feeds: RoomFeeds;
  sockets: SocketBook;
  outlet: Outlet;
  bus: Bus;
  background: Background;
  log: Log;
  pollMs?: number | undefined;
  online(feed: RoomFeed): number;
  now(): number;
  sessionEnded(session: string): void;
}) {
  const { store, outlet, background, bus, log } = deps;
  const pushes = createBotPushes(deps);
  const commands = createCommands({ ...deps, pushes });
  const streams = createStreams(deps);
  /** Open sockets of bots here, and since when. */
  const open = new Map<string, { readonly bot: string; readonly since: number }>();

  /** What was subscribed under the old scopes begins anew under the new ones. */
  const renew = (bot: string, olderThanMs: number) => {
    for (const [socket, one] of open) {
      if (one.bot !== bot || performance.now() - one.since < olderThanMs) continue;
      open.delete(socket);
      outlet.end(socket, { code: 'replaced', reconnect: true, retryAfterMs: 0 });
    }
  };
  background.every(DRAFTS, 'drafts of bots', streams.flush);
  background.every(deps.pollMs ?? SCOPES, 'scopes of bots', async () => {
    if (open.size === 0) return;
    const changed = await store.changed([...new Set([...open.values()].map(({ bot }) => bot))]);
    for (const [bot, ago] of Object.entries(changed)) renew(bot, ago);
  });

  const redo = (bot: string, what: 'cursors' | 'deadletters') =>
    pushes.tell(bot, { name: 'bot:redo', payload: { what } });

  const redoLetters = async (actor: Actor, input: ParsedInput<'deadletter:replay'>, drop: boolean) => {
    const { count, bots } = await store.redoLetters(owned(actor, input), drop);
    if (!drop) for (const bot of bots) redo(bot, 'deadletters');
    return { count };
  };

  return {
    commands,
    streams,
    heardPush: pushes.heard,

    async cursor(actor: Actor, input: ParsedInput<'cursor:get'>): Promise<CallData<'cursor:get'>> {
      botOnly(actor);
      return store.cursor(actor.id, input);
    },
    async moveCursor(actor: Actor, input: ParsedInput<'cursor:set'>): Promise<CallData<'cursor:set'>> {
      botOnly(actor);
      return store.moveCursor(actor.id, input);
    },
    async rewind(actor: Actor, input: ParsedInput<'bot:rewind'>): Promise<CallData<'bot:rewind'>> {
      if (actor.id !== input.bot) adminOnly(actor);
      const moved = await store.rewind(input);
      redo(input.bot, 'cursors');
      return moved;
    },

    async putLetter(actor: Actor, input: ParsedInput<'deadletter:put'>): Promise<CallData<'deadletter:put'>> {
      botOnly(actor);
      return store.putLetter(actor.id, input);
    },
    letters: async (
      actor: Actor,
      input: ParsedInput<'deadletter:list'>,
    ): Promise<CallData<'deadletter:list'>> => ({
      letters: await store.letters({ ...owned(actor, input), reader: actor.id }),
    }),
    replay: (actor: Actor, input: ParsedInput<'deadletter:replay'>) => redoLetters(actor, input, false),
    drop: (actor: Actor, input: ParsedInput<'deadletter:drop'>) => redoLetters(actor, input, true),

    async list(actor: Actor): Promise<CallData<'bot:list'>> {
      adminOnly(actor);
      return { bots: await store.bots() };
    },
    async scopes(
      actor: Actor,
      { bot, room = '*', scopes }: ParsedInput<'bot:scopes'>,
    ): Promise<CallData<'bot:scopes'>> {
      await store.setScopes(actor, bot, room, scopes);
      log.info({ audit: 'bot_scopes', bot, room, scopes, by: actor.id }, 'What a bot may do was changed');
      renew(bot, 0);
      return {};
    },
    async revoke(actor: Actor, { bot }: ParsedInput<'bot:revoke'>): Promise<CallData<'bot:revoke'>> {
      adminOnly(actor);
      for (const session of await store.revoke(bot)) {
        deps.sessionEnded(session);
        bus.publish('sessionEnded', { session });
      }
      log.info({ audit: 'bot_revoked', bot, by: actor.id }, 'The token of a bot was withdrawn');
      return {};
    },

    /** These were in the room from its beginning. */
    invited(room: string, users: readonly string[]): void {
      for (const user of users) pushes.tell(user, { name: 'room:added', payload: { room } });
    },
    /** Entries were written, here or on another node. */
    grew(batches: readonly Batch[]): void {
      streams.grew(batches);
      for (const { room, events } of batches) {
        for (const { type, by, data } of events) {
          if (type !== 'member.joined' || data.user === by) continue;
          outlet.bot(deps.sockets.of(data.user), { name: 'room:added', payload: { room } });
        }
      }
    },
    connected(actor: Actor, socket: string): void {
      if (actor.role === 'bot') open.set(socket, { bot: actor.id, since: performance.now() });
    },
    disconnected(actor: Actor, socket: string): void {
      if (open.delete(socket) || actor.role === 'bot') {
        if (deps.sockets.of(actor.id).length === 0) streams.gone(actor.id);
      }
    },
  };
}

/** A bot's own, or for admins anybody's. @throws HubError */
function owned<I extends { bot?: string | undefined }>(actor: Actor, input: I): I {
  if (isAdmin(actor)) return input;
  botOnly(actor);
  if (input.bot !== undefined && input.bot !== actor.id) throw forbidden('These are of another bot.');
  return { ...input, bot: actor.id };
}

function adminOnly(actor: Actor): void {
  if (!isAdmin(actor)) throw forbidden('Only an administrator may do this.');
}
