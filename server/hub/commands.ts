// Slash commands: from who typed one to the bot that answers to it, and back. The database says who may call and what was answered; hints only
// make it fast, so that with them lost the caller hears of it three seconds later.
import { COMMAND_MS } from '#shared/protocol/bots.ts';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { BotPushes } from './bot-pushes.ts';
import type { Bus, Hints } from './bus.ts';
import { forbidden, HubError } from './errors.ts';
import type { Actor } from './ports.ts';
import type { BotStore } from './ports-bots.ts';

export function createCommands(deps: { store: BotStore; pushes: BotPushes; bus: Bus; now(): number }) {
  const { store, pushes, bus, now } = deps;
  /** Callers of this node who wait for a bot's word. */
  const waiting = new Map<string, (answer: string | undefined) => void>();

  const taken = ({ id, answer }: Hints['commandTaken']) => waiting.get(id)?.(answer);

  /** Undefined when the time is over. */
  const wordOf = (id: string): Promise<{ answer: string | undefined } | undefined> =>
    new Promise(resolve => {
      const end = (word?: { answer: string | undefined }) => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(word);
      };
      const timer = setTimeout(end, COMMAND_MS);
      waiting.set(id, answer => end({ answer }));
    });

  return {
    taken,
    async register(
      actor: Actor,
      { commands }: ParsedInput<'command:register'>,
    ): Promise<CallData<'command:register'>> {
      botOnly(actor);
      await store.registerCommands(actor.id, commands);
      return {};
    },

    list: async (actor: Actor, { room }: ParsedInput<'command:list'>): Promise<CallData<'command:list'>> => ({
      commands: await store.commands(actor, room),
    }),

    async run(actor: Actor, input: ParsedInput<'command:run'>): Promise<CallData<'command:run'>> {
      const { id, room, command, text, replyTo } = input;
      const { bot, acked, answer } = await store.beginCommand(actor, input);
      const done = (said: string | undefined) => ({ id, bot, ...(said && { text: said }) });
      if (acked) return done(answer);
      const word = wordOf(id);
      const payload = {
        ...{ id, command, text, room, user: actor.id, name: actor.name },
        at: new Date(now()).toISOString(),
        ...(replyTo && { replyTo }),
      };
      pushes.tellOne(bot, { name: 'command', payload });
      const heard = await word;
      if (heard) return done(heard.answer);
      const state = await store.commandState(id);
      if (state.acked) return done(state.answer);
      throw new HubError('unavailable', `/${command} did not answer within ${COMMAND_MS / 1000} seconds.`, {
        details: { bot },
      });
    },

    async ack(actor: Actor, { id, text }: ParsedInput<'command:ack'>): Promise<CallData<'command:ack'>> {
      botOnly(actor);
      await store.ackCommand(actor.id, id, text);
      const hint = { id, ...(text && { answer: text }) };
      taken(hint);
      bus.publish('commandTaken', hint);
      return {};
    },

    async respond(
      actor: Actor,
      { id, text }: ParsedInput<'command:respond'>,
    ): Promise<CallData<'command:respond'>> {
      botOnly(actor);
      const { caller, room, command } = await store.commandCaller(actor.id, id);
      const at = new Date(now()).toISOString();
      const payload = { id: crypto.randomUUID(), room, by: actor.id, command, text, at };
      pushes.tell(caller, { name: 'message:ephemeral', payload });
      return {};
    },
  };
}

/** @throws HubError */
export function botOnly({ role }: Actor): void {
  if (role !== 'bot') throw forbidden('Only a bot may do this.');
}
