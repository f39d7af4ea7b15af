// What the calls of bots and about bots do: one line each.
import type { Bots } from '../hub/bots.ts';
import type { Handlers } from './handlers.ts';

type BotCall = `${'deadletter' | 'command' | 'bot'}:${string}` | 'cursor:get' | 'message:draft';

export function botHandlers(bots: Bots): Pick<Handlers, Extract<keyof Handlers, BotCall>> {
  const { commands, streams } = bots;
  return {
    'cursor:get': ({ actor }, input) => bots.cursor(actor, input),
    'deadletter:put': ({ actor }, input) => bots.putLetter(actor, input),
    'deadletter:list': ({ actor }, input) => bots.letters(actor, input),
    'deadletter:replay': ({ actor }, input) => bots.replay(actor, input),
    'deadletter:drop': ({ actor }, input) => bots.drop(actor, input),
    'command:register': ({ actor }, input) => commands.register(actor, input),
    'command:list': ({ actor }, input) => commands.list(actor, input),
    'command:run': ({ actor }, input) => commands.run(actor, input),
    'command:ack': ({ actor }, input) => commands.ack(actor, input),
    'command:respond': ({ actor }, input) => commands.respond(actor, input),
    'message:draft': ({ actor }, input) => streams.draft(actor, input),
    'bot:list': ({ actor }) => bots.list(actor),
    'bot:scopes': ({ actor }, input) => bots.scopes(actor, input),
    'bot:revoke': ({ actor }, input) => bots.revoke(actor, input),
    'bot:rewind': ({ actor }, input) => bots.rewind(actor, input),
  };
}
