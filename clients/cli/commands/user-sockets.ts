// `court user sessions` and `court user disconnect`: who is connected, on whichever node, and who shall not be.
import { Command } from 'commander';
import { why } from '../../../shared/protocol/admin.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { act, DRY_RUN, type Dry } from '../deed.ts';
import { CliError } from '../errors.ts';
import { pages, shortTime, showAll } from '../listing.ts';
import { examples, parsed, roomArgument } from '../options.ts';
import { printableLine } from '../terminal.ts';

const userArgument = parsed(p.userId);

export const sessionsCommand = (context: Context): Command =>
  new Command('sessions')
    .description('who is connected: from where, with what, to which node')
    .argument('[user]', 'this one alone', userArgument)
    .option('--room <room>', 'only who follows this room', roomArgument)
    .option('--node <node>', 'only of this node')
    .option('--address <address>', 'only from there')
    .addHelpText('after', examples('court user sessions', 'court user sessions ada --json'))
    .action((user: string | undefined, only: { room?: string; node?: string; address?: string }) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        const missing = new Set<string>();
        await showAll(
          terminal,
          async more => {
            const of = { ...only, ...(user && { user }), ...more, limit: 200 };
            const page = await court.call('admin:sessions', of, { signal });
            for (const node of page.missing) missing.add(node);
            return page;
          },
          page => page.sessions,
          {
            head: ['SOCKET', 'USER', 'ROLE', 'CLIENT', 'ADDRESS', 'NODE', 'SINCE', 'ROOMS'],
            row: one => [
              one.socket,
              printableLine(one.user),
              one.role,
              printableLine(one.client ?? '-').slice(0, 30),
              one.address,
              printableLine(one.node),
              shortTime(one.since),
              one.rooms.join(' ').slice(0, 60) || '-',
            ],
            none: 'Nobody is connected like that.',
          },
        );
        warn(terminal.note, [...missing]);
      }),
    );

interface Which extends Dry {
  session?: string;
  socket?: string;
  reason?: string;
}

export const disconnectCommand = (context: Context): Command =>
  new Command('disconnect')
    .description('end connections; whoever may come in may come back')
    .argument('[user]', 'all of this person', userArgument)
    .option('--session <id>', 'all of one sign-in')
    .option('--socket <id>', 'this one')
    .option('--reason <text>', 'what they are told', parsed(why))
    .option(...DRY_RUN)
    .addHelpText(
      'after',
      examples(
        'court user disconnect mallory --reason "Please update your client."',
        'court user disconnect --socket x3k9…',
      ),
    )
    .action((user: string | undefined, { session, socket, reason, dryRun }: Which) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        const which = { ...(user && { user }), ...(session && { session }), ...(socket && { socket }) };
        if (Object.keys(which).length !== 1)
          throw new CliError('Name a user, or one of --session, --socket.');
        const meant = async () => {
          let count = 0;
          const read = (more: object) =>
            court.call('admin:sessions', { ...(user && { user }), ...more, limit: 200 }, { signal });
          for await (const { sessions } of pages(read))
            count += sessions.filter(
              one =>
                one.user === user ||
                one.socket === socket ||
                (session !== undefined && one.session === session),
            ).length;
          return count;
        };
        const would = dryRun ? `end ${connections(await meant())}` : '';
        await act(context, { ...(dryRun && { dryRun }) }, would, which, async () => {
          const wish = { ...which, ...(reason && { reason }) };
          const { ended, missing } = await court.call('admin:disconnect', wish, { signal });
          warn(terminal.note, missing);
          return [{ ...which, ended, missing }, `${connections(ended)} ended.`];
        });
      }),
    );

const connections = (count: number) => (count === 1 ? '1 connection' : `${count} connections`);

function warn(note: (line: string) => void, missing: readonly string[]): void {
  if (missing.length > 0) note(`court: no answer from ${missing.map(printableLine).join(', ')}`);
}
