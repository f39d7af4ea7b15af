// `court room`: the list with what is unread, and the verbs on a room. Without a verb it is the list; `court rooms` is the same.
import { Command, Option } from 'commander';
import type { ListedRoom, Room } from '../../../shared/protocol/models.ts';
import { roomKind } from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import { CallError } from '../../js/errors.ts';
import type { Court } from '../../js/types.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { act, DRY_RUN, type Dry } from '../deed.ts';
import { CliError } from '../errors.ts';
import { showAll } from '../listing.ts';
import { examples, parsed, roomArgument } from '../options.ts';
import { printableLine, table } from '../terminal.ts';
import { archiveCommand, showCommand } from './room-keep.ts';
import { addCommand, muteCommand, removeCommand, roleCommand } from './room-members.ts';

interface ListOptions {
  public?: true;
  all?: true;
}

export const roomCommand = (context: Context): Command =>
  listing(context, new Command('room'))
    .alias('rooms')
    .description('rooms: list, show, create, join, leave and archive them, and who is in them')
    .addCommand(listing(context, new Command('list')).description('your rooms, with what is unread'))
    .addCommand(showCommand(context))
    .addCommand(createCommand(context))
    .addCommand(joinCommand(context))
    .addCommand(leaveCommand(context))
    .addCommand(archiveCommand(context))
    .addCommand(addCommand(context))
    .addCommand(removeCommand(context))
    .addCommand(roleCommand(context))
    .addCommand(muteCommand(context));

const listing = (context: Context, command: Command): Command =>
  command
    .option('--public', 'all public rooms instead of yours')
    .option('--all', 'every room, whoever is in it (admin)')
    .addHelpText(
      'after',
      examples('court room list', 'court room list --public --json', 'court room show lobby'),
    )
    .action((_: object, list: Command) =>
      connected(context, async court => {
        // Both `court room` and `court room list` take them.
        const options = list.optsWithGlobals<ListOptions>();
        if (options.all) return showEvery(context, court);
        const { terminal } = context;
        const rooms = await court.rooms(options.public ? 'public' : 'mine');
        if (terminal.json) for (const room of rooms) await terminal.result(room, '');
        else await terminal.result({}, shown(rooms, options.public === true));
      }),
    );

const createCommand = (context: Context) =>
  new Command('create')
    .argument('<room>', 'id of the room', roomArgument)
    .description('create a room; you will be its owner')
    .option('--title <title>', 'title; else the same as the id', parsed(p.title))
    .option('--topic <topic>', 'what it is about', parsed(p.topic))
    .addOption(
      new Option('--kind <kind>', 'who may come in').choices(['public', 'private']).default('public'),
    )
    .option(...DRY_RUN)
    .addHelpText('after', examples('court room create plans --title "Our plans" --kind private'))
    .action((id: string, options: Dry & { title?: string; topic?: string; kind: string }) =>
      connected(context, async court => {
        const { title = id, topic, dryRun } = options;
        const kind = roomKind.parse(options.kind);
        const input = { id, title, kind, ...(topic !== undefined && { topic }) };
        if (dryRun && (await isThere(context, court, id)))
          throw new CliError('There is a room with this id already.');
        const would = `create the ${kind} room ${id}, "${title}"`;
        await act(context, { ...(dryRun && { dryRun }) }, would, input, async () => {
          const { room } = await court.call('room:create', input, { signal: context.signal });
          return [room, `Created ${room.id}.`];
        });
      }),
    );

const joinCommand = (context: Context) =>
  new Command('join')
    .argument('<room>', 'id of the room', roomArgument)
    .description('become a member of a public room')
    .action((room: string) =>
      connected(context, async court => {
        const joined = await court.call('room:join', { room }, { signal: context.signal });
        const { role } = joined;
        await context.terminal.result({ ...joined.room, role }, `You are in ${room} (${role}).`);
      }),
    );

const leaveCommand = (context: Context) =>
  new Command('leave')
    .argument('<room>', 'id of the room', roomArgument)
    .description('end your membership')
    .action((room: string) =>
      connected(context, async court => {
        await court.call('room:leave', { room, forget: true }, { signal: context.signal });
        await context.terminal.result({ room }, `You left ${room}.`);
      }),
    );

/** As far as this person may know. */
async function isThere({ signal }: Pick<Context, 'signal'>, court: Court, room: string): Promise<boolean> {
  try {
    await court.call('room:show', { room }, { signal });
    return true;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (error.code === 'not_found') return false;
    if (error.code === 'forbidden') return true;
    throw error;
  }
}

const showEvery = ({ terminal, signal }: Context, court: Court): Promise<void> =>
  showAll(
    terminal,
    more => court.call('admin:rooms', { ...more, limit: 200 }, { signal }),
    page => page.rooms,
    {
      head: ['ROOM', 'TITLE', 'KIND', 'MEMBERS', 'ENTRIES', ''],
      row: room => [
        room.id,
        printableLine(room.title),
        room.kind,
        String(room.members),
        String(room.head),
        room.archived ? 'archived' : '',
      ],
      none: 'There are no rooms.',
    },
  );

function shown(list: readonly ListedRoom[], isPublic: boolean): string {
  if (list.length === 0)
    return isPublic ? 'There are no public rooms.' : 'You are in no room. See: court room list --public';
  const mine = isPublic ? [] : ['UNREAD', 'MENTIONS'];
  const row = (room: ListedRoom) => [
    room.id,
    printableLine(titleOf(room)),
    room.kind,
    ...(isPublic ? [] : [String(room.unread ?? 0), String(room.mentions ?? 0)]),
    String(room.head),
  ];
  return table([['ROOM', 'TITLE', 'KIND', ...mine, 'ENTRIES'], ...list.map(row)]);
}

function titleOf(room: Pick<Room, 'title'> & Pick<ListedRoom, 'with'>): string {
  return room.with?.map(({ name }) => name).join(', ') || room.title;
}
