// `court report`: what members have reported, and what is done about it. For owners and moderators of rooms, and admins.
import { Command, Option } from 'commander';
import * as p from '../../../shared/protocol/primitives.ts';
import { type Report, reportActions } from '../../../shared/protocol/reports.ts';
import type { CallInput, Court } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { CliError } from '../errors.ts';
import { duration, examples, parsed, roomArgument } from '../options.ts';
import { printable, printableLine, table } from '../terminal.ts';

const reportId = parsed(p.uuid);

export const reportCommand = (context: Context): Command =>
  new Command('report')
    .description('messages that members reported: list, show, settle (moderators)')
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(settleCommand(context))
    .addHelpText('after', examples('court report list', 'court report settle 3f6c… --action delete'));

/** Page by page, until `enough`. */
async function* reports(
  court: Court,
  only: CallInput<'report:list'> & object,
  signal: AbortSignal,
): AsyncGenerator<Report> {
  for (let cursor: string | undefined; ; ) {
    const page = await court.call(
      'report:list',
      { ...only, limit: 50, ...(cursor && { cursor }) },
      { signal },
    );
    yield* page.reports;
    if (page.cursor === undefined) return;
    cursor = page.cursor;
  }
}

const listCommand = (context: Context) =>
  new Command('list')
    .description('what is open in the rooms that you moderate')
    .option('--room <room>', 'of this room alone', roomArgument)
    .addOption(new Option('--state <state>', 'which').choices(['open', 'settled', 'all']).default('open'))
    .addHelpText(
      'after',
      examples('court report list', 'court report list --room lobby --state settled --json'),
    )
    .action(({ room, state }: { room?: string; state: 'open' | 'settled' | 'all' }) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        const rows: string[][] = [];
        for await (const one of reports(
          court,
          { ...(room && { room }), ...(state !== 'all' && { state }) },
          signal,
        )) {
          if (terminal.json) await terminal.result(one, '');
          else rows.push(row(one));
        }
        if (terminal.json) return;
        const head = ['SINCE', 'ROOM', 'BY', 'REASONS', 'STATE', 'ID', 'MESSAGE'];
        await terminal.result({}, rows.length > 0 ? table([head, ...rows]) : 'Nothing is reported.');
      }),
    );

function row({ at, room, seq, authorName, voices, state, id, text = '' }: Report): string[] {
  const reasons = [...new Set(voices.map(({ reason }) => reason))].join('+');
  const since = at.slice(0, 16).replace('T', ' ');
  return [
    since,
    `${room}#${seq}`,
    printableLine(authorName),
    `${voices.length} ${reasons}`,
    state,
    id,
    printableLine(text).slice(0, 60),
  ];
}

const showCommand = (context: Context) =>
  new Command('show')
    .description('one of them, with all who reported it')
    .argument('<id>', 'of the report', reportId)
    .addHelpText('after', examples('court report show 3f6c…'))
    .action((id: string) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        for await (const one of reports(court, {}, signal)) {
          if (one.id === id) return terminal.result(one, () => described(one));
        }
        throw new CliError('There is no such report among those that you may see.');
      }),
    );

function described({
  room,
  seq,
  author,
  authorName,
  at,
  state,
  text,
  deleted,
  voices,
  settledBy,
  settledAt,
  note,
}: Report): string {
  const gone = deleted ? '(deleted meanwhile)' : '(no longer kept here; see the room)';
  return [
    `${room}#${seq}, written by ${printableLine(authorName)} (${author}), reported at ${at}: ${state}`,
    `  ${text === undefined ? gone : printable(text).replaceAll('\n', '\n  ')}`,
    ...voices.map(
      ({ user, name, reason, note: why }) =>
        `- ${printableLine(name)} (${user}): ${reason}${why ? `, ${printableLine(why)}` : ''}`,
    ),
    ...(settledBy
      ? [`Settled by ${settledBy} at ${settledAt}${note ? `: ${printableLine(note)}` : ''}`]
      : []),
  ].join('\n');
}

const settleCommand = (context: Context) =>
  new Command('settle')
    .description('do something about it, or nothing, and close it')
    .argument('<id>', 'of the report', reportId)
    .addOption(new Option('--action <action>', 'what').choices(reportActions).makeOptionMandatory())
    .option('--delete', 'beside a mute or a ban, delete the message as well')
    .option('--for <duration>', 'how long a mute or a ban lasts; else until it is lifted', duration)
    .option('--note <text>', 'why, for other moderators and the audit log')
    .addHelpText(
      'after',
      examples(
        'court report settle 3f6c… --action dismiss',
        'court report settle 3f6c… --action ban --for 30d --delete --note "Third time"',
      ),
    )
    .action(
      (
        id: string,
        {
          action,
          delete: gone,
          for: seconds,
          note,
        }: { action: (typeof reportActions)[number]; delete?: true; for?: number; note?: string },
      ) =>
        connected(context, async court => {
          const until =
            seconds === undefined ? undefined : new Date(Date.now() + seconds * 1000).toISOString();
          const wish = {
            id,
            action,
            ...(gone && { delete: true }),
            ...(until && { until }),
            ...(note && { note }),
          };
          await court.call('report:settle', wish, { signal: context.signal });
          const words = {
            dismiss: 'Dismissed.',
            delete: 'The message is deleted.',
            mute: 'Its author is muted.',
            ban: 'Its author is banned.',
          };
          await context.terminal.result(wish, words[action]);
        }),
    );
