// `court export`: a room's log as JSON lines, a header first, to stdout or into a file that appears only when it is whole; or records for the law.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import type { CallData } from '../../../shared/protocol/calls.ts';
import { userId } from '../../../shared/protocol/primitives.ts';
import type { Court } from '../../js/types.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { CliError } from '../errors.ts';
import { EXPORT_FORMAT, type ExportHeader } from '../formats/jsonl.ts';
import { examples, parsed, roomArgument, several, time } from '../options.ts';
import { exportLegal, type LegalWish, verifyLegal } from './legal.ts';

const PAGE = 500;

interface Options {
  room?: string[];
  out?: string;
  legal?: true;
  by?: string;
  user?: string[];
  all?: true;
  from?: string;
  until?: string;
  files?: true;
  verify?: string;
}

const user = parsed(userId);

export function exportCommand(context: Context): Command {
  return new Command('export')
    .description('write the log of a room as JSON lines; with --legal, records of the hub (operator)')
    .option('--room <room>', 'id of the room; with --legal, of several', several(roomArgument))
    .option('--out <file>', 'into this file instead of stdout; with --legal, into this folder')
    .option('--legal', "a folder with logs, members, files and audit log, straight from the hub's database")
    .option('--by <user>', 'legal: the administrator who asks for it, for the audit log', user)
    .option(
      '--user <user>',
      'legal: what this person said and what concerns them; may be given again',
      several(user),
    )
    .option('--all', 'legal: every room')
    .option('--from <time>', 'legal: entries from then on', time)
    .option('--until <time>', 'legal: entries before', time)
    .option('--files', 'legal: the bytes of files, too')
    .option('--verify <folder>', 'hold a legal export against its manifest')
    .addHelpText(
      'after',
      examples(
        'court export --room lobby --out lobby.jsonl',
        'court export --room lobby | head',
        'court import --format jsonl lobby.jsonl --room lobby-copy',
        'court export --legal --by ina --all --files --out records',
        'court export --legal --by ina --user ada --from 2026-01-01 --out ada-2026',
        'court export --verify records',
      ),
    )
    .action(async (options: Options, command: Command) => {
      if (options.verify !== undefined) return verifyLegal(context, options.verify);
      if (options.legal) return exportLegal(context, legalWish(options, command));
      const [room, ...more] = options.room ?? [];
      if (room === undefined) return command.error("error: required option '--room <room>' not specified");
      if (more.length > 0) return command.error('error: several rooms go with --legal alone');
      const { out } = options;
      const { terminal } = context;
      await using court = await openCourt(await context.session(), context.signal);
      if (out === undefined) {
        await writeLog(context, court, room, terminal.stdout);
        return;
      }
      const partial = `${out}.partial`;
      const file = createWriteStream(partial);
      const failed = once(file, 'error').then(([error]: Error[]) => {
        throw new CliError(`Cannot write ${out}: ${error?.message}`, { cause: error });
      });
      try {
        const entries = await Promise.race([writeLog(context, court, room, file), failed]);
        file.end();
        await Promise.race([finished(file), failed]);
        await rename(partial, out);
        await terminal.result({ room, entries, file: out }, `Wrote ${entries} entries to ${out}.`);
      } catch (error) {
        file.destroy();
        await rm(partial, { force: true });
        throw error;
      }
    });
}

/** What is asked for by the law is asked for in full: nothing is taken for granted. */
function legalWish(options: Options, command: Command): LegalWish {
  const { out, by, room, user, all, from, until, files = false } = options;
  if (out === undefined) return command.error("error: required option '--out <folder>' not specified");
  if (by === undefined)
    return command.error(
      "error: required option '--by <user>' not specified: which administrator asks for it?",
    );
  if (all ? room || user : !room && !user)
    return command.error('error: give either --all, or --room and --user');
  const part = {
    ...(room && { rooms: room }),
    ...(user && { users: user }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  };
  return { out, by, part, files };
}

/** Up to the head as it is at the start. Returns the number of entries. */
async function writeLog(
  { terminal, signal }: Context,
  court: Court,
  id: string,
  target: Writable,
): Promise<number> {
  const write = async (value: object) => {
    signal.throwIfAborted();
    if (!target.write(`${JSON.stringify(value)}\n`)) await once(target, 'drain', { signal });
  };
  const read = (after: number): Promise<CallData<'events:read'>> =>
    court.call('events:read', { room: id, after, limit: PAGE }, { signal });

  let page = await read(0);
  const { head, epoch } = page;
  const found = [...(await court.rooms('mine'))].find(room => room.id === id);
  if (!found) throw new CliError(`You left ${id} just now.`);
  const { title, kind, topic, createdBy } = found;
  const header: ExportHeader = {
    format: EXPORT_FORMAT,
    version: 1,
    room: { id, title, kind, ...(topic !== undefined && { topic }), createdBy },
    epoch,
    head,
    exportedAt: new Date().toISOString(),
  };
  await write(header);
  using progress = terminal.progress('Exporting', head);
  let entries = 0;
  let last = 0;
  while (page.events.length > 0) {
    for (const event of page.events) {
      if (event.seq > head) return entries;
      await write(event);
      last = event.seq;
      entries++;
    }
    progress.set(last);
    if (last >= head) break;
    page = await read(last);
    if (page.epoch !== epoch)
      throw new CliError(`${id} was restored from a backup meanwhile. Export it again.`);
  }
  return entries;
}
