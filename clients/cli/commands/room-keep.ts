// `court room show` and `court room archive`: a room as those see it who look after it.
import { Command } from 'commander';
import type { CallData, Court } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { act, DRY_RUN, type Dry } from '../deed.ts';
import { mutedWords, shortTime } from '../listing.ts';
import { examples, roomArgument } from '../options.ts';
import { printable, printableLine, table } from '../terminal.ts';

export const lookAt = ({ signal }: Pick<Context, 'signal'>, court: Court, room: string) =>
  court.call('room:show', { room }, { signal });

export const showCommand = (context: Context): Command =>
  new Command('show')
    .argument('<room>', 'id of the room', roomArgument)
    .description('one room and who is in it; who is muted, for those who look after it')
    .addHelpText('after', examples('court room show lobby', 'court room show lobby --json | jq .members'))
    .action((room: string) =>
      connected(context, async court => {
        const details = await lookAt(context, court, room);
        await context.terminal.result(details, () => describe(details));
      }),
    );

export const archiveCommand = (context: Context): Command =>
  new Command('archive')
    .argument('<room>', 'id of the room', roomArgument)
    .description('let nothing more be added to a room; it can still be read')
    .option('--undo', 'let people talk there again')
    .option(...DRY_RUN)
    .addHelpText('after', examples('court room archive old-plans', 'court room archive old-plans --undo'))
    .action((room: string, { undo, dryRun }: Dry & { undo?: true }) =>
      connected(context, async court => {
        const archived = !undo;
        const now = (await lookAt(context, court, room)).room.archived;
        const deed = archived ? `archive ${room}` : `take ${room} out of the archive`;
        const would = now === archived ? `leave ${room} as it is` : deed;
        await act(context, { ...(dryRun && { dryRun }) }, would, { room, archived }, async () => {
          const done = await court.call('room:update', { room, archived }, { signal: context.signal });
          return [done.room, archived ? `${room} is archived.` : `${room} is open again.`];
        });
      }),
    );

function describe({ room, members, bans, role }: CallData<'room:show'>): string {
  const lines = [
    `${room.id}  ${printableLine(room.title)}  ${room.kind}${room.archived ? ', archived' : ''}${role ? `, you are its ${role}` : ''}`,
    `since ${shortTime(room.createdAt)}, by ${printableLine(room.createdBy)}; ${room.head} entries`,
    ...(room.topic ? [printable(room.topic)] : []),
    ...(bans ? [`${bans} banned: court ban list --room ${room.id}`] : []),
    '',
  ];
  if ('count' in members) lines.push(`${members.count} members`);
  else {
    const rows = members.map(one => [
      printableLine(one.user),
      printableLine(one.name),
      one.role,
      mutedWords(one.muted),
    ]);
    lines.push(table([['MEMBER', 'NAME', 'ROLE', 'MUTED'], ...rows]));
  }
  return lines.join('\n');
}
