// `court room add`, `remove`, `role` and `mute`: who is in a room, and as what.
import { Command } from 'commander';
import { type RoomRole, roomRole } from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { CallInput } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { act, DRY_RUN, type Dry } from '../deed.ts';
import { untilWords } from '../listing.ts';
import { examples, moment, parsed, roomArgument } from '../options.ts';
import { lookAt } from './room-keep.ts';

type MemberCall = `member:${'add' | 'remove' | 'role' | 'mute'}`;

const verb = (name: string, ...lines: string[]) =>
  new Command(name)
    .argument('<room>', 'id of the room', roomArgument)
    .argument('<user>', 'their id', parsed(p.userId))
    .option(...DRY_RUN)
    .addHelpText('after', examples(...lines));

/** @param would and `did` with the person and the room put in */
async function change<C extends MemberCall>(
  context: Context,
  { dryRun }: Dry,
  call: C,
  input: CallInput<C> & { room: string; user: string },
  { would, did }: { would: string; did: string },
): Promise<void> {
  await connected(context, async court => {
    // A room that is not there is told of by a dry run too.
    if (dryRun) await lookAt(context, court, input.room);
    await act(context, { ...(dryRun && { dryRun }) }, would, input, async () => {
      const { seq } = await court.call(call, input, { signal: context.signal });
      return [{ ...input, seq }, did];
    });
  });
}

export const addCommand = (context: Context): Command =>
  verb('add', 'court room add plans ada', 'court room add plans ada --role moderator')
    .description('put somebody into a room; a ban is over with it (moderators)')
    .option('--role <role>', roomRole.options.join(', '), parsed(roomRole), 'member' as const)
    .action((room: string, user: string, { role, ...dry }: Dry & { role: RoomRole }) =>
      change(
        context,
        dry,
        'member:add',
        { room, user, role },
        {
          would: `put ${user} into ${room} as its ${role}`,
          did: `${user} is in ${room} (${role}).`,
        },
      ),
    );

export const removeCommand = (context: Context): Command =>
  verb('remove', 'court room remove plans ada')
    .description('take somebody out of a room; to keep them out: court ban add (moderators)')
    .action((room: string, user: string, dry: Dry) =>
      change(
        context,
        dry,
        'member:remove',
        { room, user },
        {
          would: `take ${user} out of ${room}`,
          did: `${user} is out of ${room}.`,
        },
      ),
    );

export const roleCommand = (context: Context): Command =>
  verb('role', 'court room role plans ada owner')
    .argument('<role>', roomRole.options.join(', '), parsed(roomRole))
    .description('what somebody is in a room (owners)')
    .action((room: string, user: string, role: RoomRole, dry: Dry) =>
      change(
        context,
        dry,
        'member:role',
        { room, user, role },
        {
          would: `make ${user} ${role} of ${room}`,
          did: `${user} is ${role} of ${room}.`,
        },
      ),
    );

export const muteCommand = (context: Context): Command =>
  verb('mute', 'court room mute plans ada --until 2h', 'court room mute plans ada --undo')
    .description('let somebody read and not write (moderators)')
    .option('--until <when>', 'a time, or for how long, e.g. 2h; else for good', moment)
    .option('--undo', 'let them write again')
    .action((room: string, user: string, { until, undo, ...dry }: Dry & { until?: string; undo?: true }) => {
      const end = untilWords(until);
      return change(
        context,
        dry,
        'member:mute',
        { room, user, ...(undo ? { until: null } : until && { until }) },
        {
          would: undo ? `let ${user} write in ${room}` : `mute ${user} in ${room} until: ${end}`,
          did: undo ? `${user} may write in ${room}.` : `${user} is muted in ${room}, until: ${end}.`,
        },
      );
    });
