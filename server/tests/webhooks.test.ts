// Webhooks, through the public surface. Those that hear are told of everything that happens after they were made, at least once and once by its id, in order (I14),
// signed, and of no more than their keeper may read (I9); and every failure of docs/webhooks.md.
// takes: 9 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Hook } from '#shared/protocol/hooks.ts';
import { createHookStore } from '../store/queries/hooks.ts';
import { openPushReceiver } from '../testing/push-receiver.ts';
import { until } from '../testing/until.ts';
import { openWebhookHouse, post, type WebhookHouse } from '../testing/webhooks/house.ts';
import { textOf, type WebhookFault } from '../testing/webhooks/receiver.ts';
import { speaking } from '../testing/webhooks/speaking.ts';

const test = suite('webhooks');
let house: WebhookHouse;

test.before(async () => {
  house = await openWebhookHouse();
});
test.after(async () => house?.[Symbol.asyncDispose]());

test('who hears is told what its keeper reads, from its first day on, in order, each signed; the address and secrets are in no table (attack 29)', async () => {
  const { hub, receiver, olga, sql, client, room, say, hearer, shown, texts, heard } = house;
  await room('told', 'private', ['ada']);
  await say(olga, 'told', 'before its time');
  const id = await hearer('told', '/told?key=canary-7', { name: 'Archive' });
  await hearer('told', '/told/all', { events: undefined });
  const ada = await client('ada');
  await ada.call('room:join', { room: 'told' });
  // Nodes that all believe to hold the lease, as when one was stopped for long: none of them puts an entry in twice.
  const store = createHookStore(hub.db);
  for (let n = 0; n < 60; n++)
    await Promise.all([
      say(n % 2 ? ada : olga, 'told', `words ${n}`),
      store.stepHooks(7, 3),
      store.stepHooks(7, 3),
    ]);
  const { id: gone } = await say(olga, 'told', 'taken back');
  await olga.call('message:delete', { room: 'told', id: crypto.randomUUID(), target: gone });
  await heard('/told?key=canary-7', 61);
  assert.equal(
    texts('/told?key=canary-7').slice(0, 60),
    Array.from({ length: 60 }, (_, n) => `words ${n}`),
  );
  const [first] = receiver.of('/told?key=canary-7');
  assert.equal(
    [first?.body.type, first?.body.data.hook.id, first?.hops, first?.good],
    ['message.created', id, '0', 1],
  );
  assert.equal(first?.body.data.room, { id: 'told', title: 'Room told' });
  assert.equal(first?.body.data.author, { id: 'olga', name: 'olga', role: 'member' });
  await heard('/told/all', 62);
  assert.is(receiver.of('/told/all').at(-1)?.body.type, 'message.deleted');
  await until(async () => (await shown(id)).behind === 0);
  const { failures, lastStatus } = await shown(id);
  assert.equal([failures, lastStatus], [0, 204]);
  assert.equal([receiver.asked('/told?key=canary-7'), receiver.forged], [61, 0]);
  const secrets = [...receiver.secrets.values()].flat();
  const [{ dump = '' } = {}] = await sql(`select (select string_agg(h::text, ' ') from hooks h)
    || (select string_agg(o::text, ' ') from outbox o) || (select string_agg(a::text, ' ') from audit a) as dump`);
  for (const canary of ['canary-7', ...secrets.map(secret => secret.slice(6))])
    assert.not(String(dump).includes(canary), canary);
});

/** Each line befalls a webhook of its own, in a room of its own. */
const failures: [name: string, faults: WebhookFault[], asked: number, state: Hook['state'], taken: number][] =
  [
    ['broken', [500, 503], 3, 'on', 1],
    ['too-many', [429], 2, 'on', 1],
    ['redirected', [302, 307], 3, 'on', 1],
    ['not-let-in', [401, 403, 404], 4, 'on', 1],
    ['cut', ['cut'], 2, 'on', 1],
    // Taken, and we were not told: it comes twice, under one id.
    ['cut-after-it-was-taken', ['taken and cut'], 2, 'on', 1],
    ['silent', ['silent'], 2, 'on', 1],
    ['slow', ['slow'], 2, 'on', 1],
    ['endless', ['endless'], 2, 'on', 1],
    // Its answer is not unpacked.
    ['gzip-bomb', ['bomb'], 1, 'on', 0],
    ['not-understood', [400], 1, 'on', 0],
    ['refused', [422], 1, 'on', 0],
    ['gone', [410], 1, 'ended', 0],
    ['away-for-long', Array<WebhookFault>(10).fill(503), 10, 'paused', 0],
  ];
