// `court trace`: what became of one message for one person, on each of their devices, and why. For admins.
import { Command } from 'commander';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { examples, parsed, roomArgument } from '../options.ts';
import { tracePicture } from '../trace-picture.ts';

export const traceCommand = (context: Context): Command =>
  new Command('trace')
    .description(
      'what became of one message for one person: given, acknowledged, read, told, and why (admin)',
    )
    .argument('<message>', 'its id', parsed(p.uuid))
    .requiredOption('--user <id>', 'for whom', parsed(p.userId))
    .option('--room <room>', 'where, if messages of several rooms have this id', roomArgument)
    .addHelpText(
      'after',
      examples(
        'court trace 0198f2c4-5d0e-7c21-b0a9-3d1f6f0a9b11 --user ada',
        'court trace 0198f2c4-5d0e-7c21-b0a9-3d1f6f0a9b11 --user ada --json | jq .devices',
      ),
    )
    .action((message: string, { user, room }: { user: string; room?: string }) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        const trace = await court.call('admin:trace', { message, user, ...(room && { room }) }, { signal });
        await terminal.result(trace, () => tracePicture(trace, terminal.style));
      }),
    );
