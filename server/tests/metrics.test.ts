// The hub's numbers: right, in Prometheus' words, for those who may read them; and how the services outside stand, in /readyz.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { createTestVendor } from '../testing/vendor.ts';

const test = suite('metrics');
const TOKEN = 'a-metrics-token-of-the-tests';
const slack = createTestVendor('slack');
let hub: TestHub;

const get = async (authorization?: string) =>
  fetch(`${hub.url}/metrics`, authorization ? { headers: { authorization } } : {});
const numbers = async () => {
  const lines = (await (await get(`Bearer ${TOKEN}`)).text()).split('\n');
  return (name: string) =>
    Number(
      lines
        .find(line => line.startsWith(`${name} `))
        ?.split(' ')
        .at(-1),
    );
};

test.before(async () => {
  hub = await boot({ integrations: [slack], env: { METRICS_TOKEN: TOKEN } });
});
test.after(async () => hub[Symbol.asyncDispose]());

test('without rights there is nothing to read, from this machine neither (attack 32)', async () => {
  const member = await hub.token('ada');
  for (const authorization of [
    undefined,
    'Bearer wrong',
    `Bearer ${TOKEN}x`,
    `Basic ${TOKEN}`,
    `Bearer ${member}`,
  ]) {
    const answer = await get(authorization);
    assert.is(answer.status, 401, authorization);
    assert.not.match(await answer.text(), 'court_');
  }
  assert.is((await get(`Bearer ${await hub.token('root', { role: 'admin' })}`)).status, 200);
});

test('what happened is counted, each thing once', async () => {
  const before = await numbers();
  await using ada = await connect(hub.url, { token: await hub.token('ada') });
  await using bob = await connect(hub.url, { token: await hub.token('bob') });
  const { room } = await ada.call('room:create', { title: 'Room', kind: 'public' });
  await ada.call('room:join', { room: room.id });
  await bob.call('room:join', { room: room.id });
  for (let n = 0; n < 10; n++) {
    await ada.call('message:send', { room: room.id, id: crypto.randomUUID(), text: 'canary' });
  }
  for (const client of [ada, bob])
    await client.until(
      () => client.events(room.id).filter(({ type }) => type === 'message.created').length === 10,
    );
  const after = await numbers();
  const more = (name: string) => after(name) - before(name);
  assert.equal([after('court_sockets'), after('court_rooms_followed')], [2, 1]);
  // Bob's joining, and ten messages; each reached both, but Bob's joining reached Ada alone or Bob too.
  assert.is(more('court_events_appended_total'), 11);
  assert.ok(more('court_deliveries_total') >= 21 && more('court_deliveries_total') <= 22);
  assert.ok(more('court_frames_total') <= more('court_deliveries_total'));
  assert.is(more('court_ack_seconds_count'), 13);
  assert.is(more('court_ack_seconds_bucket{le="+Inf"}'), 13);
  assert.ok(more('court_ack_seconds_sum') > 0);
  assert.is(more('court_group_size_sum'), 11);
  assert.ok(after('process_resident_memory_bytes') > 0);
  assert.ok(Number.isNaN(after('court_redis{state="ok"}')));
});

test('each service outside stands in one state, in the numbers and in /readyz, and never keeps the node from serving', async () => {
  const ready = async () => {
    const answer = await fetch(`${hub.url}/readyz`);
    return [answer.status, ((await answer.json()) as { checks: Record<string, string> }).checks.slack];
  };
  slack.state = { state: 'failed', reason: 'The token was revoked.', next: 'Make a new one.' };
  assert.equal(await ready(), [200, 'failed: The token was revoked.']);
  const failed = await numbers();
  assert.equal(
    ['failed', 'ready', 'off'].map(state => failed(`court_integration{vendor="slack",state="${state}"}`)),
    [1, 0, 0],
  );
  slack.state = { state: 'ready' };
  assert.equal(await ready(), [200, 'ready']);
  assert.is((await numbers())('court_integration{vendor="gather",state="off"}'), 1);
});

test('no text, name or token of anybody is among the numbers (attack 30)', async () => {
  const text = await (await get(`Bearer ${TOKEN}`)).text();
  for (const secret of ['canary', 'ada', TOKEN]) assert.not.match(text, secret);
});

test.run();
