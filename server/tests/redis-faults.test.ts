// Redis fails in the moments in which a client of it is weakest: the hub lives on, and hints flow again by themselves.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../scripts/chaos/random.ts';
import { openRedisServer } from '../../scripts/lib/redis-server.ts';
import { openProxy } from '../../scripts/lib/tcp-proxy.ts';
import { boot } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { consecutive } from '../testing/consecutive.ts';
import { readiness } from '../testing/signals.ts';

const test = suite('redis faults');

test('a connection that ends while it subscribes again costs neither the process nor the subscription (I16)', async () => {
  await using redis = await openRedisServer();
  await using proxy = await openProxy({ host: '127.0.0.1', port: redis.port });
  const env = { REDIS_URL: `redis://127.0.0.1:${proxy.port}` };
  // The poll of heads stands aside: what arrives at the other hub was told over Redis.
  await using north = await boot({ env, pollMs: 3_600_000 });
  await using south = await boot({ env, pollMs: 3_600_000, databaseUrl: north.databaseUrl });
  await using ada = await connect(north.url, { token: await north.token('ada') });
  await using bob = await connect(south.url, { token: await south.token('bob') });
  await ada.call('room:create', { id: 'court', title: 'Court', kind: 'public' });
  await bob.call('room:join', { room: 'court' });

  for (let time = 0; time < 3; time++) {
    const cut = proxy.cutReplyTo('ssubscribe', 30_000);
    proxy.reset(proxy.connections, createRandom(time));
    assert.ok(await cut, 'the connection was cut as the hub subscribed');
  }
  // Said again and again, since what is said before the two are back is not told.
  const until = performance.now() + 30_000;
  while (bob.events('court').length === 0) {
    assert.ok(performance.now() < until, 'hints flow again');
    await ada.call('message:send', { room: 'court', id: crypto.randomUUID(), text: 'over Redis' });
  }
});

test('a Redis that stands still holds up no call, costs no entry, and is forgiven (I1, I5, I16)', async () => {
  await using redis = await openRedisServer();
  await using proxy = await openProxy({ host: '127.0.0.1', port: redis.port });
  const env = { REDIS_URL: `redis://127.0.0.1:${proxy.port}` };
  await using north = await boot({ env });
  await using south = await boot({ env, databaseUrl: north.databaseUrl });
  await using ada = await connect(north.url, { token: await north.token('ada') });
  await using bob = await connect(south.url, { token: await south.token('bob') });
  await ada.call('room:create', { id: 'court', title: 'Court', kind: 'public' });
  await bob.call('room:join', { room: 'court' });
  const say = (text: string) => ada.call('message:send', { room: 'court', id: crypto.randomUUID(), text });

  const goOn = proxy.fallSilent();
  let last = 0;
  for (let i = 0; i < 100; i++) last = (await say(`${i}`)).seq;
  // No hint can come: the other hub finds them by itself.
  await bob.until(() => bob.events('court').at(-1)?.seq === last);
  goOn();
  for (const hub of [north, south]) {
    while ((await readiness(hub)).checks.redis !== 'ok') await new Promise(resolve => setTimeout(resolve, 5));
  }
  const { seq } = await say('and so on');
  await bob.until(() => bob.events('court').at(-1)?.seq === seq);
  consecutive(bob.events('court').map(event => event.seq));
  const errors = [north, south].flatMap(hub => hub.complaints.filter(({ level }) => level === 'error'));
  assert.equal(errors, []);
});

test.run();
