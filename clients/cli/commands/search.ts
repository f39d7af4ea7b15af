// `court search`: messages of your rooms, with what was looked for in bold.
import { Command } from 'commander';
import type { Highlight, SearchHit } from '../../../shared/protocol/models.ts';
import type { Court } from '../../js/types.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { examples, roomArgument, wholeNumber } from '../options.ts';
import { printable, type Terminal } from '../terminal.ts';

interface Options {
  room?: string;
  limit: number;
}

/** What one call gives at most. */
const PAGE = 50;
/** Names that are asked for in one call. */
const NAMES = 200;

export function searchCommand(context: Context): Command {
  return new Command('search')
    .description('find messages in your rooms')
    .argument('<query...>', 'words, pre*, -without, from:name, in:room, on:2024-05-01, has:link')
    .option('--room <room>', 'only in this room', roomArgument)
    .option('-n, --limit <count>', 'how many at most', wholeNumber(1), 20)
    .addHelpText(
      'after',
      examples(
        'court search opening night',
        `court search '"opening night" from:mira after:2024-05'`,
        'court search what did we decide about the lanterns --room plans',
        'court search lantern* --json | jq -r .message.text',
      ),
    )
    .action(async (words: string[], { room, limit }: Options) => {
      const { terminal, signal } = context;
      await using court = await openCourt(await context.session(), signal);
      const query = words.join(' ');
      let cursor: string | undefined;
      let shown = 0;
      do {
        const answer = await court.search(
          { query, limit: Math.min(PAGE, limit - shown), ...(room && { room }), ...(cursor && { cursor }) },
          { signal },
        );
        const names = terminal.json ? new Map<string, string>() : await namesOf(court, answer.hits);
        for (const hit of answer.hits) await terminal.result(hit, () => shownAs(hit, names, terminal));
        shown += answer.hits.length;
        cursor = answer.cursor;
        if (!cursor || shown >= limit || answer.hits.length === 0)
          terminal.note(counted(shown, answer.total));
        if (answer.hits.length === 0) break;
      } while (cursor && shown < limit);
    });
}

async function namesOf(court: Court, hits: readonly SearchHit[]): Promise<Map<string, string>> {
  const users = [...new Set(hits.map(({ message }) => message.by))].slice(0, NAMES);
  if (users.length === 0) return new Map();
  const known = await court.call('user:get', { users });
  return new Map(known.users.map(({ id, name }) => [id, name]));
}

function shownAs({ message, highlights }: SearchHit, names: Map<string, string>, terminal: Terminal): string {
  const when = message.at.slice(0, 16).replace('T', ' ');
  const by = printable(names.get(message.by) ?? message.by);
  const pieces = highlights.map(piece => marked(piece, terminal).replace(/\n/g, '\n  '));
  return `${terminal.style('dim', `${when}  ${message.room}#${message.seq}`)}  <${by}>\n  ${pieces.join('\n  ')}`;
}

function marked({ text, ranges }: Highlight, terminal: Terminal): string {
  let [shown, at] = ['', 0];
  for (const [start, end] of ranges) {
    shown +=
      printable(text.slice(at, start)) +
      terminal.style(['bold', 'yellow'], printable(text.slice(start, end)));
    at = end;
  }
  return shown + printable(text.slice(at));
}

const counted = (shown: number, total: number): string =>
  total === 0
    ? 'court: nothing found'
    : `court: ${shown} of ${total >= 1000 ? 'a thousand or more' : total} ${total === 1 ? 'message' : 'messages'}`;
