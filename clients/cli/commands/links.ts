// `court links`, `court link`, `court unlink`: who is who at the services outside. And `court integrations`: how those stand.
import { Argument, Command } from 'commander';
import * as m from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { examples, parsed } from '../options.ts';
import { printableLine, table } from '../terminal.ts';

type Vendor = (typeof m.vendor.options)[number];

const vendorArgument = () =>
  new Argument('<service>', 'the service').choices(m.vendor.options as unknown as string[]);

export const linksCommand = (context: Context): Command =>
  new Command('links')
    .description('list your accounts at services outside')
    .option('--user <id>', 'of another (admin)', parsed(p.userId))
    .option('--all', 'of everybody (admin)')
    .addHelpText('after', examples('court links', 'court links --all --json'))
    .action((options: { user?: string; all?: true }) =>
      connected(context, async court => {
        const { terminal } = context;
        const { links } = await court.call('link:list', options, { signal: context.signal });
        if (terminal.json) for (const link of links) await terminal.result(link, '');
        else if (links.length === 0) await terminal.result({}, 'There are no links. See: court link --help');
        else {
          const rows = links.map(one => [one.vendor, printableLine(one.id), one.user, one.how, one.at]);
          await terminal.result({}, table([['SERVICE', 'ACCOUNT', 'USER', 'BY', 'SINCE'], ...rows]));
        }
      }),
    );

export const linkCommand = (context: Context): Command =>
  new Command('link')
    .description('link your account at a service: shows a code to use there; or, as admin, link any')
    .addArgument(vendorArgument())
    .argument('[account]', 'its id there, e.g. U0123456789 (admin)', parsed(p.remoteId))
    .argument('[user]', 'the hub user who it is (admin)', parsed(p.userId))
    .addHelpText('after', examples('court link slack', 'court link slack U0123456789 ada'))
    .action((vendor: Vendor, id: string | undefined, user: string | undefined, _: object, command: Command) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        if (id === undefined) {
          const code = await court.call('link:code', { vendor }, { signal });
          const words = `Your code for ${vendor}, good for ten minutes: ${code.code}\nIn Slack, write: /court link ${code.code}`;
          await terminal.result(
            { vendor, ...code },
            vendor === 'slack' ? words : (words.split('\n')[0] as string),
          );
          return;
        }
        if (user === undefined) return command.error("error: missing argument 'user': whose account is it?");
        await court.call('link:set', { vendor, id, user }, { signal });
        await terminal.result({ vendor, id, user }, `${printableLine(id)} at ${vendor} is ${user} now.`);
      }),
    );

export const unlinkCommand = (context: Context): Command =>
  new Command('unlink')
    .description('take a link apart; what the service says of the person ends at once')
    .addArgument(vendorArgument())
    .option('--user <id>', 'of another (admin)', parsed(p.userId))
    .addHelpText('after', examples('court unlink slack', 'court unlink slack --user ada'))
    .action((vendor: Vendor, { user }: { user?: string }) =>
      connected(context, async court => {
        await court.call('link:remove', { vendor, ...(user && { user }) }, { signal: context.signal });
        await context.terminal.result({ vendor, ...(user && { user }) }, `Unlinked from ${vendor}.`);
      }),
    );

export const integrationsCommand = (context: Context): Command =>
  new Command('integrations')
    .description('how the services outside stand (admin)')
    .addHelpText('after', examples('court integrations', 'court integrations --json'))
    .action(() =>
      connected(context, async court => {
        const { terminal } = context;
        const { integrations } = await court.call('integration:list', {}, { signal: context.signal });
        if (terminal.json) {
          for (const one of integrations) await terminal.result(one, '');
          return;
        }
        const rows = integrations.map(({ vendor, state, node = '', reason = '', next = '' }) => [
          vendor,
          state,
          node,
          printableLine(`${reason} ${next}`).trim(),
        ]);
        await terminal.result({}, table([['SERVICE', 'STATE', 'NODE', 'WHAT'], ...rows]));
      }),
    );
