// `court hook`: webhooks of rooms, made, tried, renewed and taken away. What is secret is shown once.
import { Command, InvalidArgumentError } from 'commander';
import { type EventType, eventTypes } from '../../../shared/protocol/events.ts';
import type { Hook } from '../../../shared/protocol/hooks.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Court } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { CliError } from '../errors.ts';
import { examples, parsed, roomArgument } from '../options.ts';
import { printableLine, table } from '../terminal.ts';

const hookId = parsed(p.uuid);
const name = parsed(p.userName);
const events = (text: string): EventType[] =>
  text.split(',').map(one => {
    const found = eventTypes.find(type => type === one.trim());
    if (!found)
      throw new InvalidArgumentError(`"${one}" is no entry of a log. There are: ${eventTypes.join(', ')}.`);
    return found;
  });
const DRY = ['--dry-run', 'say what would be done, and do nothing'] as const;

interface Dry {
  dryRun?: true;
}

export const hookCommand = (context: Context): Command =>
  new Command('hook')
    .description(
      'webhooks of rooms: programs that speak there, or hear what happens (moderators of the room, or admin)',
    )
    .addCommand(listCommand(context))
    .addCommand(addInCommand(context))
    .addCommand(addOutCommand(context))
    .addCommand(testCommand(context))
    .addCommand(renewCommand(context))
    .addCommand(resumeCommand(context))
    .addCommand(removeCommand(context))
    .addHelpText(
      'after',
      examples(
        'court hook list lobby',
        'court hook add-in lobby Deploys',
        'court hook add-out lobby Ledger https://ledger.example/court',
      ),
    );

const listCommand = (context: Context) =>
  new Command('list')
    .description('those of a room, or for admins all: how the last try went, and why one has stopped')
    .argument('[room]', 'its id', roomArgument)
    .addHelpText('after', examples('court hook list lobby', 'court hook list --json | jq .lastError'))
    .action((room: string | undefined) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        const { hooks } = await court.call('hook:list', room === undefined ? {} : { room }, { signal });
        if (terminal.json) for (const hook of hooks) await terminal.result(hook, '');
        else if (hooks.length === 0)
          await terminal.result({}, 'There are no webhooks. See: court hook add-in --help');
        else
          await terminal.result(
            {},
            table([
              ['WEBHOOK', 'ROOM', 'WAY', 'NAME', 'STATE', 'BEHIND', 'LAST', 'WHERE, WHY'],
              ...hooks.map(row),
            ]),
          );
      }),
    );

function row(hook: Hook): string[] {
  const { id, room, direction, state, behind, lastStatus, lastError, lastAt, site, user, reason } = hook;
  const last =
    lastStatus === undefined
      ? lastError
        ? 'no answer'
        : (lastAt?.slice(0, 16).replace('T', ' ') ?? '-')
      : String(lastStatus);
  const words = [site ?? `as ${user}`, reason ?? lastError].filter(Boolean).join(': ');
  return [
    id,
    room,
    direction,
    printableLine(hook.name),
    state,
    String(behind ?? '-'),
    last,
    printableLine(words),
  ];
}

const addInCommand = (context: Context) =>
  new Command('add-in')
    .description(
      'a webhook that speaks: its address is shown once, and whoever has it can write into the room',
    )
    .argument('<room>', 'where', roomArgument)
    .argument('<name>', 'under which name', name)
    .option(...DRY)
    .addHelpText(
      'after',
      examples(
        'court hook add-in lobby Deploys',
        `curl "$(court hook add-in lobby Deploys)" --json '{"text": "It is **live**"}'`,
      ),
    )
    .action((room: string, called: string, { dryRun }: Dry) =>
      connected(context, async court => {
        if (dryRun) return plan(context, court, room, `"${called}" would speak in ${room}.`);
        const { terminal, signal } = context;
        const made = await court.call('hook:create', { room, name: called, direction: 'in' }, { signal });
        terminal.note(
          `"${called}" may speak in ${room}. Its address is shown once; keep it as you keep a password:`,
        );
        await terminal.result({ ...made, room, name: called }, String(made.url));
      }),
    );

