// `court recap`: what was said in a room, in short, as it is written; every point with the numbers of its sources, which stand below.
import { Command, Option } from 'commander';
import { writtenBy } from '../../../shared/posted-summary.ts';
import { QUESTION_CHARS, type Summary } from '../../../shared/protocol/summaries.ts';
import type { Recap, RecapSnapshot } from '../../js/recap.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { CliError } from '../errors.ts';
import { examples, roomArgument } from '../options.ts';
import { printable, printableLine, type Terminal } from '../terminal.ts';

interface Options {
  range: 'unread' | 'day' | 'week' | 'all';
  style: 'brief' | 'decisions' | 'actions';
  question?: string;
  post?: boolean;
}

export function recapCommand(context: Context): Command {
  return new Command('recap')
    .description('what was said in a room, in short, with a source behind every point')
    .argument('<room>', 'id of the room', roomArgument)
    .addOption(
      new Option('--range <range>', 'of what').choices(['unread', 'day', 'week', 'all']).default('unread'),
    )
    .addOption(
      new Option('--style <style>', 'what matters')
        .choices(['brief', 'decisions', 'actions'])
        .default('brief'),
    )
    .option('--question <question>', 'what you want to know')
    .option('--post', 'post it to the room; of what all members may read')
    .addHelpText(
      'after',
      examples(
        'court recap lobby',
        'court recap plans --range week --style decisions',
        'court recap ubuntu --range all --question "Which driver does the card need?" --json',
      ),
    )
    .action(async (id: string, { range, style, question, post }: Options) => {
      if (question && question.length > QUESTION_CHARS)
        throw new CliError(`The question is longer than ${QUESTION_CHARS} characters.`);
      const { terminal, signal } = context;
      await using court = await openCourt(await context.session(), signal);
      const recap = court.room(id).summarize({
        range: range === 'all' ? { after: 0 } : range,
        style,
        ...(question && { question }),
        ...(post && { audience: 'room' }),
      });
      // Ctrl-C ends it at the hub too.
      signal.addEventListener('abort', () => void recap.cancel().catch(() => {}), { once: true });
      if (!terminal.json) stream(recap, terminal);
      await terminal.result(await recap.done, '');
      if (!terminal.json) await terminal.result({}, sources(await recap.done));
    });
}

/** Each point as soon as it is there. */
function stream(recap: Recap, terminal: Terminal): void {
  let shown = 0;
  recap.on('delta', ({ claims }: RecapSnapshot) => {
    if (claims.length < shown) {
      terminal.note('court: it begins anew');
      shown = 0;
    }
    for (const { text, cites } of claims.slice(shown)) {
      const numbers = terminal.style('cyan', cites.map(cite => `[${cite}]`).join(''));
      terminal.stdout.write(`• ${printable(text)} ${numbers}\n`);
    }
    shown = claims.length;
  });
}

function sources(summary: Summary): string {
  if (summary.claims.length === 0) return 'Nothing was said that there would be to tell.';
  const lines = summary.citations.map(({ seq, quote }, at) => `[${at + 1}] #${seq} ${printableLine(quote)}`);
  return ['', ...lines, '', writtenBy(summary)].join('\n');
}
