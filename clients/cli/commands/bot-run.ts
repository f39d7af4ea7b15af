// `court bot run`: the bots that ship.
import { once } from 'node:events';
import { Argument, Command, InvalidArgumentError } from 'commander';
import type { App } from '../../bot/app.ts';
import { TIME_OF_DAY } from '../../bot/bots/recap/clock.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { examples, roomArgument } from '../options.ts';
import { normalUrl } from '../session.ts';

interface Options {
  token?: string;
  room?: string;
  at?: string;
  zone?: string;
  toUrl?: string;
  toToken?: string;
  toRoom?: string;
}

const bots = ['recap', 'bridge', 'echo'] as const;

function timeOfDay(text: string): string {
  if (TIME_OF_DAY.test(text)) return text;
  throw new InvalidArgumentError('It is not a time of day such as 09:00.');
}

function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('It is not a time zone such as Europe/Berlin.');
  }
}

export const runCommand = (context: Context): Command =>
  new Command('run')
    .description('run a bot that ships, until Ctrl-C')
    .addArgument(new Argument('<bot>', 'which').choices(bots))
    .option('--token <token>', 'of the bot; else COURT_TOKEN')
    .option('--room <room>', 'a public room to go into; for bridge, the room to mirror', roomArgument)
    .option('--at <time>', 'recap: time of day', timeOfDay, '09:00')
    .option('--zone <zone>', 'recap: time zone, such as Europe/Berlin', timeZone, 'UTC')
    .option('--to-url <url>', 'bridge: the other hub')
    .option('--to-token <token>', 'bridge: of a bot there; else COURT_TO_TOKEN')
    .option('--to-room <room>', 'bridge: the room there; else the same', roomArgument)
    .addHelpText(
      'after',
      examples(
        'COURT_TOKEN=$(court bot create Echo --room lobby) court bot run echo',
        'court bot run recap --at 17:30 --zone Europe/Berlin',
        'court bot run bridge --room lobby --to-url https://other.example',
      ),
    )
    .action(async (name: (typeof bots)[number], options: Options) => {
      const { env, signal } = context;
      const token = options.token ?? env.COURT_TOKEN;
      if (!token)
        throw new CliError('A bot needs its token: --token or COURT_TOKEN. See: court bot create --help');
      const app = await make(name, { ...options, token, url: await context.resolveUrl(), env });
      try {
        await app.start();
        if (!signal.aborted) await Promise.race([once(signal, 'abort'), app.done]);
      } finally {
        await app.stop();
      }
    });

async function make(
  name: (typeof bots)[number],
  { env, ...options }: Options & { url: string; token: string; env: NodeJS.ProcessEnv },
): Promise<App> {
  const { url, token, room, at, zone, toUrl, toToken = env.COURT_TO_TOKEN, toRoom = room } = options;
  const own = { url, token, ...(room && { rooms: [room] }) };
  if (name === 'echo') return (await import('../../bot/bots/echo/index.ts')).echoBot(own);
  if (name === 'recap') {
    const when = { ...(at && { at }), ...(zone && { zone }) };
    return (await import('../../bot/bots/recap/index.ts')).recapBot({ ...own, ...when });
  }
  if (!room || !toUrl || !toToken || !toRoom) {
    throw new CliError('A bridge needs --room, --to-url, and --to-token or COURT_TO_TOKEN.');
  }
  const to = { url: normalUrl(toUrl), token: toToken, room: toRoom };
  return (await import('../../bot/bots/bridge/index.ts')).bridgeBot({ ...own, room, to });
}
