// `court token`: signs an access token with the hub's secret, for whoever may read it.
import { Command, Option } from 'commander';
import { platformRole } from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Context } from '../context.ts';
import { jwtSecret } from '../operator.ts';
import { duration, examples, parsed } from '../options.ts';
import { signToken } from '../signing.ts';

interface Options {
  user: string;
  name?: string;
  role: string;
  ttl: number;
}

export function tokenCommand(context: Context): Command {
  return new Command('token')
    .description("sign an access token with the hub's JWT_SECRET (operator)")
    .requiredOption(
      '--user <id>',
      'whom it speaks for; someone unknown is written down at first use',
      parsed(p.userId),
    )
    .option('--name <name>', 'display name; else the id', parsed(p.userName))
    .addOption(new Option('--role <role>', 'role at the hub').choices(platformRole.options).default('member'))
    .option('--ttl <duration>', 'how long it is valid: 90s, 15m, 12h, 30d', duration, 3600)
    .addHelpText(
      'after',
      examples(
        'court token --user ada',
        'COURT_TOKEN=$(court token --user deploy --role bot --ttl 30d) court send builds "Deployed"',
      ),
    )
    .action(async ({ user, name, role, ttl }: Options) => {
      const wish = { user, name, role: platformRole.parse(role), seconds: ttl };
      const token = await signToken(await jwtSecret(context), wish);
      const expiresAt = new Date(Date.now() + ttl * 1000).toISOString();
      await context.terminal.result({ token, user, role, expiresAt }, token);
    });
}
