// `court notify`: how one is told of messages while one is away, and what was told and why.
import { Command, InvalidArgumentError, Option } from 'commander';
import { reasonWords, ruleWords } from '../../../shared/notice-words.ts';
import {
  type NoticeLevel,
  type NoticeWishes,
  noticeChannel,
  noticeLevel,
  quietHours,
} from '../../../shared/protocol/notices.ts';
import type { CallInput } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { CliError } from '../errors.ts';
import { duration, examples, roomArgument, wholeNumber } from '../options.ts';
import { printableLine, table } from '../terminal.ts';

type Wish = CallInput<'notify:set'>;

interface Options {
  email?: boolean;
  push?: boolean;
  sms?: boolean;
  keywords?: string[];
  quiet?: Wish['quiet'];
  room?: string;
  level?: NoticeLevel | 'usual';
  for?: number;
  list?: true;
  limit?: number;
}

const onOff = (text: string): boolean => {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('It is neither on nor off.');
};
const words = (text: string): string[] =>
  text === 'none'
    ? []
    : text
        .split(',')
        .map(word => word.trim())
        .filter(Boolean);

/** `22:00-07:00`, where this computer is. */
function hours(text: string): Wish['quiet'] {
  if (text === 'never') return null;
  const [from, to] = text.split('-');
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  const { data, error } = quietHours.safeParse({ from, to, zone });
  if (data) return data;
  throw new InvalidArgumentError(`They are not hours such as 22:00-07:00: ${error.issues[0]?.message}.`);
}

export const notifyCommand = (context: Context): Command =>
  new Command('notify')
    .description('how you are told of messages while you are away, and what you were told and why')
    .option('--email <on|off>', 'by e-mail', onOff)
    .option('--push <on|off>', 'on your devices', onOff)
    .option('--sms <on|off>', 'by SMS', onOff)
    .option('--keywords <words>', 'words that make a message yours, with commas between; or none', words)
    .option('--quiet <hours>', 'tell me nothing then, e.g. 22:00-07:00; or never', hours)
    .option('--room <id>', 'with --level: of what in this room', roomArgument)
    .addOption(new Option('--level <level>', 'with --room').choices([...noticeLevel.options, 'usual']))
    .option('--for <time>', 'with --level: then as usual again, e.g. 8h', duration)
    .option('--list', 'the last messages that concerned you, and what was decided')
    .option('--limit <n>', 'with --list: so many', wholeNumber(1))
    .addHelpText(
      'after',
      examples(
        'court notify',
        'court notify --email off --keywords "roof,opening night" --quiet 22:00-07:00',
        'court notify --room lobby --level nothing --for 8h',
        'court notify --list',
      ),
    )
    .action((options: Options) => {
      const { email, push, sms, keywords, quiet, room, level } = options;
      if ((room === undefined) !== (level === undefined)) throw new CliError('Say both --room and --level.');
      return connected(context, async court => {
        const { terminal, signal } = context;
        if (options.list) {
          const { notices } = await court.call('notify:list', { limit: options.limit ?? 20 }, { signal });
          if (terminal.json) {
            for (const notice of notices) await terminal.result(notice, '');
            return;
          }
          const rows = notices.map(one => [
            one.at,
            one.room,
            one.verdict,
            printableLine(`${reasonWords[one.reason]} ${ruleWords[one.rule]}`),
            one.ways.map(({ channel, state }) => `${channel} ${state}`).join(', '),
            printableLine(one.text ?? '').slice(0, 40),
          ]);
          await terminal.result({}, table([['AT', 'ROOM', 'VERDICT', 'WHY', 'BY', 'TEXT'], ...rows]));
          return;
        }
        if (room !== undefined) {
          const until = options.for && new Date(Date.now() + options.for * 1000).toISOString();
          const wanted = level === 'usual' ? null : (level as NoticeLevel);
          await court.call('notify:room', { room, level: wanted, ...(until && { until }) }, { signal });
        }
        const channels = Object.fromEntries(
          Object.entries({ email, push, sms }).filter(([, on]) => on !== undefined),
        );
        const wish: Wish = {
          ...(Object.keys(channels).length > 0 && { channels }),
          ...(keywords && { keywords }),
          ...(quiet !== undefined && { quiet }),
        };
        const changes = Object.keys(wish).length > 0;
        const wishes = changes
          ? await court.call('notify:set', wish, { signal })
          : await court.call('notify:get', {}, { signal });
        await terminal.result(wishes, () => describe(wishes));
      });
    });

function describe({ channels, keywords, quiet, rooms }: NoticeWishes): string {
  const rows = noticeChannel.options.map(one => {
    const { on, address, offered } = channels[one];
    const lack = offered ? (address ? '' : 'there is nowhere to send it to') : 'this hub sends none';
    return [one, on ? 'on' : 'off', lack];
  });
  return [
    table(rows),
    `keywords  ${keywords.map(printableLine).join(', ') || 'none'}`,
    `quiet     ${quiet ? `${quiet.from}-${quiet.to} (${quiet.zone})` : 'never'}`,
    ...rooms.map(({ room, level, until }) => `${room}  ${level}${until ? ` until ${until}` : ''}`),
  ].join('\n');
}
