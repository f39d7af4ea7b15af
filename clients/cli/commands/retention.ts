// `court retention`: how long rooms keep what was said, what is due to go, and rooms that are held for the law. For admins.
import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { RoomRetention } from '../../../shared/protocol/reports.ts';
import { CallError, type Court } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { examples, roomArgument } from '../options.ts';
import { printableLine, table } from '../terminal.ts';

export const retentionCommand = (context: Context): Command =>
  new Command('retention')
    .description('how long rooms keep what was said (admin)')
    .addCommand(showCommand(context))
    .addCommand(setCommand(context))
    .addCommand(holdCommand(context))
    .addCommand(runCommand(context))
    .addHelpText('after', examples('court retention show', 'court retention run --dry-run'));

interface Found {
  days: number | undefined;
  rooms: RoomRetention[];
}

async function look(court: Court, room: string | undefined, signal: AbortSignal): Promise<Found> {
  const rooms: RoomRetention[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await court.call(
      'retention:list',
      { ...(room && { room }), ...(cursor && { cursor }) },
      { signal },
    );
    rooms.push(...page.rooms);
    if (page.cursor === undefined) return { days: page.default, rooms };
    cursor = page.cursor;
  }
}

const kept = ({ days, own, hold }: RoomRetention) =>
  hold ? 'held' : days === undefined ? 'for ever' : `${days} days${own ? '' : ' (default)'}`;

const showCommand = (context: Context) =>
  new Command('show')
    .description('rooms that do not keep everything or are held, with what is due to go')
    .argument('[room]', 'this one alone', roomArgument)
    .addHelpText('after', examples('court retention show', 'court retention show lobby --json'))
    .action((room: string | undefined) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        const { days, rooms } = await look(court, room, signal);
        if (terminal.json) {
          for (const one of rooms) await terminal.result({ ...one, default: days ?? null }, '');
          return;
        }
        const rows = rooms.map(one => [
          one.room,
          one.kind,
          kept(one),
          String(one.messages),
          String(one.files),
          one.hold
            ? printableLine(`${one.hold.by}, ${one.hold.at.slice(0, 10)} ${one.hold.reason ?? ''}`)
            : '',
        ]);
        const others = `Other rooms keep messages ${days === undefined ? 'for ever' : `for ${days} days`}.`;
        const head = ['ROOM', 'KIND', 'KEEPS', 'MESSAGES DUE', 'FILES DUE', 'HELD BY'];
        await terminal.result({}, rows.length > 0 ? `${table([head, ...rows])}\n${others}` : others);
      }),
    );

/** `null`: as the hub's settings have it. */
function daysArgument(text: string): number | null {
  if (text === 'default') return null;
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= 36_500) return days;
  throw new InvalidArgumentError('It is neither a number of days from 1 to 36500 nor "default".');
}

const setCommand = (context: Context) =>
  new Command('set')
    .description('for how many days a room keeps what is said in it')
    .argument('<room>', 'id of the room', roomArgument)
    .argument('<days>', 'or "default": as the hub\'s RETENTION_DAYS has it', daysArgument)
    .addHelpText('after', examples('court retention set lobby 365', 'court retention set lobby default'))
    .action((room: string, days: number | null) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        await court.call('room:update', { room, retentionDays: days }, { signal });
        const { rooms } = await look(court, room, signal);
        const [one] = rooms;
        const words = days === null ? 'what the settings say' : `messages for ${days} days`;
        await terminal.result(
          { room, days, messages: one?.messages ?? 0, files: one?.files ?? 0 },
          `${room} keeps ${words}. Due to go: ${one?.messages ?? 0} messages, ${one?.files ?? 0} files.`,
        );
      }),
    );

const holdCommand = (context: Context) =>
  new Command('hold')
    .description('keep all of a room, whatever its days are, until the hold is lifted')
    .argument('<room>', 'id of the room', roomArgument)
    .option('--lift', 'end the hold')
    .option('--reason <text>', 'why, for the audit log')
    .addHelpText(
      'after',
      examples('court retention hold lobby --reason "Case 2026-17"', 'court retention hold lobby --lift'),
    )
    .action((room: string, { lift, reason }: { lift?: true; reason?: string }) =>
      connected(context, async court => {
        const wish = { room, on: !lift, ...(reason && { reason }) };
        await court.call('retention:hold', wish, { signal: context.signal });
        await context.terminal.result(
          wish,
          lift ? `${room} is held no more.` : `Nothing of ${room} goes until the hold is lifted.`,
        );
      }),
    );

const runCommand = (context: Context) =>
  new Command('run')
    .description('take what is due now, instead of within the hour')
    .option('--room <room>', 'of this room alone', roomArgument)
    .option('--dry-run', 'only count it')
    .addHelpText('after', examples('court retention run --dry-run', 'court retention run --room lobby'))
    .action(({ room, dryRun = false }: { room?: string; dryRun?: boolean }) =>
      connected(context, async court => {
        const { terminal, signal } = context;
        const due = (await look(court, room, signal)).rooms.filter(one => one.messages + one.files > 0);
        const messages = due.reduce((sum, one) => sum + one.messages, 0);
        const files = due.reduce((sum, one) => sum + one.files, 0);
        if (dryRun) {
          const rooms = due.map(one => ({ room: one.room, messages: one.messages, files: one.files }));
          const lines = rooms.map(one => `${one.room}: ${one.messages} messages, ${one.files} files`);
          await terminal.result(
            { dryRun, messages, files, rooms },
            [`Would take ${messages} messages and ${files} files of ${due.length} rooms.`, ...lines].join(
              '\n',
            ),
          );
          return;
        }
        using progress = terminal.progress('Taking', messages);
        let taken = 0;
        for (const one of due) {
          for (let after: number | undefined = 0; after !== undefined; ) {
            const from: number = after;
            const step = await patiently(
              () => court.call('retention:run', { room: one.room, after: from }, { signal }),
              signal,
            );
            taken += step.messages;
            after = step.next;
            progress.set(taken);
          }
        }
        await terminal.result(
          { messages: taken, rooms: due.length },
          `Took ${taken} messages of ${due.length} rooms.`,
        );
      }),
    );

/** A hub that puts us off is asked again when it says so: to take the same stretch twice takes nothing twice. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CallError) || error.retryAfterMs === undefined) throw error;
      await delay(error.retryAfterMs, undefined, { signal });
    }
  }
}
