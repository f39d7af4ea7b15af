// `court send`: one message from the command line, or one for each line of stdin, in order.
import { createInterface } from 'node:readline';
import { text as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import type { Posted, Sent } from '../../js/types.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { CliError } from '../errors.ts';
import { examples, roomArgument } from '../options.ts';

/** Lines of stdin that may wait for the hub; further ones are not read yet. */
const AHEAD = 1000;

export function sendCommand(context: Context): Command {
  return new Command('send')
    .description('send a message')
    .argument('<room>', 'id of the room', roomArgument)
    .argument('<text>', 'the text; "-" sends every line of stdin as a message')
    .option('--whole', 'with "-": all of stdin as one message')
    .addHelpText(
      'after',
      examples(
        'court send lobby "Hello"',
        'git log -1 --format=%s | court send builds -',
        'court send lobby - --whole < note.md',
      ),
    )
    .action(async (room: string, text: string, { whole }: { whole?: boolean }) => {
      await using court = await openCourt(await context.session(), context.signal);
      // Following the room would bring us everybody's messages: to be a member is enough.
      await court.call('room:join', { room }, { signal: context.signal });
      await court.call('room:leave', { room }, { signal: context.signal });
      const post = (line: string) => court.room(room).send(line);
      if (text !== '-') await report(context, post(text));
      else if (whole) await report(context, post((await readAll(context.stdin)).replace(/\n$/, '')));
      else await sendLines(context, post);
    });
}

async function sendLines(context: Context, post: (line: string) => Posted<Sent>): Promise<void> {
  let count = 0;
  const waiting: Posted<Sent>[] = [];
  const settle = async () => {
    const first = waiting.shift();
    if (first) await report(context, first);
  };
  for await (const line of createInterface({ input: context.stdin })) {
    context.signal.throwIfAborted();
    if (line.trim() === '') continue;
    count++;
    const posted = post(line);
    posted.done.catch(() => {});
    waiting.push(posted);
    if (waiting.length >= AHEAD) await settle();
  }
  while (waiting.length > 0) await settle();
  if (count === 0) throw new CliError('There was nothing to send on stdin.');
}

async function report({ terminal }: Context, posted: Posted<Sent>): Promise<void> {
  const { id, seq, at } = await posted.done;
  await terminal.result({ id, seq, at }, '');
}
