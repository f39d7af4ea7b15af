// `court announce`: says something to many, and shows how far it has come. For admins.
import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import type { Announced, AnnouncementProgress, Audience } from '../../../shared/protocol/announcements.ts';
import * as m from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { CallData, Court } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { CliError } from '../errors.ts';
import { duration, examples, moment, parsed } from '../options.ts';
import { printable, printableLine, type Terminal, table } from '../terminal.ts';

interface Options {
  level: 'info' | 'warning' | 'critical';
  all?: true;
  rooms?: string[];
  roles?: m.PlatformRole[];
  users?: string[];
  requireAck?: true;
  key?: string;
  from?: string;
  until?: string;
  remind?: number | null;
  email?: number | null;
  push?: number | null;
  sms?: number | null;
  status?: string;
  watch?: true;
  list?: true;
  cancel?: string;
  again?: string;
}

const names =
  <T>(one: (text: string) => T) =>
  (text: string): T[] =>
    text.split(',').map(part => one(part.trim()));
const after = (text: string): number | null => (text === 'never' ? null : duration(text));
const id = parsed(p.uuid);

export function announceCommand(context: Context): Command {
  return new Command('announce')
    .description('announce something, and see who has got and acknowledged it (admin)')
    .argument('[text]', 'what to say, in Markdown')
    .addOption(
      new Option('--level <level>', 'how much it matters')
        .choices(['info', 'warning', 'critical'])
        .default('info'),
    )
    .option('--all', 'to everybody')
    .option('--rooms <ids>', 'to the members of these rooms', names(parsed(p.roomId)))
    .option('--roles <roles>', 'to these roles', names(parsed(m.platformRole)))
    .option('--users <ids>', 'to these people', names(parsed(p.userId)))
    .option('--require-ack', 'ask everybody to acknowledge it')
    .option('--from <when>', 'when it begins: a time, or in how long, e.g. 2h', moment)
    .option('--until <when>', 'when it ends, likewise', moment)
    .option('--remind <after>', 'show it again to who has not acknowledged it; or never', after)
    .option('--email <after>', 'then tell them by e-mail; or never', after)
    .option('--push <after>', 'then on their devices; or never', after)
    .option('--sms <after>', 'then by SMS; or never', after)
    .option('--key <key>', 'names it: the same key again is the same announcement')
    .option('--watch', 'show its progress until all is done; Ctrl-C leaves it running')
    .option('--status <id>', 'how far one has come, and who is missing', id)
    .option('--list', 'the last ones')
    .option('--cancel <id>', 'end one', id)
    .option('--again <id>', 'show one again to who has not acknowledged it', id)
    .addHelpText(
      'after',
      examples(
        'court announce "The gate closes at nine." --all',
        'court announce "Leave by the north door" --level critical --rooms hall,yard --require-ack --watch',
        'court announce "New rules" --roles member --require-ack --from 2h --until 30d --email 1d --push never',
        'court announce --status 3f6c… --watch',
        'court announce --list --json',
      ),
    )
    .action(async (text: string | undefined, options: Options) => {
      const wish = wishOf(text, options);
      await using court = await openCourt(await context.session(), context.signal);
      await wish(court, context);
    });
}

type Wish = (court: Court, context: Pick<Context, 'terminal' | 'signal'>) => Promise<void>;

/** What is wanted, checked before a hub is asked. */
function wishOf(text: string | undefined, options: Options): Wish {
  const { status, cancel, again, list, watch } = options;
  const ways = [text, status, cancel, again, list].filter(way => way !== undefined);
  if (ways.length !== 1)
    throw new CliError('Say what to announce, or one of --status, --list, --cancel, --again.');
  if (status !== undefined) return watch ? follow(status) : look(status);
  if (list) return listAll;
  if (cancel !== undefined)
    return async (court, { terminal, signal }) => {
      await court.call('announce:cancel', { id: cancel }, { signal });
      await terminal.result(
        { id: cancel, state: 'cancelled' },
        'It is shown no more, and nothing more is sent.',
      );
    };
  if (again !== undefined)
    return async (court, { terminal, signal }) => {
      const { reminded } = await court.call('announce:remind', { id: again }, { signal });
      await terminal.result({ id: again, reminded }, `Shown again to ${people(reminded)}.`);
    };
  return send(text as string, options, audienceOf(options));
}

function audienceOf({ all, rooms, roles, users }: Options): Audience {
  const given = [all && { all }, rooms && { rooms }, roles && { roles }, users && { users }].filter(
    one => !!one,
  );
  const [audience] = given;
  if (given.length !== 1 || !audience) throw new CliError('Say to whom: --all, --rooms, --roles or --users.');
  return audience;
}

