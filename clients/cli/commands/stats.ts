// `court stats`: how every node does, once.
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { examples } from '../options.ts';
import { table } from '../terminal.ts';
import { nodeRows, outboxWords, type Stats } from '../top/nodes.ts';

export const statsCommand = (context: Context): Command =>
  new Command('stats')
    .description('how every node does: sockets, rates, how long answers take, memory, pressure (admin)')
    .addHelpText(
      'after',
      examples('court stats', 'court stats --json | jq ".nodes[] | {node, sockets, acks}"', 'court top'),
    )
    .action(() =>
      connected(context, async court => {
        const stats = await court.call('admin:stats', {}, { signal: context.signal });
        await context.terminal.result(stats, () => words(stats));
      }),
    );

function words(stats: Stats): string {
  const services = stats.nodes.flatMap(({ node, services }) =>
    Object.entries(services).flatMap(([name, state]) =>
      state === 'off' ? [] : [`${name} ${state} on ${node}`],
    ),
  );
  return [
    table(nodeRows(stats)),
    '',
    `outbox: ${outboxWords(stats)}`,
    ...(services.length > 0 ? [`services: ${services.join(', ')}`] : []),
  ].join('\n');
}
