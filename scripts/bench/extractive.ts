// `npm run bench:extractive`: how long summaries of 2,000 and 20,000 messages of a real channel take, and how long they hold up the main loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { openExtractive } from '../../server/summarizer/extractive/index.ts';
import { type ChannelLine, channelFolder, readChannel } from '../eval/channel.ts';
import { readOptions } from '../lib/options.ts';

const { values } = readOptions(
  'bench:extractive',
  'How long the summarizer without a model takes for 2,000 and 20,000 messages of the IRC logs.',
  {
    runs: { type: 'string', short: 'n', default: '10', says: 'runs of each' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
);
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  process.stderr.write('bench:extractive: --runs takes a whole number of at least 1.\n');
  process.exit(1);
}
const logs = await readChannel();
if (logs) await bench([...logs.values()].flat());
else process.stdout.write(`Skipped. The logs are not there: ${channelFolder}.\n`);

async function bench(all: readonly ChannelLine[]): Promise<void> {
  await using summarizer = openExtractive();
  const results: object[] = [];
  for (const count of [2_000, 20_000]) {
    // There are fewer than 20,000: from the beginning again, as other messages.
    const lines = Array.from({ length: count }, (_, index) => ({
      ...all[index % all.length]!,
      id: String(index),
    }));
    const once = async (style: 'brief' | 'decisions' | 'actions') => {
      const start = performance.now();
      let claims = 0;
      for await (const _ of summarizer.summarize(
        { title: '#ubuntu', lines, style, words: 150 },
        new AbortController().signal,
      ))
        claims++;
      return { ms: performance.now() - start, claims };
    };
    const first = await once('brief');
    const times: number[] = [];
    const busy = await watched(async () => {
      for (let run = 0; run < runs; run++) times.push((await once('brief')).ms);
    });
    // What the machine itself takes from a loop that does nothing, for as long.
    const idle = await watched(() => delay(times.reduce((sum, ms) => sum + ms, 0)));
    times.sort((a, b) => a - b);
    const result = {
      messages: count,
      first: first.ms,
      median: times[Math.floor(times.length / 2)]!,
      longest: times.at(-1)!,
      loopDelay: busy,
      idleDelay: idle,
    };
    results.push(result);
    if (!values.json) {
      process.stdout.write(
        `${count} messages: ${result.median.toFixed(0)} ms (longest of ${runs} ${result.longest.toFixed(0)}, the first with the start of the thread ${result.first.toFixed(0)}); main loop delayed by at most ${busy.toFixed(1)} ms (idle: ${idle.toFixed(1)})\n`,
      );
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
}

/** The longest delay of this thread's loop in milliseconds. The timer's own resolution is in it. */
async function watched(work: () => Promise<unknown>): Promise<number> {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  await work();
  monitor.disable();
  return monitor.max / 1e6;
}
