// `court files`: what was shared in a room, newest first.
import { Command } from 'commander';
import { bytesWords } from '../../../shared/file-words.ts';
import type { SharedFile } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { examples, roomArgument, wholeNumber } from '../options.ts';
import { printableLine, table } from '../terminal.ts';

/** What one call gives at most. */
const PAGE = 100;

export function filesCommand(context: Context): Command {
  return new Command('files')
    .description('list the files shared in a room, newest first')
    .requiredOption('--room <room>', 'which room', roomArgument)
    .option('-n, --limit <count>', 'how many at most', wholeNumber(1), 50)
    .addHelpText(
      'after',
      examples(
        'court files --room garden',
        'court files --room garden --json | jq -r "[.size, .name] | @tsv"',
      ),
    )
    .action(async ({ room, limit }: { room: string; limit: number }) => {
      const { terminal, signal } = context;
      await using court = await openCourt(await context.session(), signal);
      const files: SharedFile[] = [];
      let cursor: string | undefined;
      do {
        const page = await court
          .room(room)
          .files({ limit: Math.min(PAGE, limit - files.length), ...(cursor && { cursor }) });
        files.push(...page.files);
        cursor = page.cursor;
      } while (cursor && files.length < limit);
      if (terminal.json) for (const file of files) await terminal.result(file, '');
      else await terminal.result({}, files.length > 0 ? shown(files) : `Nothing was shared in ${room} yet.`);
    });
}

function shown(files: readonly SharedFile[]): string {
  const row = ({ id, at, seq, size, type, name, by }: SharedFile) => [
    id,
    at.slice(0, 16).replace('T', ' '),
    `#${seq}`,
    printableLine(by),
    bytesWords(size),
    type,
    printableLine(name),
  ];
  return table([['FILE', 'WHEN', 'MESSAGE', 'BY', 'SIZE', 'TYPE', 'NAME'], ...files.map(row)]);
}
