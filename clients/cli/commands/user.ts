// `court user`: people as admins look after them: who they are, what they may do, whether they may come in.
import { Command, Option } from 'commander';
import type { Account } from '../../../shared/protocol/admin.ts';
import { why } from '../../../shared/protocol/admin.ts';
import * as m from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { CallData, Court } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { act, DRY_RUN, type Dry } from '../deed.ts';
import { CliError } from '../errors.ts';
import { mutedWords, shortTime, showAll } from '../listing.ts';
import { examples, moment, parsed } from '../options.ts';
import { printableLine, table } from '../terminal.ts';
import { disconnectCommand, sessionsCommand } from './user-sockets.ts';

const userArgument = parsed(p.userId);
const given = m.platformRole.exclude(['bot']);

export const userCommand = (context: Context): Command =>
  new Command('user')
    .alias('users')
    .description('people: list and show them, give roles, disable, sign out, disconnect (admin)')
    .addHelpText('after', examples('court user list', 'court user show ada', 'court user role ada admin'))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(roleCommand(context))
    .addCommand(disableCommand(context))
    .addCommand(enableCommand(context))
    .addCommand(signoutCommand(context))
    .addCommand(sessionsCommand(context))
    .addCommand(disconnectCommand(context));

const listCommand = (context: Context) =>
  new Command('list')
    .description('everybody the hub knows')
    .argument('[search]', 'a piece of the id, the name or the e-mail address')
    .addOption(new Option('--role <role>', 'only these').choices(m.platformRole.options))
    .option('--disabled', 'only those who are')
    .addHelpText(
      'after',
      examples('court user list', 'court user list ada --json', 'court user list --role admin'),
    )
    .action((search: string | undefined, { role, disabled }: { role?: m.PlatformRole; disabled?: true }) =>
      connected(context, court =>
        showAll(
          context.terminal,
          more => {
            const of = { ...(search && { search }), ...(role && { role }), ...(disabled && { disabled }) };
            return court.call('user:list', { ...of, ...more, limit: 200 }, { signal: context.signal });
          },
          page => page.users,
          {
            head: ['USER', 'NAME', 'ROLE', 'E-MAIL', 'SEEN', 'DISABLED'],
            row: user => [
              printableLine(user.id),
              printableLine(user.name),
              user.role,
              printableLine(user.email ?? '-'),
              shortTime(user.lastSeenAt),
              disabledWords(user),
            ],
            none: 'Nobody is like that.',
          },
        ),
      ),
    );

const showCommand = (context: Context) =>
  new Command('show')
    .description('one person: sign-ins, rooms, bans')
    .argument('<user>', 'their id', userArgument)
    .addHelpText('after', examples('court user show ada', 'court user show ada --json | jq .rooms'))
    .action((user: string) =>
      connected(context, async court => {
        const details = await court.call('user:show', { user }, { signal: context.signal });
        await context.terminal.result(details, () => describe(details));
      }),
    );

const roleCommand = (context: Context) =>
  new Command('role')
    .description('give a role; it holds over what tokens say, and open connections begin anew under it')
    .argument('<user>', 'their id', userArgument)
    .argument('<role>', given.options.join(', '), parsed(given))
    .option(...DRY_RUN)
    .addHelpText('after', examples('court user role ada admin', 'court user role mallory guest --dry-run'))
    .action((user: string, role: (typeof given.options)[number], options: Dry) =>
      connected(context, async court => {
        const from = await before(context, court, user);
        if (role !== 'admin') await notTheLast(context, court, from);
        const about = { user, from: from.role, to: role };
        await act(context, options, `make ${user}, ${from.role} now, ${article(role)}`, about, async () => {
          const done = await court.call('user:role', { user, role }, { signal: context.signal });
          return [done.user, `${user} is ${article(role)} now.`];
        });
      }),
    );

const disableCommand = (context: Context) =>
  new Command('disable')
    .description('let nobody in as this person, and end their connections')
    .argument('<user>', 'their id', userArgument)
    .option('--until <when>', 'a time, or for how long, e.g. 7d; else until "court user enable"', moment)
    .option('--reason <text>', 'for the record', parsed(why))
    .option(...DRY_RUN)
    .addHelpText(
      'after',
      examples('court user disable mallory --reason "Left the team"', 'court user disable eve --until 7d'),
    )
    .action((user: string, { until, reason, dryRun }: Dry & { until?: string; reason?: string }) =>
      connected(context, async court => {
        await notTheLast(context, court, await before(context, court, user));
        const wish = { user, ...(until && { until }), ...(reason && { reason }) };
        const end = until ? ` until ${shortTime(until)}` : '';
        await act(context, { ...(dryRun && { dryRun }) }, `disable ${user}${end}`, wish, async () => {
          const done = await court.call('user:disable', wish, { signal: context.signal });
          return [done.user, `${user} is disabled${end}. "court user enable" lets them in again.`];
        });
      }),
    );

