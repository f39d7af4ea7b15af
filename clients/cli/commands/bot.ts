// `court bot`: bots, their tokens, what they may do, what they could not do; and those that ship, to run.
import { Command } from 'commander';
import { z } from 'zod';
import { type Bot, botScope } from '../../../shared/protocol/bots.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import { createApi } from '../api.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { examples, parsed, roomArgument } from '../options.ts';
import { printableLine, table } from '../terminal.ts';
import { deadLettersCommand, replayCommand } from './bot-letters.ts';
import { runCommand } from './bot-run.ts';

const botId = parsed(p.userId);
const scopeList = parsed(
  z
    .string()
    .transform(text => text.split(',').filter(Boolean))
    .pipe(z.array(botScope)),
);

export const botCommand = (context: Context): Command =>
  new Command('bot')
    .description('bots: make them, watch them, run those that ship')
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(revokeCommand(context))
    .addCommand(scopesCommand(context))
    .addCommand(deadLettersCommand(context))
    .addCommand(replayCommand(context))
    .addCommand(runCommand(context))
    .addHelpText(
      'after',
      examples('court bot create Echo --room lobby', 'court bot list', 'court bot run echo'),
    );

const createCommand = (context: Context) =>
  new Command('create')
    .description('make a bot and show its token, once; of a bot that exists the old token ends (admin)')
    .argument('<name>', 'its display name', parsed(p.userName))
    .option('--id <id>', 'its user id; else made of the name', botId)
    .option('--room <room...>', 'rooms to put it into')
    .addHelpText(
      'after',
      examples(
        'court bot create Echo --id echo --room lobby',
        'court bot create Deploys --json | jq -r .token',
      ),
    )
    .action(async (name: string, { id, room: rooms = [] }: { id?: string; room?: string[] }) => {
      const { terminal, signal } = context;
      const { url, getToken } = await context.session();
      const made = await createApi(url, signal).bot(await getToken({ reason: 'connect' }), {
        name,
        ...(id && { id }),
      });
      const { user, token, expiresIn } = made;
      await connected(context, async court => {
        for (const room of rooms) await court.call('member:add', { room, user: user.id }, { signal });
      });
      const expiresAt = new Date(Date.now() + expiresIn * 1000).toISOString();
      terminal.note(
        `${user.id} is made. This token is shown once, and holds until ${expiresAt.slice(0, 10)}:`,
      );
      await terminal.result({ id: user.id, name: user.name, token, expiresAt, rooms }, token);
    });

const listCommand = (context: Context) =>
  new Command('list')
    .description('all bots: seen when, how far behind, what they gave up on (admin)')
    .addHelpText('after', examples('court bot list', 'court bot list --json | jq .cursors'))
    .action(() =>
      connected(context, async court => {
        const { terminal } = context;
        const { bots } = await court.call('bot:list', {}, { signal: context.signal });
        if (terminal.json) for (const bot of bots) await terminal.result(bot, '');
        else if (bots.length === 0)
          await terminal.result({}, 'There are no bots. See: court bot create --help');
        else
          await terminal.result(
            {},
            table([['BOT', 'NAME', 'SEEN', 'BEHIND', 'DEAD', 'COMMANDS', 'MAY'], ...bots.map(row)]),
          );
      }),
    );

function row({ id, name, lastSeenAt, cursors, deadLetters, commands, scopes }: Bot): string[] {
  const behind = cursors.reduce((sum, cursor) => sum + cursor.behind, 0);
  const may = Object.entries(scopes).map(([room, list]) => `${room}:${list.join('+') || 'nothing'}`);
  const seen = lastSeenAt?.slice(0, 16).replace('T', ' ') ?? '-';
  const offered = commands.map(command => `/${command}`).join(' ');
  return [
    id,
    printableLine(name),
    seen,
    String(behind),
    String(deadLetters),
    offered || '-',
    may.join(' ') || 'everything',
  ];
}

const revokeCommand = (context: Context) =>
  new Command('revoke')
    .description("end a bot's token, everywhere and at once (admin)")
    .argument('<bot>', 'its user id', botId)
    .addHelpText('after', examples('court bot revoke echo'))
    .action((bot: string) =>
      connected(context, async court => {
        await court.call('bot:revoke', { bot }, { signal: context.signal });
        await context.terminal.result(
          { bot, revoked: true },
          `${bot} is out. "court bot create" gives it a new token.`,
        );
      }),
    );

const scopesCommand = (context: Context) =>
  new Command('scopes')
    .description(
      'what a bot may do in a room, or in all that have no word of their own (admin, or moderator of the room)',
    )
    .argument('<bot>', 'its user id', botId)
    .option('--room <room>', 'in this room alone', roomArgument)
    .option('--allow <scopes>', 'read, write, commands, with commas between; "" is nothing', scopeList)
    .option('--clear', 'as in every other room, or everything')
    .addHelpText(
      'after',
      examples(
        'court bot scopes deploys --allow write',
        'court bot scopes recap --room board --allow ""',
        'court bot scopes deploys --clear',
      ),
    )
    .action(
      (
        bot: string,
        { room, allow, clear }: { room?: string; allow?: ('read' | 'write' | 'commands')[]; clear?: true },
        command: Command,
      ) =>
        connected(context, async court => {
          if ((allow === undefined) === (clear === undefined))
            return command.error('error: give either --allow or --clear');
          const scopes = allow ?? null;
          await court.call('bot:scopes', { bot, scopes, ...(room && { room }) }, { signal: context.signal });
          const where = room ? `in ${room}` : 'in every room without a word of its own';
          const what = scopes === null ? 'what it may elsewhere' : scopes.join(', ') || 'nothing';
          await context.terminal.result({ bot, room: room ?? '*', scopes }, `${bot} may, ${where}: ${what}.`);
        }),
    );
