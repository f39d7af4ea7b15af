// `court ban`: who is kept out of which room, until when and why.
import { Command } from 'commander';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { act, DRY_RUN, type Dry } from '../deed.ts';
import { CliError } from '../errors.ts';
import { shortTime, showAll, untilWords } from '../listing.ts';
import { examples, moment, parsed, roomArgument } from '../options.ts';
import { printableLine } from '../terminal.ts';
import { lookAt } from './room-keep.ts';

const userArgument = parsed(p.userId);

export const banCommand = (context: Context): Command =>
  new Command('ban')
    .alias('bans')
    .description('bans: list, add and lift them (moderators of the room; all of them for admins)')
    .addHelpText('after', examples('court ban list --room lobby', 'court ban add lobby mallory --until 7d'))
    .addCommand(listCommand(context))
    .addCommand(addCommand(context))
    .addCommand(liftCommand(context));

const listCommand = (context: Context) =>
  new Command('list')
    .description('the bans that hold now')
    .option('--room <room>', 'of this room', roomArgument)
    .option('--user <user>', 'of this person', userArgument)
    .addHelpText('after', examples('court ban list --room lobby', 'court ban list --user mallory --json'))
    .action((only: { room?: string; user?: string }) =>
      connected(context, court =>
        showAll(
          context.terminal,
          more => court.call('ban:list', { ...only, ...more, limit: 200 }, { signal: context.signal }),
          page => page.bans,
          {
            head: ['ROOM', 'USER', 'NAME', 'UNTIL', 'SINCE', 'BY', 'REASON'],
            row: ban => [
              ban.room,
              printableLine(ban.user),
              printableLine(ban.name),
              untilWords(ban.until),
              shortTime(ban.at),
              printableLine(ban.by ?? '-'),
              printableLine(ban.reason ?? ''),
            ],
            none: 'Nobody is banned.',
          },
        ),
      ),
    );

const addCommand = (context: Context) =>
  new Command('add')
    .description('take somebody out of a room and keep them out')
    .argument('<room>', 'id of the room', roomArgument)
    .argument('<user>', 'their id', userArgument)
    .option('--until <when>', 'a time, or for how long, e.g. 7d; else until it is lifted', moment)
    .option('--reason <text>', 'for the record, which the members of the room can read', parsed(p.topic))
    .option(...DRY_RUN)
    .addHelpText('after', examples('court ban add lobby mallory --until 7d --reason "Spam"'))
    .action(
      (room: string, user: string, { until, reason, dryRun }: Dry & { until?: string; reason?: string }) =>
        connected(context, async court => {
          if (dryRun) await lookAt(context, court, room);
          const ban = { ...(until && { until }), ...(reason && { reason }) };
          const end = untilWords(until);
          const would = `take ${user} out of ${room} and keep them out until: ${end}`;
          await act(context, { ...(dryRun && { dryRun }) }, would, { room, user, ban }, async () => {
            const { seq } = await court.call(
              'member:remove',
              { room, user, ban },
              { signal: context.signal },
            );
            return [{ room, user, ban, seq }, `${user} is banned from ${room}, until: ${end}.`];
          });
        }),
    );

const liftCommand = (context: Context) =>
  new Command('lift')
    .description('let somebody come in again')
    .argument('<room>', 'id of the room', roomArgument)
    .argument('<user>', 'their id', userArgument)
    .option(...DRY_RUN)
    .addHelpText('after', examples('court ban lift lobby mallory'))
    .action((room: string, user: string, { dryRun }: Dry) =>
      connected(context, async court => {
        const { signal } = context;
        if (dryRun && (await court.call('ban:list', { room, user }, { signal })).bans.length === 0)
          throw new CliError('This user is not banned from this room.');
        const would = `let ${user} come into ${room} again`;
        await act(context, { ...(dryRun && { dryRun }) }, would, { room, user }, async () => {
          await court.call('ban:lift', { room, user }, { signal });
          return [{ room, user, lifted: true }, `${user} may come into ${room} again.`];
        });
      }),
    );