const enableCommand = (context: Context) =>
  new Command('enable')
    .description('let this person in again')
    .argument('<user>', 'their id', userArgument)
    .option(...DRY_RUN)
    .addHelpText('after', examples('court user enable eve'))
    .action((user: string, options: Dry) =>
      connected(context, async court => {
        const { disabled } = await before(context, court, user);
        const would = disabled ? `enable ${user}` : `leave ${user} as they are: enabled`;
        await act(context, options, would, { user, disabled: disabled !== undefined }, async () => {
          const done = await court.call('user:enable', { user }, { signal: context.signal });
          return [done.user, `${user} may come in.`];
        });
      }),
    );

const signoutCommand = (context: Context) =>
  new Command('signout')
    .description('end every sign-in of a person; they may sign in again')
    .argument('<user>', 'their id', userArgument)
    .option(...DRY_RUN)
    .addHelpText('after', examples('court user signout ada'))
    .action((user: string, options: Dry) =>
      connected(context, async court => {
        const { sessions } = await court.call('user:show', { user }, { signal: context.signal });
        const would = `end ${signIns(sessions.length)} of ${user}, and refuse tokens made before`;
        await act(context, options, would, { user, sessions: sessions.length }, async () => {
          const ended = await court.call('user:signout', { user }, { signal: context.signal });
          return [{ user, ...ended }, `${user} is signed out everywhere (${signIns(ended.sessions)}).`];
        });
      }),
    );

const before = async ({ signal }: Pick<Context, 'signal'>, court: Court, user: string): Promise<Account> =>
  (await court.call('user:show', { user }, { signal })).user;

/** What the hub would refuse, told before. */
async function notTheLast({ signal }: Pick<Context, 'signal'>, court: Court, user: Account): Promise<void> {
  if (user.role !== 'admin' || user.disabled) return;
  const { users } = await court.call('user:list', { role: 'admin', disabled: false, limit: 2 }, { signal });
  if (users.length < 2)
    throw new CliError('This is the last admin. Make somebody else one first: court user role USER admin');
}

const article = (role: string) => (role === 'admin' ? 'an admin' : `a ${role}`);
const signIns = (count: number) => (count === 1 ? 'one sign-in' : `${count} sign-ins`);

function disabledWords({ disabled }: Account): string {
  if (!disabled) return '-';
  const { until, reason } = disabled;
  return [until ? `until ${shortTime(until)}` : 'yes', ...(reason ? [printableLine(reason)] : [])].join(', ');
}

function describe({ user, sessions, rooms, bans }: CallData<'user:show'>): string {
  const lines = [
    `${printableLine(user.id)}  ${printableLine(user.name)}  ${user.role}${user.email ? `  ${printableLine(user.email)}` : ''}`,
    `known since ${shortTime(user.createdAt)}, seen ${shortTime(user.lastSeenAt)}`,
    ...(user.disabled
      ? [`disabled: ${disabledWords(user)}, by ${printableLine(user.disabled.by ?? '-')}`]
      : []),
  ];
  const part = (head: readonly string[], rows: readonly (readonly string[])[]) => {
    if (rows.length > 0) lines.push('', table([head, ...rows]));
  };
  part(
    ['SIGN-IN', 'CLIENT', 'SINCE', 'SEEN', 'UNTIL'],
    sessions.map(one => [
      one.id,
      printableLine(one.client ?? '-').slice(0, 40),
      shortTime(one.createdAt),
      shortTime(one.lastSeenAt),
      shortTime(one.expiresAt),
    ]),
  );
  part(
    ['ROOM', 'TITLE', 'ROLE', 'MUTED'],
    rooms.map(one => [one.room, printableLine(one.title), one.role, mutedWords(one.muted)]),
  );
  part(
    ['BANNED FROM', 'UNTIL', 'BY', 'REASON'],
    bans.map(one => [
      one.room,
      shortTime(one.until),
      printableLine(one.by ?? '-'),
      printableLine(one.reason ?? ''),
    ]),
  );
  return lines.join('\n');
}
