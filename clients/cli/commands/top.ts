// `court top`: how every node does, live; a screen for people, a line a second with --json.
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { CallError } from '../../js/errors.ts';
import type { Court } from '../../js/types.ts';
import type { Context } from '../context.ts';
import { connected } from '../court.ts';
import { CliError, explain } from '../errors.ts';
import { examples, wholeNumber } from '../options.ts';
import { type Stats, type Sums, sums } from '../top/nodes.ts';
import { openScreen } from '../top/screen.ts';
import { type Sight, topLines } from '../top/view.ts';

/** Milliseconds between two looks, and how long an answer may take. */
const EVERY = 1000;
const PATIENCE = 5000;
/** Seconds that sparklines go back. */
const BACK = 300;

export const topCommand = (context: Context): Command =>
  new Command('top')
    .description('the nodes, their rates and the busiest rooms and people, live (admin)')
    .option('-n, --number <looks>', 'end after so many', wholeNumber(1))
    .addHelpText('after', examples('court top', 'court top --json --number 60 > minute.jsonl'))
    .action(({ number = Number.POSITIVE_INFINITY }: { number?: number }) => {
      const { terminal, stdout } = context;
      if (!terminal.json && stdout.isTTY !== true)
        throw new CliError(
          'court top draws on a terminal. For programs: court top --json, a line a second, or court stats, once.',
        );
      return connected(context, court =>
        terminal.json ? print(context, court, number) : watch(context, court, number),
      );
    });

const ask = ({ signal }: Pick<Context, 'signal'>, court: Court): Promise<Stats> =>
  court.call('admin:stats', {}, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) });

async function print(context: Context, court: Court, number: number): Promise<void> {
  const { terminal, signal } = context;
  for (let look = 1; ; look++) {
    const next = delay(EVERY, undefined, { signal });
    next.catch(() => {});
    await terminal.result({ at: new Date().toISOString(), ...(await ask(context, court)) }, '');
    if (look >= number) return;
    await next;
  }
}

/** Waiting would not help. */
function isFinal(error: unknown, { state }: Court): boolean {
  if (state.status === 'disconnected' && (state.reason === 'stopped' || state.reason === 'closed'))
    return true;
  return !(error instanceof CallError) || error.code === 'forbidden' || error.code === 'bad_request';
}

/** Until somebody wants to leave. A hub that is away is told of, and waited for. */
async function watch(context: Context, court: Court, number: number): Promise<void> {
  const { terminal, signal } = context;
  const history: Sums[] = [];
  let sight: Sight = { stats: undefined, history, at: new Date(), trouble: 'Asking the hub …' };
  const draw = () => screen.draw(topLines(sight, screen.size, terminal.style));
  using screen = openScreen(context, draw);
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const looks = async () => {
    for (let look = 1; look <= number; look++) {
      const next = delay(EVERY, undefined, { signal: stop });
      next.catch(() => {});
      try {
        const stats = await ask({ signal: stop }, court);
        history.push(sums(stats));
        if (history.length > BACK) history.shift();
        sight = { stats, history, at: new Date(), trouble: undefined };
      } catch (error) {
        if (stop.aborted || isFinal(error, court)) throw error;
        sight = { ...sight, at: new Date(), trouble: `The hub does not answer: ${explain(error)}` };
      }
      draw();
      if (look < number) await next;
    }
    return false;
  };
  draw();
  const looking = looks();
  try {
    if (await Promise.race([looking, screen.left])) throw new CliError('', { exitCode: 130 });
  } finally {
    over.abort();
    await looking.catch(() => {});
  }
}
