// `/court` as people type it in Slack: what was asked, as an answer that only they see.
import { markdownToSlack, slackToMarkdown } from '#shared/slack/markup.ts';
import { HubError, Unreachable } from '../../hub/errors.ts';
import type { Binding } from '../../hub/ports-integrations.ts';
import type { Context } from './context.ts';
import type { Command } from './events.ts';
import { hubUuid } from './ids.ts';
import { roomLink, threadLink } from './links.ts';
import { sinceCursor } from './mirror.ts';
import type { People } from './people.ts';
import { dotted } from './words.ts';

const DAY = 86_400_000;
/** Who comes later than that after an announcement is not shown it. */
const ANNOUNCED = 7 * DAY;
const HELP = [
  '*/court link ROOM*   mirrors this channel and a room of First Court into each other',
  '*/court link CODE*   says who you are at First Court, which shows you the code',
  '*/court unlink*   ends the link of this channel',
  '*/court status*   what this channel is linked to, and how the connection stands',
  '*/court recap*   what was said in the linked room in the last day, in short, with its sources',
  '*/court announce TEXT*   an announcement to everybody in the room for a week, and a message in it and here (owners and moderators)',
].join('\n');
/** As the hub makes them; the names of rooms are in lower case. */
const CODE = /^[A-Z2-9]{10}$/;
const NOT_LINKED = 'This channel is not linked to a room. */court link ROOM* links it.';

export type Commands = ReturnType<typeof createCommands>;

export function createCommands(context: Context, people: People, changed: () => void) {
  const { court, options, standing, log } = context;
  const plain = (text: string) => markdownToSlack(text, { slackId: () => undefined });

  async function link({ channel_id, user_id }: Command, word: string): Promise<string> {
    if (CODE.test(word)) {
      const user = await court.redeem(user_id, word);
      await people.linked();
      return `You are ${plain(user)} at First Court from now on.`;
    }
    const room = word.replace(/^#/, '').toLowerCase();
    if (!room) return 'Name the room: */court link ROOM*, for example */court link lobby*.';
    await court.bind(channel_id, room, user_id);
    changed();
    return `This channel and ${roomLink(options.publicUrl, room, room)} are one from now on. In a private channel, type */invite @court* too.`;
  }

  async function unlink({ channel_id, user_id }: Command): Promise<string> {
    await court.unbind(channel_id, user_id);
    changed();
    return 'This channel is not linked to a room any more.';
  }

  function status(binding: Binding | undefined): string {
    const state = standing.state();
    const stands = 'reason' in state ? `${state.state}: ${state.reason}` : state.state;
    const where = binding
      ? `This channel is linked to ${roomLink(options.publicUrl, binding.room, binding.room)}.`
      : NOT_LINKED;
    return `${where}\nConnection: ${plain(stands)}`;
  }

  /** Not further back than the link: what was said before is for the members of the room alone. */
  async function recap({ place, room }: Binding): Promise<string> {
    const since = Math.max(Date.now() - DAY, (await court.cursor(sinceCursor(place, room))) / 1000);
    const { claims, citations, by } = await court.recap(room, new Date(since).toISOString());
    const where = roomLink(options.publicUrl, room, room);
    if (claims.length === 0) return `Nothing was said in ${where} in the last day.`;
    const source = (number: number) => {
      const { messageId } = citations[number - 1] ?? {};
      return messageId ? threadLink(options.publicUrl, room, messageId, `[${number}]`) : '';
    };
    const points = claims.map(({ text, cites }) => `• ${plain(text)} ${cites.map(source).join(' ')}`);
    return [`${where} in the last day:`, ...points, `_${plain(by)}_`].join('\n');
  }

  async function announce({ room }: Binding, command: Command, words: string): Promise<string> {
    if (!words) return 'Say what to announce: */court announce TEXT*.';
    const role = await court.roleIn(room, command.user_id);
    if (role !== 'owner' && role !== 'moderator') {
      return `Only owners and moderators of ${plain(room)} may announce there.`;
    }
    const names = { person: (id: string) => people.userOf(id) ?? dotted(people.known(id)) };
    const speaker = { id: command.user_id, name: await people.nameOf(command.user_id) };
    const text = slackToMarkdown(words, names);
    await court.speak(room, speaker, hubUuid('announce', command.trigger_id), {
      type: 'message.created',
      text,
      meta: { announcement: true },
    });
    const until = new Date(Date.now() + ANNOUNCED).toISOString();
    await court.announce(room, command.user_id, { key: command.trigger_id, text, until });
    return 'It is announced.';
  }

  async function run(command: Command): Promise<string> {
    const [verb = '', words = ''] = command.text.trim().split(/\s+(.*)/s, 2);
    const about = async (work: (binding: Binding) => Promise<string>) => {
      const binding = (await court.bindings()).find(({ place }) => place === command.channel_id);
      return binding ? work(binding) : NOT_LINKED;
    };
    switch (verb.toLowerCase()) {
      case 'link':
        return link(command, words.trim());
      case 'unlink':
        return unlink(command);
      case 'status':
        return status((await court.bindings()).find(({ place }) => place === command.channel_id));
      case 'recap':
        return about(recap);
      case 'announce':
        return about(binding => announce(binding, command, words.trim()));
      default:
        return HELP;
    }
  }

  return {
    /** Always an answer, whatever happens. */
    async answer(command: Command): Promise<string> {
      try {
        return await run(command);
      } catch (error) {
        if (error instanceof HubError) return plain(error.message);
        if (error instanceof Unreachable)
          return 'First Court cannot reach its database. Try again in a minute.';
        log.error({ err: error, vendor: 'slack' }, 'a command failed');
        return 'That did not work; the log of First Court says why.';
      }
    },
  };
}
