// `court export`: a room's log as JSON lines, a header first, to stdout or into a file that appears only when it is whole.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import type { CallData } from '../../../shared/protocol/calls.ts';
import type { Court } from '../../js/types.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { CliError } from '../errors.ts';
import { EXPORT_FORMAT, type ExportHeader } from '../formats/jsonl.ts';
import { examples, roomArgument } from '../options.ts';

const PAGE = 500;

export function exportCommand(context: Context): Command {
  return new Command('export')
    .description('write the log of a room as JSON lines')
    .requiredOption('--room <room>', 'id of the room', roomArgument)
    .option('--out <file>', 'into this file instead of stdout')
    .addHelpText(
      'after',
      examples(
        'court export --room lobby --out lobby.jsonl',
        'court export --room lobby | head',
        'court import --format jsonl lobby.jsonl --room lobby-copy',
      ),
    )
    .action(async ({ room, out }: { room: string; out?: string }) => {
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
