// takes: 10 s
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openRedisCluster, openRedisServer } from './redis-server.ts';

const test = suite('lib/redis-server');
const STARTER = pathToFileURL(`${import.meta.dirname}/redis-server.ts`).href;

/** Starts a server and a cluster, tells of them, and is killed. */
const DOOMED = `
import { openRedisCluster, openRedisServer } from '${STARTER}';
const single = await openRedisServer();
const { masters } = await openRedisCluster();
const told = async server => ({
  pid: Number(/process_id:(\\d+)/.exec(await server.command('INFO', 'server'))[1]),
  folder: (await server.command('CONFIG', 'GET', 'dir'))[1],
});
console.log(JSON.stringify(await Promise.all([single, ...masters].map(told))));
process.kill(process.pid, 'SIGKILL');
`;

test('whoever started servers and is killed leaves no process and no file behind', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', DOOMED], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = (await child.stdout.toArray()).join('');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.is(child.signalCode, 'SIGKILL');
  const servers = JSON.parse(output) as { pid: number; folder: string }[];
  assert.is(servers.length, 4);
  for (const { pid } of servers) while (runs(pid)) await new Promise(resolve => setImmediate(resolve));
  const folder = servers[1]?.folder as string;
  assert.match(folder, /first-court-redis-/);
  while (existsSync(folder)) await new Promise(resolve => setImmediate(resolve));
});

test('what ends by itself says why', async () => {
  const failure = await openRedisServer('--nonsense', 'x').then(
    () => 'started',
    (error: Error) => error.message,
  );
  assert.match(failure, /^redis-server ended with 1: [\s\S]*nonsense/);
});

test('a cluster serves, fails without one of its masters, and serves again when that is back', async () => {
  await using cluster = await openRedisCluster();
  const [first, second] = cluster.masters;
  await second?.kill();
  await cluster.becomes('fail');
  await second?.restart();
  await cluster.becomes('ok');
  assert.match(String(await first?.command('CLUSTER', 'INFO')), /cluster_slots_ok:16384/);
});

/** A process that has ended, and that its new parent has not asked after yet, does not run. */
function runs(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

test.run();