function send(text: string, options: Options, audience: Audience): Wish {
  const { level, requireAck, from, until, key = randomUUID(), watch, remind, email, push, sms } = options;
  const steps = Object.entries({ remind, email, push, sms }).filter(([, seconds]) => seconds !== undefined);
  return async (court, context) => {
    const made = await court.call(
      'announce:send',
      {
        ...{ key, text, level, audience },
        ...(requireAck && { requireAck }),
        ...(from && { from }),
        ...(until && { until }),
        ...(steps.length > 0 && { followUp: Object.fromEntries(steps) }),
      },
      { signal: context.signal },
    );
    if (watch) return follow(made.id)(court, context);
    const when = made.state === 'scheduled' ? `will be announced at ${from}` : 'announced';
    await context.terminal.result({ ...made, key }, `${made.id} is ${when} to ${people(made.audience)}.`);
  };
}

const look =
  (which: string): Wish =>
  async (court, { terminal, signal }) => {
    const status = await court.call('announce:status', { id: which, limit: 200 }, { signal });
    await terminal.result(status, () => describe(status, terminal));
  };

const listAll: Wish = async (court, { terminal, signal }) => {
  const { announcements } = await court.call('announce:list', {}, { signal });
  if (terminal.json) {
    for (const one of announcements) await terminal.result(one, '');
    return;
  }
  const rows = announcements.map(one => [
    one.id,
    one.state,
    one.level,
    `${one.delivered}/${one.audience}`,
    one.requireAck ? `${one.acked}/${one.audience}` : '-',
    printableLine(one.text).slice(0, 50),
  ]);
  await terminal.result({}, table([['ID', 'STATE', 'LEVEL', 'DELIVERED', 'ACKED', 'TEXT'], ...rows]));
};

/** A bar until everybody has got it, or acknowledged it; with --json a line for each change. */
const follow =
  (which: string): Wish =>
  async (court, { terminal, signal }) => {
    const done = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => done.resolve(), { once: true });
    let bar: ReturnType<Terminal['progress']> | undefined;
    let requireAck = false;
    const show = async (progress: AnnouncementProgress) => {
      const { state, audience, delivered, acked } = progress;
      const reached = requireAck ? acked : delivered;
      if (terminal.json) await terminal.result(progress, '');
      else {
        bar ??= terminal.progress(requireAck ? 'Acknowledged' : 'Delivered', audience);
        bar.set(reached);
      }
      if (reached >= audience || state === 'ended' || state === 'cancelled') done.resolve();
    };
    const watch = async () => {
      const status = await court.call('announce:status', { id: which, limit: 1, watch: true }, { signal });
      requireAck = status.requireAck;
      const { id, state, audience, delivered, acked } = status;
      await show({ id, state, audience, delivered, acked });
    };
    const offs = [
      court.on('push', ({ name, payload }) => {
        if (name === 'announcement:progress' && payload.id === which) void show(payload).catch(done.reject);
      }),
      // A hub that comes back has to be asked again.
      court.on('welcome', () => void watch().catch(done.reject)),
    ];
    try {
      await watch();
      await done.promise;
    } finally {
      for (const off of offs) off();
      bar?.[Symbol.dispose]();
    }
    signal.throwIfAborted();
    if (!terminal.json) await look(which)(court, { terminal, signal });
  };

const people = (count: number) => `${count} ${count === 1 ? 'person' : 'people'}`;

function describe(status: CallData<'announce:status'>, terminal: Terminal): string {
  const { id, text, pending, cursor, requireAck, audience, delivered, acked, state } = status;
  const lines = [
    `${terminal.style('bold', state)}  ${id}  ${status.level}, by ${status.by}${untilWords(status)}`,
    printable(text),
    `Delivered     ${delivered} of ${audience}`,
    ...(requireAck ? [`Acknowledged  ${acked} of ${audience}`] : []),
  ];
  if (pending.length > 0) {
    const rows = pending.map(one => [
      one.user,
      printableLine(one.name),
      one.delivered ? 'yes' : 'no',
      String(one.reminders),
      one.told.join(', '),
    ]);
    lines.push('', table([['MISSING', 'NAME', 'DELIVERED', 'REMINDED', 'TOLD BY'], ...rows]));
    if (cursor) lines.push('… and more; --json has the first 200.');
  }
  return lines.join('\n');
}

const untilWords = ({ until }: Announced) => (until ? `, until ${until}` : '');
