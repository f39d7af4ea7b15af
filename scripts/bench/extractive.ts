// `npm run bench:extractive`: how long summaries of 2,000 and 20,000 messages of a real channel take, and how long they hold up the main loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openExtractive } from '../../server/summarizer/extractive/index.ts';
import { type ChannelLine, channelFolder, readChannel } from '../eval/channel.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', short: 'n', default: '10' }, json: { type: 'boolean', default: false } },
});
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
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const times: number[] = [];
    delay.enable();
    for (let run = 0; run < runs; run++) times.push((await once('brief')).ms);
    delay.disable();
    times.sort((a, b) => a - b);
    const result = {
      messages: count,
      first: first.ms,
      median: times[Math.floor(times.length / 2)]!,
      longest: times.at(-1)!,
      // The timer's own resolution is in it.
      loopDelay: delay.max / 1e6,
    };
    results.push(result);
    if (!values.json) {
      process.stdout.write(
        `${count} messages: ${result.median.toFixed(0)} ms (longest of ${runs} ${result.longest.toFixed(0)}, the first with the start of the thread ${result.first.toFixed(0)}); main loop delayed by at most ${result.loopDelay.toFixed(1)} ms\n`,
      );
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
}
