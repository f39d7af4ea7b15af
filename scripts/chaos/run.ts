// `npm run chaos` and `npm run chaos:smoke`: one run, its verdict and its report. Exit code 0 when all promises held and every fault took effect.
//
//     npm run chaos -- --seed 7            the same plan again
//     npm run chaos -- --redis off         hubs that share the database only
//     npm run chaos -- --out DIR           where the evidence and the report go (data/chaos/full-7)
//     npm run chaos -- --report DIR        the report and its picture there too, as seed-7.md and seed-7.svg
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readConfig } from '../../server/config.ts';
import { readOptions } from '../lib/options.ts';
import { run } from './harness.ts';
import { scales } from './plan.ts';
import { latencies, report } from './report.ts';
import { timeline } from './timeline.ts';
import { isGood, judge, lines } from './verdict.ts';

const { values } = readOptions(
  'chaos',
  'Hubs, databases and networks fail by a schedule while people talk; a checker then holds all that was seen against the guarantees.',
  {
    seed: {
      type: 'string',
      default: String(Date.now() % 100_000),
      says: 'of the schedule: the same again is the same run',
    },
    smoke: { type: 'boolean', default: false, says: 'a short run' },
    redis: { type: 'string', default: 'auto', says: 'on, off or auto' },
    out: { type: 'string', says: 'folder for what was seen' },
    report: { type: 'string', says: 'file for the report' },
  },
);
const seed = Number(values.seed);
const size = values.smoke ? 'smoke' : 'full';
const folder = path.resolve(values.out ?? `data/chaos/${size}-${seed}`);
const say = (line: string) => process.stdout.write(`${line}\n`);
/** Whether this version's hubs use it. */
const speaksRedis = () => readConfig({ REDIS_URL: 'redis://127.0.0.1:6379' }).warnings.length === 0;
const redis = values.redis === 'on' || (values.redis === 'auto' && speaksRedis());

say(`${size} chaos run, seed ${seed}, in ${folder}`);
await rm(folder, { recursive: true, force: true });
const began = performance.now();
const facts = await run({
  seed,
  scale: scales[size],
  folder,
  redis,
  progress: line => say(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`),
});
const { verdicts, history } = await judge(folder);
const command = `npm run chaos${values.smoke ? ':smoke' : ''} -- --seed ${seed} --redis ${redis ? 'on' : 'off'}`;
const picture = timeline(history, `First Court, ${size} chaos run, seed ${seed}`);
const late = latencies(history);
const write = async (target: string, name: string) => {
  await mkdir(target, { recursive: true });
  const words = report(facts, scales[size], verdicts, late, command, `${name}.svg`);
  await writeFile(path.join(target, `${name}.md`), words);
  await writeFile(path.join(target, `${name}.svg`), picture);
};
await write(folder, 'report');
if (values.report) await write(path.resolve(values.report), `seed-${seed}`);
say('');
for (const line of lines(verdicts)) say(line);
const idle = Object.entries(facts.faults).filter(([, { planned, done }]) => done < planned);
for (const [name, { planned, done }] of idle) say(`${name}: only ${done} of ${planned} took effect`);
say(`\n${path.join(folder, 'report.md')}`);
process.exitCode = isGood(verdicts) && idle.length === 0 ? 0 : 1;
