// `court rooms`: the list with what is unread, and the verbs on a room: create, join, leave.
import { Command, Option } from 'commander';
import type { ListedRoom, Room } from '../../../shared/protocol/models.ts';
import { roomKind } from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Court } from '../../js/types.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { examples, parsed, roomArgument } from '../options.ts';
import { printableLine, table } from '../terminal.ts';

export function roomsCommand(context: Context): Command {
  const { terminal } = context;
  const connected = async (work: (court: Court) => Promise<void>) => {
    await using court = await openCourt(await context.session(), context.signal);
    await work(court);
  };

  const rooms = new Command('rooms')
    .description('list rooms, create, join and leave them')
    .option('--public', 'all public rooms instead of yours')
    .addHelpText(
      'after',
      examples(
        'court rooms',
        'court rooms --public --json',
        'court rooms create plans --title "Our plans" --kind private',
      ),
    )
    .action((options: { public?: boolean }) =>
      connected(async court => {
        const list = await court.rooms(options.public ? 'public' : 'mine');
        if (terminal.json) for (const room of list) await terminal.result(room, '');
        else await terminal.result({}, shown(list, options.public === true));
      }),
    );

  rooms
    .command('create')
    .argument('<room>', 'id of the room', roomArgument)
    .description('create a room; you will be its owner')
    .option('--title <title>', 'title; else the same as the id', parsed(p.title))
    .option('--topic <topic>', 'what it is about', parsed(p.topic))
    .addOption(
      new Option('--kind <kind>', 'who may come in').choices(['public', 'private']).default('public'),
    )
    .action((id: string, options: { title?: string; topic?: string; kind: string }) =>
      connected(async court => {
        const { title = id, topic } = options;
        const kind = roomKind.parse(options.kind);
        const input = { id, title, kind, ...(topic !== undefined && { topic }) };
        const { room } = await court.call('room:create', input, { signal: context.signal });
        await terminal.result(room, `Created ${room.id}.`);
      }),
    );

  rooms
    .command('join')
    .argument('<room>', 'id of the room', roomArgument)
    .description('become a member of a public room')
    .action((room: string) =>
      connected(async court => {
        const joined = await court.call('room:join', { room }, { signal: context.signal });
        await terminal.result({ ...joined.room, role: joined.role }, `You are in ${room} (${joined.role}).`);
      }),
    );

  rooms
    .command('leave')
    .argument('<room>', 'id of the room', roomArgument)
    .description('end your membership')
    .action((room: string) =>
      connected(async court => {
        await court.call('room:leave', { room, forget: true }, { signal: context.signal });
        await terminal.result({ room }, `You left ${room}.`);
      }),
    );

  return rooms;
}

function shown(list: readonly ListedRoom[], isPublic: boolean): string {
  if (list.length === 0)
    return isPublic ? 'There are no public rooms.' : 'You are in no room. See: court rooms --public';
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
