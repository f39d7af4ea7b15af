// `court doctor`: for every service, whether it is configured and works, and if not, what to do next.
import { Command } from 'commander';
import type { Context } from '../context.ts';
import type { Finding } from '../doctor/check.ts';
import { examine } from '../doctor/index.ts';
import { CliError } from '../errors.ts';
import { operatorConfig } from '../operator.ts';
import { duration, examples } from '../options.ts';
import { printableLine } from '../terminal.ts';

const SIGNS: Record<Finding['state'], string> = { off: '·', ok: '✓', degraded: '!', failed: '✘' };

export function doctorCommand(context: Context): Command {
  return new Command('doctor')
    .description('check every service that the hub is set to use, and say what to do (operator)')
    .option('--patience <duration>', 'how long each may take: 5s, 1m', duration, 10)
    .addHelpText('after', examples('court doctor', 'court doctor --json | jq .redis'))
    .action(async ({ patience }: { patience: number }) => {
      const { terminal } = context;
      const findings = await examine(operatorConfig(context), patience * 1000);
      const lines = Object.entries(findings).map(([name, finding]) => line(name, finding));
      await terminal.result(findings, lines.join('\n'));
      if (Object.values(findings).some(({ state }) => state === 'failed')) throw new CliError('');
    });
}

function line(name: string, { state, reason, next }: Finding): string {
  const words = [state === 'off' && !reason ? 'not configured' : reason, next].filter(Boolean).join(' ');
  return `${SIGNS[state]} ${name.padEnd(14)} ${state.padEnd(9)} ${printableLine(words)}`.trimEnd();
}
