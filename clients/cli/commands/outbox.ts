// `court outbox`: what is on its way to people outside the hub, and what was given up and why. For admins.
import { Command, Option } from 'commander';
import { channel, outboxState } from '../../../shared/protocol/outbox.ts';
import type { CallInput } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { examples } from '../options.ts';
import { printableLine, table } from '../terminal.ts';

export const outboxCommand = (context: Context): Command =>
  new Command('outbox')
    .description('what is to be sent by e-mail, Web Push and SMS, and what was given up (admin)')
    .addOption(new Option('--state <state>', 'only these').choices(outboxState.options))
    .addOption(new Option('--channel <channel>', 'only these').choices(channel.options))
    .option('--prefix <key>', 'only keys that begin so')
    .option('--retry <key>', 'try again what was given up, all whose keys begin so')
    .addHelpText('after', examples('court outbox --state dead', 'court outbox --retry announcement:3f6c'))
    .action(async ({ retry, ...only }: CallInput<'outbox:list'> & object & { retry?: string }) => {
      const { terminal, signal } = context;
      await using court = await openCourt(await context.session(), signal);
      if (retry !== undefined) {
        const { count } = await court.call('outbox:retry', { prefix: retry }, { signal });
        await terminal.result({ count }, `${count} will be tried again.`);
        return;
      }
      const { entries, counts } = await court.call('outbox:list', only, { signal });
      if (terminal.json) return terminal.result({ counts, entries }, '');
      const rows = entries.map(({ channel: by, state, user = '', attempts, due = '', error = '', key }) => [
        ...[by, state, user, String(attempts), due],
        printableLine(error),
        printableLine(key),
      ]);
      const total = outboxState.options.map(state => `${counts[state]} ${state}`);
      const head = ['CHANNEL', 'STATE', 'USER', 'TRIES', 'DUE', 'REASON', 'KEY'];
      await terminal.result({}, `${table([head, ...rows])}\n${total.join(', ')}`);
    });
