// `court replay`: a log as if its people talked now, each by a socket of their own.
import { Command, Option } from 'commander';
import { createApi } from '../api.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { CliError, explain } from '../errors.ts';
import { newFindings } from '../formats/entry.ts';
import { type Format, formats, openSource } from '../formats/index.ts';
import { knownJwtSecret } from '../operator.ts';
import { day, examples, roomArgument, speed } from '../options.ts';
import { type ReplayReport, replay } from '../replayer.ts';
import { signToken } from '../signing.ts';

interface Options {
  room: string;
  speed: number;
  format: Format;
  date?: string;
  channel?: string;
  guests?: boolean;
  listen?: boolean;
}

/** Tokens of people who are made up here, in seconds. */
const TOKEN = 24 * 3600;

export function replayCommand(context: Context): Command {
  return new Command('replay')
    .description('play a chat log into a room of a running hub, one socket per nick')
    .argument('<file...>', 'the log; several are played one after the other')
    .requiredOption('--room <room>', 'where to; made if it is not there', roomArgument)
    .option('--speed <factor>', 'how much faster than it was: 1, 60, max', speed, 1)
    .addOption(new Option('--format <format>', 'what the log is').choices(formats).default('irc'))
    .option('--date <day>', 'irc: day of the first line, else taken from the file name', day)
    .option('--channel <name>', 'slack: which channel of the export')
    .option(
      '--guests',
      "sign nicks in as guests; else with the hub's JWT_SECRET, where this machine knows it",
    )
    .option('--listen', 'nicks follow the room too')
    .addHelpText(
      'after',
      `${examples('court replay logs/2004-11-15.txt --room ubuntu --speed 60', 'court replay export.jsonl --format jsonl --room demo --speed max --json')}

A hub that limits connections and sign-ins (RATE_LIMITS=on) holds hundreds of nicks back.`,
    )
    .action(async (files: string[], { room, format, date, channel, guests, listen, ...options }: Options) => {
      const { terminal, signal } = context;
      const sources = files.map(file => openSource([file], { format, room, date, channel }));
      let total = 0;
      let starter: string | undefined;
      for (const source of sources) {
        for await (const entry of source(newFindings())) {
          total++;
          starter ??= entry.by;
        }
      }
      if (starter === undefined) throw new CliError('There is nothing in it that can be played.');
      const url = await context.resolveUrl();
      const secret = guests ? undefined : await knownJwtSecret(context);
      const tokenFor = secret === undefined ? guestTokens(url, signal) : signedTokens(secret);
      await ensureRoom(context, { url, room, getToken: tokenFor(starter, starter) });
      const told = new Set<string>();
      using progress = terminal.progress('Playing', total);
      const report = await replay(sources, {
        url,
        room,
        signal,
        tokenFor,
        listen: listen === true,
        speed: options.speed,
        progress: progress.set,
        refused(error) {
          if (!told.has(error.message)) terminal.note(`court: nicks are held back: ${explain(error)}`);
          told.add(error.message);
        },
      });
      await terminal.result(report, () => describe(report));
      if (report.acknowledged < report.sent) {
        throw new CliError(`${report.sent - report.acknowledged} of ${report.sent} were not acknowledged.`);
      }
    });
}

type TokenFor = (user: string, name: string) => () => Promise<string>;

function signedTokens(secret: string): TokenFor {
  return (user, name) => () => signToken(secret, { user, name, role: 'member', seconds: TOKEN });
}

/** Guests get ids from the hub; the nick is their name. */
function guestTokens(url: string, signal: AbortSignal): TokenFor {
  const api = createApi(url, signal);
  return (_, name) => {
    let kept: ReturnType<typeof api.guest> | undefined;
    return async () => {
      const before = await kept;
      const fresh = before && before.expiresAt > Date.now() + 30_000;
      if (before && fresh) return before.accessToken;
      kept = before?.refreshToken === undefined ? api.guest(name) : api.refresh(before.refreshToken);
      kept.catch(() => {
        kept = undefined;
      });
      return (await kept).accessToken;
    };
  };
}

/** Made by the first who speaks, if need be. Also finds out at once whether there is a hub. */
async function ensureRoom(
  { signal }: Context,
  { url, room, getToken }: { url: string; room: string; getToken(): Promise<string> },
): Promise<void> {
  await using court = await openCourt({ url, getToken }, signal);
  if ((await court.rooms('public')).some(({ id }) => id === room)) return;
  await court.call('room:create', { id: room, title: room, kind: 'public' }, { signal });
}

function describe({
  room,
  entries,
  nicks,
  sent,
  acknowledged,
  duplicates,
  errors,
  seconds,
  ack,
}: ReplayReport): string {
  return [
    `Played ${entries} entries of ${nicks} nicks into ${room} in ${seconds.toFixed(1)} s.`,
    `Sent ${sent}, acknowledged ${acknowledged}, repeated ${duplicates}.`,
    `Acknowledged after ${ack.p50} ms (p50), ${ack.p99} ms (p99), ${ack.max} ms (max).`,
    ...Object.entries(errors).map(([code, count]) => `Refused: ${count} (${code}).`),
  ].join('\n');
}