test('each failure has its answer: again, given up, paused, ended; and nothing overtakes what waits (attack 23)', async () => {
  const { receiver, olga, room, say, hearer, shown, texts, heard } = house;
  await using push = await openPushReceiver();
  await olga.call('push:subscribe', push.browser('olga'));
  const ids = new Map<string, string>();
  for (const [name, faults] of failures) {
    await room(name);
    receiver.faults.set(`/${name}`, [...faults]);
    ids.set(name, await hearer(name, `/${name}`));
  }
  await Promise.all(failures.map(([name]) => say(olga, name, 'one')));
  await Promise.all(failures.map(([name]) => say(olga, name, 'two')));
  for (const [name, , asked, state, taken] of failures) {
    const id = ids.get(name) as string;
    await until(async () => (await shown(id)).state === state, `${name} is ${state}`);
    if (state !== 'on') {
      assert.is(receiver.asked(`/${name}`), asked, name);
      continue;
    }
    await heard(`/${name}`, taken + 1);
    assert.equal(texts(`/${name}`), taken ? ['one', 'two'] : ['two'], name);
    assert.is(receiver.asked(`/${name}`), asked + 1, name);
    await until(async () => (await shown(id)).failures === 0);
  }
  const { reason, failures: count, lastStatus } = await shown(ids.get('away-for-long') as string);
  assert.equal([reason, count, lastStatus], ['The receiver answered with 503.', 10, 503]);
  await until(() => push.pushes.length === 2);
  assert.equal(push.pushes.map(({ payload }) => [payload.title, payload.place]).sort(), [
    ['The webhook "To /away-for-long" has stopped', '/room/away-for-long'],
    ['The webhook "To /gone" has stopped', '/room/gone'],
  ]);
});

test('what was paused goes on where it stood, and with skip where the room is now', async () => {
  const { olga, say, texts, heard } = house;
  const { id } = (await olga.call('hook:list', { room: 'away-for-long' })).hooks[0] as Hook;
  await olga.call('hook:resume', { id });
  await heard('/away-for-long', 2);
  assert.equal(texts('/away-for-long'), ['one', 'two']);
  const ended = (await olga.call('hook:list', { room: 'gone' })).hooks[0] as Hook;
  await say(olga, 'gone', 'three');
  const { hook } = await olga.call('hook:resume', { id: ended.id, skip: true });
  assert.equal([hook.state, hook.behind], ['on', 0]);
  await say(olga, 'gone', 'four');
  await heard('/gone', 1);
  assert.equal(texts('/gone'), ['four']);
});

test('a trial says how it went; of a new secret and an old one both sign for a day', async () => {
  const { receiver, olga, sql, room, say, hearer, heard } = house;
  await room('trial');
  const id = await hearer('trial', '/trial');
  const [old = ''] = receiver.secrets.get('/trial') ?? [];
  const { status, error } = await olga.call('hook:test', { id });
  assert.equal([status, error, receiver.of('/trial')[0]?.body.type], [204, undefined, 'hook.test']);
  receiver.faults.set('/trial', [500]);
  assert.is((await olga.call('hook:test', { id })).error, 'The receiver answered with 500.');
  const { secret: fresh = '', until: ends = '' } = await olga.call('hook:renew', { id });
  assert.ok(Date.parse(ends) > Date.now() + 86_000_000);
  receiver.secrets.set('/trial', [old, fresh]);
  await say(olga, 'trial', 'signed twice');
  await heard('/trial', 2);
  assert.is(receiver.of('/trial')[1]?.good, 2);
  await sql(
    `update hooks set secrets = jsonb_set(secrets, '{1,until}', '"2020-01-01T00:00:00Z"') where id = '${id}'`,
  );
  receiver.secrets.set('/trial', [fresh]);
  await say(olga, 'trial', 'signed once');
  await heard('/trial', 3);
  assert.is(receiver.forged, 0);
});

