// Summaries on two nodes: asked for on one, told on the other, there for who comes back to either; lost with the node that writes it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createClient } from '../../clients/js/index.ts';
import { openRedisServer, type RedisServer } from '../../scripts/lib/redis-server.ts';
import { openProxy } from '../../scripts/lib/tcp-proxy.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { openStage, type Stage, summarize } from '../testing/summaries.ts';
import { firstLines } from '../testing/summarizer.ts';
import { until } from '../testing/until.ts';

const test = suite('summaries on two nodes');
let redis: RedisServer;
let stage: Stage;
let other: TestHub;

test.before(async () => {
  redis = await openRedisServer();
  stage = await openStage({ env: { REDIS_URL: redis.url, NODE_NAME: 'one' } });
  other = await boot({
    databaseUrl: stage.hub.databaseUrl,
    freeSummarizer: stage.writer,
    env: { REDIS_URL: redis.url, NODE_NAME: 'two' },
  });
});
test.before.each(() => stage.reset());
test.after(async () => {
  await other?.[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

/** Says its first claim at once and the others when it may. */
function halting() {
  const gate = Promise.withResolvers<void>();
  stage.say = async function* (request) {
    const [first, ...others] = [...firstLines(request)];
    yield first!;
    await gate.promise;
    yield* others;
  };
  return gate;
}

test('all sockets of who asked hear it, on every node, and nobody else’s', async () => {
  await using here = await stage.person('ada');
  await using there = await stage.person('ada', other);
  await using bob = await stage.person('bob', other);
  const { room } = await stage.talk(here, ['one', 'two'], ['bob']);
  const gate = halting();
  const { id } = await here.call('summary:request', { room, range: 'day' });
  await there.push('summary:delta', push => push.id === id);
  assert.is((await there.call('summary:get', { id })).text, '- ada said: one [1]');
  assert.is((await bob.refused('summary:get', { id })).code, 'not_found');
  gate.resolve();
  const done = await there.push('summary:done', push => push.id === id);
  assert.equal(done, await here.push('summary:done', push => push.id === id));
  assert.equal((await there.call('summary:get', { id })).summary, done);
  assert.equal(
    bob.pushes.filter(({ name }) => name.startsWith('summary')),
    [],
  );
});

test('cancelled on the other node, it ends on the one that writes it', async () => {
  await using here = await stage.person('ada');
  await using there = await stage.person('ada', other);
  const { room } = await stage.talk(here, ['one', 'two']);
  const gate = halting();
  const { id } = await here.call('summary:request', { room, range: 'day' });
  await there.push('summary:delta', push => push.id === id);
  await there.call('summary:cancel', { id });
  gate.resolve();
  assert.match((await here.push('summary:failed', push => push.id === id)).error.message, 'cancelled');
});

test('what one node made is kept for the other; the month’s money is counted together', async () => {
  await using here = await stage.person('ada');
  await using there = await stage.person('ada', other);
  const { room } = await stage.talk(here, ['one', 'two']);
  const first = await summarize(here, { room, range: { after: 0 } });
  const second = await summarize(there, { room, range: { after: 0 } });
  assert.is(stage.writer.asked.length, 1);
  assert.equal({ ...second, id: first.id }, first);
});

test('our own client follows it over a lost connection, and asks again when the node that wrote it is gone', async () => {
  await using ada = await stage.person('ada');
  const { room } = await stage.talk(ada, ['one', 'two']);
  await using third = await boot({
    databaseUrl: stage.hub.databaseUrl,
    freeSummarizer: stage.writer,
    env: { REDIS_URL: redis.url, NODE_NAME: 'three' },
  });
  const target = { host: '127.0.0.1', port: Number(new URL(third.url).port) };
  await using proxy = await openProxy(target);
  await using court = createClient({
    url: `http://127.0.0.1:${proxy.port}`,
    getToken: () => third.token('ada'),
    backoff: { firstMs: 1 },
  });
  await court.connect();
  const gate = halting();
  const recap = court.room(room).summarize({ range: { after: 0 } });
  await until(() => recap.snapshot.claims.length === 1);
  proxy.cut();
  await until(() => court.state.status !== 'connected');
  proxy.mend();
  await until(() => court.state.status === 'connected');
  assert.is(recap.snapshot.status, 'running');
  gate.resolve();
  const { text } = await recap.done;
  assert.is(text, '- ada said: one [1]\n- ada said: two [2]');
  assert.is(recap.snapshot.text, text);

  // A node that goes says so; the next one is asked.
  halting();
  const lost = court.room(room).summarize({ range: { after: 0 }, question: 'And then?' });
  await until(() => lost.snapshot.claims.length === 1);
  stage.reset();
  target.port = Number(new URL(other.url).port);
  await third.drain(0);
  await third[Symbol.asyncDispose]();
  assert.is((await lost.done).text, text);
});

test.run();
