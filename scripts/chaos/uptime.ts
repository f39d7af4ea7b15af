// `npm run chaos:uptime`: 99.9% while hubs are rolled without end. Three hubs on one database and one Redis are ended and started again, one
// after the other, for ten minutes; twice a second somebody speaks on one hub and somebody on another must hear it within 2 s. Exit code
// 0 when all but one in a thousand were heard in time, every one at last, and every hub ended as it should.
//
//     npm run chaos:uptime -- --minutes 2
//     npm run chaos:uptime -- --json
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openEmbedded } from '../../server/store/embedded.ts';
import { freePort, type HubProcess, startHub } from '../hub-process.ts';
import { readOptions } from '../lib/options.ts';
import { openRedisServer } from '../lib/redis-server.ts';
import { openDoor, watchHealth } from './balancer.ts';
import { openProber } from './prober.ts';

const { values } = readOptions(
  'chaos:uptime',
  'Rolls three hubs without end and sends twice a second: how many were answered in time.',
  {
    minutes: { type: 'string', default: '10', says: 'for so long' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
);
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes is a number above 0.');

const SECRET = 'a secret of the uptime run, 32 bytes or more';
const EVERY = 500;
const IN_TIME = 2000;
const SHARE = 0.999;
/** A hub serves again for so long before the next one goes. */
const REST = 1000;
/** For what is under way at the end. */
const LAST = 15_000;

const began = performance.now();
const seconds = () => ((performance.now() - began) / 1000).toFixed(0).padStart(4);
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

await using parts = new AsyncDisposableStack();
const data = await mkdtemp(path.join(tmpdir(), 'first-court-uptime-'));
// PostgreSQL does not run as root, so its own user must be able to come in here.
await chmod(data, 0o755);
parts.defer(() => rm(data, { recursive: true, force: true }));
const database = parts.use(await openEmbedded(data));
const redis = parts.use(await openRedisServer());

const hubs: { port: number; process: HubProcess; start(): Promise<HubProcess> }[] = [];
parts.defer(async () => void (await Promise.all(hubs.map(hub => hub.process.end('SIGTERM')))));
for (const name of ['one', 'two', 'three']) {
  const settings = {
    PORT: await freePort(),
    NODE_NAME: name,
    DATA_DIR: data,
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    JWT_SECRET: SECRET,
    LOG_LEVEL: 'warn',
  };
  const start = () => startHub(settings);
  hubs.push({ port: Number(settings.PORT), process: await start(), start });
}
const ports = hubs.map(hub => hub.port);
const health = parts.use(watchHealth(ports));
while (!ports.every(health.ready)) await delay(20);
const speaking: Awaited<ReturnType<typeof openDoor>> = parts.use(
  await openDoor(ports, health, () => listening?.hub),
);
const listening = parts.use(await openDoor(ports, health, () => speaking.hub));
const prober = parts.use(await openProber(SECRET, speaking, listening));
say(`${seconds()} s  three hubs are up; rolling them for ${minutes} minutes`);

const inTime = () => prober.probes.filter(({ took = Number.POSITIVE_INFINITY }) => took <= IN_TIME);
const score = () => `${inTime().length} of ${prober.probes.length} within ${IN_TIME / 1000} s`;

const rolls: { endMs: number; startMs: number; code: number | string }[] = [];
/** As whoever runs it would: one that does not come up is started once more. */
const again = (start: () => Promise<HubProcess>) =>
  start().catch((error: Error) => {
    say(`${seconds()} s  ${error.message}`);
    return start();
  });

let isOver = false;
const rolling = (async () => {
  for (let turn = 0; !isOver; turn++) {
    const hub = hubs[turn % hubs.length] as (typeof hubs)[number];
    const from = performance.now();
    const code = await hub.process.end('SIGTERM');
    const endMs = performance.now() - from;
    hub.process = await again(hub.start);
    rolls.push({ endMs, startMs: hub.process.startedIn, code });
    if (rolls.length % 3 === 0) say(`${seconds()} s  ${rolls.length} rolls, ${score()}`);
    await delay(REST);
  }
})();

const count = Math.round((minutes * 60_000) / EVERY);
const start = performance.now();
for (let i = 0; i < count; i++) {
  // A roll that fails ends the run at once, with all that it started.
  await Promise.race([delay(Math.max(0, start + i * EVERY - performance.now())), rolling]);
  prober.send();
}
const until = performance.now() + LAST;
while (prober.probes.some(({ took }) => took === undefined) && performance.now() < until) await delay(50);
isOver = true;
await rolling;

const took = prober.probes.map(probe => probe.took ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
const at = (share: number) => Math.round(took[Math.ceil(took.length * share) - 1] ?? 0);
const needed = Math.ceil(count * SHARE);
const result = {
  minutes,
  probes: count,
  inTime: inTime().length,
  needed,
  lost: took.filter(ms => ms === Number.POSITIVE_INFINITY).length,
  onTwoHubs: prober.probes.filter(({ apart }) => apart).length,
  refused: prober.refusals.length,
  rolls: rolls.length,
  badEnds: rolls.filter(({ code }) => code !== 0).length,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  slowestMs: at(1),
  longestEndMs: Math.round(Math.max(...rolls.map(({ endMs }) => endMs))),
  longestStartMs: Math.round(Math.max(...rolls.map(({ startMs }) => startMs))),
};
const good = result.inTime >= needed && result.lost + result.refused + result.badEnds === 0;
if (values.json) process.stdout.write(`${JSON.stringify({ good, ...result })}\n`);
else {
  const row = (name: string, value: string | number) => say(`  ${name.padEnd(34)} ${value}`);
  say('');
  row('heard within 2 s', `${result.inTime} of ${count} (needed: ${needed})`);
  row('never heard, refused', `${result.lost}, ${result.refused}`);
  row('spoken and heard on two hubs', result.onTwoHubs);
  row('until heard, p50 / p99 / slowest', `${result.p50Ms} / ${result.p99Ms} / ${result.slowestMs} ms`);
  row('rolls, of which ended badly', `${result.rolls}, ${result.badEnds}`);
  row('longest end, longest start', `${result.longestEndMs} ms, ${result.longestStartMs} ms`);
  say(`\n${good ? 'The promise holds.' : 'The promise does not hold.'}`);
}
process.exitCode = good ? 0 : 1;