test('words that go round end after three (attack 27)', async () => {
  const { receiver, olga, room, say, speaker, hearer, messages } = house;
  await room('round');
  const { url } = await speaker('round', 'Echo');
  await hearer('round', '/round');
  receiver.relay = async one => {
    if (one.path === '/round') await post(url, { text: `${textOf(one)}!` }, { 'X-Court-Hops': one.hops });
  };
  await say(olga, 'round', 'round');
  const round = async () => (await messages('round')).map(({ text }) => text);
  await until(async () => (await round()).length === 4);
  await say(olga, 'round', 'and round');
  await until(async () => (await round()).length === 8);
  delete receiver.relay;
  assert.equal((await round()).slice(0, 4), ['round', 'round!', 'round!!', 'round!!!']);
  assert.equal(
    receiver.of('/round').map(({ hops }) => hops),
    ['0', '1', '2', '0', '1', '2'],
  );
  const far = await post(url, { text: 'x' }, { 'X-Court-Hops': '3' });
  assert.is(far.status, 403);
});

test('nothing leaves after the room is archived, the webhook removed, or its keeper out of the room; who resumes it looks after it (I9)', async () => {
  const { receiver, olga, sql, client, room, say, hearer, shown, texts, heard } = house;
  await room('closed');
  await room('removed');
  await room('left', 'private', ['mod']);
  await olga.call('member:role', { room: 'left', user: 'mod', role: 'moderator' });
  const mod = await client('mod');
  const { id: kept, secret = '' } = await mod.call('hook:create', {
    ...{
      room: 'left',
      name: 'x',
      direction: 'out',
      url: `${receiver.url}/left`,
      events: ['message.created'],
    },
  });
  receiver.secrets.set('/left', [secret]);
  const { url = '' } = await mod.call('hook:create', { room: 'left', name: 'y', direction: 'in' });
  const ids = { closed: await hearer('closed', '/closed'), removed: await hearer('removed', '/removed') };
  for (const name of ['closed', 'removed', 'left']) {
    receiver.faults.set(`/${name}`, Array(5).fill(500));
    await say(olga, name, 'waits');
    await until(() => receiver.asked(`/${name}`) > 0);
  }
  await olga.call('room:update', { room: 'closed', archived: true });
  await olga.call('hook:remove', { id: ids.removed });
  await olga.call('member:remove', { room: 'left', user: 'mod' });
  const asked = receiver.asked('/left');
  for (const name of ['removed', 'left']) await say(olga, name, 'too late');
  await until(async () => (await shown(kept)).state === 'paused');
  assert.is((await shown(kept)).reason, 'Whoever looked after it is not in the room any more.');
  assert.is((await post(url, { text: 'from outside' })).status, 403);
  const waiting = `select 1 from outbox where state = 'waiting' and channel = 'webhook'`;
  await until(async () => (await sql(waiting)).length === 0);
  assert.equal([...texts('/closed'), ...texts('/removed'), ...texts('/left')], []);
  assert.ok(receiver.asked('/left') <= asked + 1);
  for (const path of ['/closed', '/left']) receiver.faults.delete(path);
  await olga.call('room:update', { room: 'closed', archived: false });
  await say(olga, 'closed', 'open again');
  await heard('/closed', 1);
  assert.equal(texts('/closed'), ['open again']);
  await olga.call('hook:resume', { id: kept });
  await say(olga, 'left', 'mine now');
  await heard('/left', 1);
  assert.equal(texts('/left'), ['mine now']);
});

speaking(test, () => house);

test('nothing was logged as a fault of ours (I16), and no address or secret is in the log (attack 30)', () => {
  const { hub } = house;
  assert.equal(
    hub.complaints.filter(({ level }) => level === 'error'),
    [],
  );
  const words = JSON.stringify(hub.complaints);
  assert.not.match(words, 'canary-7');
  assert.not.match(words, '/api/hooks/');
});

test.run();
