// Redis fails in the moments in which a client of it is weakest: the hub lives on, and hints flow again by themselves.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../scripts/chaos/random.ts';
import { openRedisServer } from '../../scripts/lib/redis-server.ts';
import { openProxy } from '../../scripts/lib/tcp-proxy.ts';
import { boot } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';

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
  const until = performance.now() + 10_000;
  while (bob.events('court').length === 0) {
    assert.ok(performance.now() < until, 'hints flow again');
    await ada.call('message:send', { room: 'court', id: crypto.randomUUID(), text: 'over Redis' });
  }
});

test.run();