const addOutCommand = (context: Context) =>
  new Command('add-out')
    .description(
      'a webhook that hears: each entry of the room is posted there, signed by a secret that is shown once',
    )
    .argument('<room>', 'which', roomArgument)
    .argument('<name>', 'what it is called', name)
    .argument('<url>', 'where to')
    .option('--events <types>', 'only these, with commas between, e.g. message.created', events)
    .option(...DRY)
    .addHelpText(
      'after',
      examples(
        'court hook add-out lobby Archive https://archive.example/court --events message.created,message.edited',
      ),
    )
    .action(
      (
        room: string,
        called: string,
        url: string,
        { events: types, dryRun }: Dry & { events?: EventType[] },
      ) =>
        connected(context, async court => {
          const what = types?.join(', ') ?? 'every entry';
          if (dryRun) return plan(context, court, room, `${url} would be told of ${what} in ${room}.`);
          const { terminal, signal } = context;
          const made = await court.call(
            'hook:create',
            { room, name: called, direction: 'out', url, ...(types && { events: types }) },
            { signal },
          );
          terminal.note(
            `${url} is told of ${what} in ${room} from now on. This secret signs it, and is shown once:`,
          );
          await terminal.result({ ...made, room, name: called, url }, String(made.secret));
        }),
    );

/** What would be refused is refused now. */
async function plan({ terminal, signal }: Context, court: Court, room: string, words: string): Promise<void> {
  const { hooks } = await court.call('hook:list', { room }, { signal });
  await terminal.result({ dryRun: true, room, webhooks: hooks.length }, `${words} Nothing was done.`);
}

const testCommand = (context: Context) =>
  new Command('test')
    .description('one try of a webhook that hears, with an entry of no room; ends with 1 when it fails')
    .argument('<id>', 'its id', hookId)
    .addHelpText('after', examples('court hook test 3f6c…'))
    .action((id: string) =>
      connected(context, async court => {
        const { status, ms, error } = await court.call('hook:test', { id }, { signal: context.signal });
        if (error) throw new CliError(`${error} (${ms} ms)`);
        await context.terminal.result({ id, status, ms }, `It answered with ${status} in ${ms} ms.`);
      }),
    );

const renewCommand = (context: Context) =>
  new Command('renew')
    .description(
      'a new address of one that speaks, and the old one ends; a new secret of one that hears, and the old one signs for a day more',
    )
    .argument('<id>', 'its id', hookId)
    .option(...DRY)
    .addHelpText('after', examples('court hook renew 3f6c…'))
    .action((id: string, { dryRun }: Dry) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        if (dryRun) return dry(context, court, id, 'would be renewed');
        const made = await court.call('hook:renew', { id }, { signal });
        terminal.note(
          made.url
            ? 'The old address is no more. The new one, shown once:'
            : `The old secret signs until ${made.until}. The new one, shown once:`,
        );
        await terminal.result({ id, ...made }, String(made.url ?? made.secret));
      }),
    );

const resumeCommand = (context: Context) =>
  new Command('resume')
    .description('lets one that has stopped go on where it stood; you look after it from then on')
    .argument('<id>', 'its id', hookId)
    .option('--skip', 'without what happened meanwhile')
    .option(...DRY)
    .addHelpText('after', examples('court hook resume 3f6c…', 'court hook resume 3f6c… --skip'))
    .action((id: string, { skip, dryRun }: Dry & { skip?: true }) =>
      connected(context, async court => {
        if (dryRun) return dry(context, court, id, 'would go on');
        const { hook } = await court.call(
          'hook:resume',
          { id, skip: skip === true },
          { signal: context.signal },
        );
        await context.terminal.result(
          hook,
          `"${printableLine(hook.name)}" goes on, ${hook.behind ?? 0} entries behind.`,
        );
      }),
    );

const removeCommand = (context: Context) =>
  new Command('remove')
    .description('ends one for good; what it said stays')
    .argument('<id>', 'its id', hookId)
    .option(...DRY)
    .addHelpText('after', examples('court hook remove 3f6c…'))
    .action((id: string, { dryRun }: Dry) =>
      connected(context, async court => {
        if (dryRun) return dry(context, court, id, 'would be removed');
        await court.call('hook:remove', { id }, { signal: context.signal });
        await context.terminal.result({ id, removed: true }, 'It is removed.');
      }),
    );

async function dry({ terminal, signal }: Context, court: Court, id: string, words: string): Promise<void> {
  const { hook } = await court.call('hook:get', { id }, { signal });
  const { name: called, room } = hook;
  await terminal.result(
    { dryRun: true, ...hook },
    `"${printableLine(called)}" in ${room} ${words}. Nothing was done.`,
  );
}
