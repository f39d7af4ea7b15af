// `court audit`: who did what, and whether the log of it is as it was written.
import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { AuditEntry } from '../../../shared/protocol/admin.ts';
import type { Court } from '../../js/types.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { CliError } from '../errors.ts';
import { examples, wholeNumber } from '../options.ts';
import { printableLine, type Terminal } from '../terminal.ts';

interface Options {
  action?: string;
  number: number;
  verify?: true;
  since?: { n: number; hash: string };
  follow?: true;
}

const PAGE = 200;
/** Milliseconds between two looks at what is new. */
const AGAIN = 1000;

/** `123:9f86d0…`, as `--verify` says it. */
function checkpoint(text: string): { n: number; hash: string } {
  const [, n, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (n === undefined || hash === undefined)
    throw new InvalidArgumentError('It is not a checkpoint such as 1234:9f86d0…, as --verify says it.');
  return { n: Number(n), hash };
}

export const auditCommand = (context: Context): Command =>
  new Command('audit')
    .description('who did what, the newest last (admin)')
    .option('--action <action>', 'only this, or all that begin so: user, user.role, ban, announcement')
    .option('-n, --number <count>', 'so many', wholeNumber(1), 20)
    .option('--follow', 'then all that comes, until Ctrl-C')
    .option('--verify', 'check the whole chain instead; exit 1 when a line was changed or taken out')
    .option(
      '--since <checkpoint>',
      'with --verify: what it said before, so that a shorter or rewritten log shows too',
      checkpoint,
    )
    .addHelpText(
      'after',
      examples(
        'court audit --action user',
        'court audit --follow --json',
        'court audit --verify',
        'court audit --verify --since 1234:9f86d0…',
      ),
    )
    .action((options: Options) =>
      connected(context, async court => {
        if (options.verify) return verify(context, court, options.since);
        const last = await newest(context, court, options);
        if (options.follow) await follow(context, court, options, last);
      }),
    );

/** @returns the number of the last line of all, or 0 */
async function newest({ terminal, signal }: Context, court: Court, options: Options): Promise<number> {
  const { action, number } = options;
  const found: AuditEntry[] = [];
  for (let before: number | undefined; found.length < number; ) {
    const limit = Math.min(PAGE, number - found.length);
    const of = { limit, ...(action && { action }), ...(before && { before }) };
    const { entries } = await court.call('admin:audit', of, { signal });
    found.push(...entries);
    before = entries.at(-1)?.n;
    if (entries.length < limit) break;
  }
  for (const entry of found.toReversed()) await show(terminal, entry);
  return found[0]?.n ?? 0;
}

async function follow(
  { terminal, signal }: Context,
  court: Court,
  { action }: Options,
  last: number,
): Promise<void> {
  for (let after = last; ; ) {
    const of = { after, limit: PAGE, ...(action && { action }) };
    const { entries } = await court.call('admin:audit', of, { signal });
    for (const entry of entries) {
      await show(terminal, entry);
      after = entry.n;
    }
    if (entries.length < PAGE) await delay(AGAIN, undefined, { signal });
  }
}

async function verify({ terminal, signal }: Context, court: Court, since: Options['since']): Promise<void> {
  const {
    entries,
    intact,
    checked = 0,
    broken,
  } = await court.call('admin:audit', { limit: 1, verify: true }, { signal });
  if (!intact)
    throw new CliError(
      `The audit log is not as it was written, from line ${broken} on: somebody changed it.`,
    );
  if (since) {
    const [line] = (await court.call('admin:audit', { before: since.n + 1, limit: 1 }, { signal })).entries;
    if (line?.n !== since.n || line.hash !== since.hash)
      throw new CliError(`The audit log is not the one of this checkpoint: line ${since.n} is another one.`);
  }
  const [last] = entries;
  const mark = last && `${last.n}:${last.hash}`;
  await terminal.result(
    { intact: true, checked, ...(mark && { checkpoint: mark }) },
    mark
      ? `All ${checked} lines are as they were written. Keep this elsewhere, for --since:\n${mark}`
      : 'There are no lines yet.',
  );
}

async function show(terminal: Terminal, entry: AuditEntry): Promise<void> {
  await terminal.result(entry, () => {
    const about = Object.entries(entry.about).map(
      ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    return printableLine(`${entry.at}  ${entry.by}  ${entry.action}  ${about.join(' ')}`);
  });
}
