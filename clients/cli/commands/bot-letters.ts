// `court bot dead-letters` and `court bot replay`: what bots gave up on, to try again; and logs to read once more.
import { Command, InvalidArgumentError } from 'commander';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { examples, parsed, roomArgument } from '../options.ts';
import { printableLine, table } from '../terminal.ts';

const botArgument = parsed(p.userId);
const letterId = parsed(p.uuid);

export const deadLettersCommand = (context: Context): Command =>
  new Command('dead-letters')
    .description('entries that bots gave up on, oldest first; to try them again, or to forget them (admin)')
    .argument('[bot]', 'of this one alone', botArgument)
    .option('--replay [id]', 'try all of the bot again, or one', letterId)
    .option('--drop [id]', 'forget all of the bot, or one', letterId)
    .addHelpText(
      'after',
      examples(
        'court bot dead-letters',
        'court bot dead-letters echo --replay',
        'court bot dead-letters echo --drop 0b9c…',
      ),
    )
    .action(
      (
        bot: string | undefined,
        { replay, drop }: { replay?: string | true; drop?: string | true },
        command: Command,
      ) =>
        connected(context, async court => {
          const { terminal, signal } = context;
          const wish = replay ?? drop;
          if (wish !== undefined) {
            if (wish === true && bot === undefined)
              return command.error("error: missing argument 'bot': whose?");
            const which = { ...(bot && { bot }), ...(wish !== true && { id: wish }) };
            const { count } = await court.call(replay ? 'deadletter:replay' : 'deadletter:drop', which, {
              signal,
            });
            const words = replay ? 'will be tried again' : 'forgotten';
            await terminal.result({ count, ...which }, `${count} ${words}.`);
            return;
          }
          const rows: string[][] = [];
          for (let after: string | undefined; ; ) {
            const page = { limit: 100, ...(bot && { bot }), ...(after && { after }) };
            const { letters } = await court.call('deadletter:list', page, { signal });
            for (const one of letters) {
              if (terminal.json) await terminal.result(one, '');
              const error = printableLine(one.error.split('\n', 1)[0] ?? '').slice(0, 80);
              rows.push([
                one.at,
                one.bot,
                `${one.room}#${one.seq}`,
                one.type ?? '-',
                String(one.attempts),
                one.due ? 'due' : '',
                one.id,
                error,
              ]);
            }
            after = letters.at(-1)?.id;
            if (letters.length < 100) break;
          }
          if (terminal.json) return;
          const head = ['SINCE', 'BOT', 'ENTRY', 'TYPE', 'TRIES', '', 'ID', 'ERROR'];
          await terminal.result(
            {},
            rows.length === 0 ? 'No bot gave up on anything.' : table([head, ...rows]),
          );
        }),
    );

/** A number of an entry, or a time. */
function place(text: string): { seq: number } | { since: string } {
  if (/^\d+$/.test(text)) return { seq: Number(text) };
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError('It is neither a number nor a time such as 2026-11-25T09:00Z.');
  return { since: new Date(time).toISOString() };
}

export const replayCommand = (context: Context): Command =>
  new Command('replay')
    .description(
      'have a bot read a room, or all its rooms, once more; what it said it does not say again (admin)',
    )
    .argument('<bot>', 'its user id', botArgument)
    .requiredOption('--from <entry|time>', 'the number of an entry, or a time', place)
    .option('--room <room>', 'this room alone', roomArgument)
    .option('--name <name>', 'of the cursor, where the bot names its own')
    .addHelpText(
      'after',
      examples(
        'court bot replay echo --room lobby --from 1200',
        'court bot replay deploys --from 2026-11-25T09:00Z',
      ),
    )
    .action(
      (bot: string, { from, room, name }: { from: ReturnType<typeof place>; room?: string; name?: string }) =>
        connected(context, async court => {
          const { terminal, signal } = context;
          const wish = { bot, ...from, ...(room && { room }), ...(name && { name }) };
          const { rooms } = await court.call('bot:rewind', wish, { signal });
          if (terminal.json) for (const one of rooms) await terminal.result({ bot, ...one }, '');
          else
            await terminal.result(
              {},
              rooms.map(({ room, seq }) => `${bot} reads ${room} from entry ${seq + 1} on.`).join('\n'),
            );
        }),
    );
