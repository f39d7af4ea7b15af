// Commands that people type: each goes to its listener, and whoever typed it hears of it, whatever becomes of it.
import type { Push } from '../../shared/protocol/pushes.ts';
import { chain, type HandlingDeps } from './handling.ts';
import { createVoice } from './say.ts';
import type { Command, CommandArgs } from './types.ts';

const WRONG = 'Something went wrong with this. It was written down.';

/** Handles one. Never rejects. */
export async function handleCommand(deps: HandlingDeps, push: Push<'command'>): Promise<void> {
  const { court, listeners, name, logger } = deps;
  const { id, text, room, replyTo, user, name: userName, command: typed } = push;
  const command: Command = { id, name: typed, text, room, replyTo, user, userName };
  const { listener } = listeners.commands.get(typed) ?? {};
  // Of another program under the same token.
  if (!listener) return;
  let acked = false;
  const ack: CommandArgs['ack'] = async said => {
    if (acked) return;
    await court.call('command:ack', { id, ...(said && { text: said }) });
    acked = true;
  };
  const respond: CommandArgs['respond'] = async said => {
    await court.call('command:respond', { id, text: said });
  };
  const context = { bot: deps.me(), room, matches: [text], attempt: 1, replay: false, hops: 0 };
  const voice = createVoice(court, { room, hops: 0, key: [context.bot.id, name, id] });
  const say = replyTo ? voice.with({ replyTo }) : voice.say;
  try {
    await chain(deps, { command, context }, async shared => {
      await listener({ command, ack, respond, say, client: court, logger, context: shared });
    });
    await voice.end(true);
    // One that has done its work has taken it, said or not.
    await ack();
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    await voice.end(false);
    await deps.failed({ error, command, room, attempt: 1, fate: 'told' });
    await (acked ? respond(WRONG) : ack(WRONG)).catch(() => undefined);
  }
}
