// The database, and then Redis, stand still for five seconds under load: every call ends, the hub stays small and alive, and goes on.
import { setTimeout as delay } from 'node:timers/promises';
import { openEmbedded } from '../../../server/store/embedded.ts';
import type { HubProcess } from '../../hub-process.ts';
import { openRedisServer } from '../../lib/redis-server.ts';
import { openProxy } from '../../lib/tcp-proxy.ts';
import type { Crowd } from './crowd.ts';
import { type Helper, openHelper } from './helper.ts';
import { openFolder, openHub, people, unlimited, watchMemory } from './hub.ts';
import type { Row } from './row.ts';
import { listed, merge, ms, p99 } from './samples.ts';

const STALL_MS = 5000;
const PEOPLE = 25;
const PER_SECOND = 100;
/** Statements, connecting, and what a queue may wait: no call may hang beyond their sum after the stall. */
const LONGEST_MS = 10_000;
const MOST_MB = 64;
/** The pool, and two for migrations. */
const MOST_CONNECTIONS = 12;
const ROOM = 'hall';

const send = { call: 'message:send', input: { room: ROOM, text: 'Still here.' }, perSecond: PER_SECOND };
const read = { call: 'messages:read', input: { room: ROOM, limit: 20 }, perSecond: PER_SECOND };

async function enter(crowd: Helper<Crowd>, url: string, name: string, make: boolean): Promise<void> {
  await crowd.ask('come', { url, who: await people(PEOPLE, name), perSecond: 50 });
  await crowd.ask('enter', { room: ROOM, make });
}

const alive = (hub: HubProcess) =>
  fetch(`${hub.url}/healthz`, { signal: AbortSignal.timeout(5000) }).then(
    answer => answer.status === 200,
    () => false,
  );
const complaints = (hub: HubProcess) =>
  hub
    .output()
    .split('\n')
    .filter(line => /"level":"(error|fatal)"|^\s+at /.test(line)).length;

export const database: Row = {
  name: 'database',
  mark: `the database stalls for ${STALL_MS / 1000} s: every call ends within ${LONGEST_MS / 1000} s, <= ${MOST_CONNECTIONS} connections, memory +< ${MOST_MB} MB, no crash`,
  async run(say) {
    await using data = await openFolder();
    await using server = await openEmbedded(data.path);
    const url = new URL(server.url);
    await using proxy = await openProxy({ host: url.hostname, port: Number(url.port) });
    url.port = String(proxy.port);
    await using hub = await openHub({ ...unlimited, DATA_DIR: data.path, DATABASE_URL: url.href });
    await using writers = openHelper<Crowd>('crowd.ts');
    await using readers = openHelper<Crowd>('crowd.ts');
    await enter(writers, hub.url, 'writer', true);
    await enter(readers, hub.url, 'reader', false);
    const both = async (seconds: number) =>
      Promise.all([writers.ask('talk', { ...send, seconds }), readers.ask('talk', { ...read, seconds })]);
    const before = merge(await both(4));
    using watch = watchMemory(hub.pid);
    const during = both(10);
    await delay(1000);
    const stall = proxy.stall(STALL_MS);
    await delay(STALL_MS - 500);
    const healthy = await alive(hub);
    const { connections } = proxy;
    say(`${await stall} bytes were held back over ${connections} connections`);
    const met = merge(await during);
    say(`${met.ok} calls went well, refused: ${listed(met.refused)}, the longest took ${ms(met.longest)}`);
    const after = merge(await both(4));
    const good = met.lost === 0 && met.longest < LONGEST_MS && after.ok === PER_SECOND * 8 && healthy;
    return {
      measured: `${met.ok} calls ok, refused: ${listed(met.refused)}, ${met.lost} lost, longest ${ms(met.longest)}; ${connections} connections, memory +${watch.grown.toFixed(0)} MB, ${complaints(hub)} errors logged; p99 ${ms(p99(before))}, afterwards ${ms(p99(after))}`,
      passed: good && connections <= MOST_CONNECTIONS && watch.grown < MOST_MB && complaints(hub) === 0,
    };
  },
};

export const redis: Row = {
  name: 'redis',
  mark: `Redis stalls for ${STALL_MS / 1000} s: no call is lost or refused, entries reach the other node all the same, memory +< ${MOST_MB} MB, no crash`,
  async run(say) {
    await using data = await openFolder();
    await using server = await openEmbedded(data.path);
    await using store = await openRedisServer();
    await using proxy = await openProxy({ host: '127.0.0.1', port: store.port });
    const env = {
      ...unlimited,
      DATA_DIR: data.path,
      DATABASE_URL: server.url,
      REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    };
    await using here = await openHub({ ...env, NODE_NAME: 'here' });
    await using there = await openHub({ ...env, NODE_NAME: 'there' });
    await using writers = openHelper<Crowd>('crowd.ts');
    await using listeners = openHelper<Crowd>('crowd.ts');
    await enter(writers, here.url, 'writer', true);
    await enter(listeners, there.url, 'listener', false);
    const before = await writers.ask('talk', { ...send, seconds: 4 });
    const heardBefore = (await listeners.ask('heard')).events;
    using watch = watchMemory(here.pid);
    const during = writers.ask('talk', { ...send, seconds: 8 });
    await delay(1000);
    const held = await proxy.stall(STALL_MS);
    const met = await during;
    say(`${held} bytes were held back; ${met.ok} sends went well, refused: ${listed(met.refused)}`);
    // A lost hint heals by the next look at the heads.
    await delay(4000);
    const heard = (await listeners.ask('heard')).events - heardBefore;
    const due = met.ok * PEOPLE;
    const up = (await alive(here)) && (await alive(there));
    const errors = complaints(here) + complaints(there);
    return {
      measured: `${met.ok} sends ok, refused: ${listed(met.refused)}, ${met.lost} lost, p99 ${ms(p99(before))} -> ${ms(p99(met))}; ${heard} of ${due} deliveries on the other node, memory +${watch.grown.toFixed(0)} MB, ${errors} errors logged`,
      passed:
        met.ok === PER_SECOND * 8 && held > 0 && heard >= due && up && watch.grown < MOST_MB && errors === 0,
    };
  },
};
