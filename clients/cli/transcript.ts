// A room's conversation as lines for people: time, name in a colour of its own, text; days and comings and goings in grey.
import { bytesWords } from '../../shared/file-words.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';
import type { File } from '../../shared/protocol/files.ts';
import type { Message } from '../../shared/protocol/models.ts';
import type { Room } from '../js/types.ts';
import { printable, printableLine, type Terminal } from './terminal.ts';

export interface Transcript {
  /** With --json, the message itself. */
  message(message: Message): Promise<void>;
  /** An entry that is no new message; shown to people only. */
  change(event: LogEvent): Promise<void>;
}

const COLOURS = [
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'redBright',
  'greenBright',
  'blueBright',
  'magentaBright',
  'cyanBright',
] as const;

export function createTranscript(terminal: Terminal, room: Room): Transcript {
  const names = new Map(room.snapshot.members?.map(({ user, name }) => [user, name]));
  let day = '';

  const grey = (text: string) => terminal.style('gray', text);
  const nameOf = (user: string) => printableLine(names.get(user) ?? user);

  function stamp(at: string): string {
    const time = new Date(at);
    const local = (options: Intl.DateTimeFormatOptions) => time.toLocaleString('sv-SE', options);
    const newDay = local({ dateStyle: 'short' });
    const line = newDay === day ? '' : `${grey(`--- ${newDay} ---`)}\n`;
    day = newDay;
    return line + grey(local({ timeStyle: 'short' }));
  }

  function line(at: string, by: string, text: string): string {
    const name = terminal.style(colourOf(by), `<${nameOf(by)}>`);
    // Further lines stand under the first, so that nothing in a text can pass for another message.
    return `${stamp(at)} ${name} ${printable(text).replaceAll('\n', '\n      ')}`;
  }

  const aside = (at: string, text: string) => `${stamp(at)} ${grey(`-- ${text}`)}`;

  function describe(event: LogEvent): string {
    const by = nameOf(event.by);
    switch (event.type) {
      case 'member.joined':
        names.set(event.data.user, event.data.name);
        return aside(event.at, `${nameOf(event.data.user)} joined`);
      case 'member.left':
        return aside(event.at, `${nameOf(event.data.user)} left`);
      case 'member.removed':
        return aside(event.at, `${by} removed ${nameOf(event.data.user)}`);
      case 'message.edited':
        return line(event.at, event.by, `(edited) ${event.data.text}`);
      case 'message.deleted':
        return event.data.expired ? '' : aside(event.at, `${by} deleted a message`);
      case 'reaction.added':
        return aside(event.at, `${by} reacted with ${printableLine(event.data.emoji)}`);
      case 'file.shared':
        return 'file' in event.data ? aside(event.at, shared(event.data.file)) : '';
      case 'room.updated':
        return aside(event.at, `${by} changed the room`);
      default:
        return '';
    }
  }

  return {
    message: message => {
      const text = message.deletedAt === undefined ? message.text : '(deleted)';
      return terminal.result(message, () => line(message.at, message.by, text));
    },
    async change(event) {
      if (!terminal.json) await terminal.result(event, () => describe(event));
    },
  };
}

const shared = ({ id, name, size }: File): string =>
  `with ${printableLine(name)}, ${bytesWords(size)}: court download ${id}`;

/** The same for the same person, each time. */
function colourOf(user: string): (typeof COLOURS)[number] {
  let sum = 0;
  for (const char of user) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return COLOURS[sum % COLOURS.length] ?? 'cyan';
}
