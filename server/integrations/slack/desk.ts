// Where what comes from Slack arrives: acknowledged at once, each thing once, and handed to whom it concerns.
import { createCommands } from './command.ts';
import type { Context } from './context.ts';
import { type Command, parseCommand, parseEvent } from './events.ts';
import type { Mirror } from './mirror.ts';
import type { People } from './people.ts';
import type { SlackPresence } from './presence.ts';
import { createSeen } from './seen.ts';
import type { Envelope } from './socket.ts';

/** Slack tells the person that the app failed when it takes 3 s. */
const SOON = 2000;
/** Slack repeats an event within minutes; what comes later is caught by the ids that are derived from it. */
const MEMORY = 10_000;
const SLACK = 'https://hooks.slack.com/';

export function createDesk(context: Context, people: People, presence: SlackPresence, mirror: Mirror) {
  const { log, options } = context;
  const seen = createSeen(MEMORY);
  const commands = createCommands(context, people, mirror.refresh);

  function isNew(id: string): boolean {
    if (seen.get(id)) return false;
    seen.set(id, true);
    return true;
  }

  async function answer(command: Command, ack: Envelope['ack']): Promise<void> {
    const words = commands.answer(command);
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, SOON, undefined);
    const soon = await Promise.race([words, late.promise]);
    clearTimeout(timer);
    if (soon !== undefined) return ack(ephemeral(soon));
    ack(ephemeral('One moment…'));
    await respond(command.response_url, await words);
  }

  /** Only to Slack itself: the address came from outside. */
  async function respond(url: string, words: string): Promise<void> {
    const own = options.apiUrl && new URL(options.apiUrl).origin;
    if (!url.startsWith(SLACK) && !(own && url.startsWith(`${own}/`))) return;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ephemeral(words)),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    await answer.body?.cancel();
  }

  return (envelope: Envelope): void => {
    if (envelope.type === 'slash_commands') {
      const command = parseCommand(envelope.body);
      if (!command || !isNew(command.trigger_id)) {
        envelope.ack();
        return;
      }
      answer(command, envelope.ack).catch((error: unknown) =>
        log.warn({ err: error, vendor: 'slack' }, 'the answer to a command did not reach Slack'),
      );
      return;
    }
    envelope.ack();
    const parsed = parseEvent(envelope.body);
    if (!parsed || !isNew(parsed.id)) return;
    const { event } = parsed;
    if (event.type === 'message' || 'item' in event) mirror.heard(event);
    else presence.heard(event);
  };
}

const ephemeral = (text: string) => ({ response_type: 'ephemeral', text });
