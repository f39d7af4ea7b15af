// A vendor's adapter in court: it speaks for its people, once each time, and only where it may.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createIntegrationStore } from '../store/queries/integrations.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { refusal } from '../testing/refusal.ts';
import { until } from '../testing/until.ts';
import { createTestVendor } from '../testing/vendor.ts';
import type { IntegrationStore } from './ports-court.ts';
import type { Court, Words } from './ports-integrations.ts';

const test = suite('court');
const slack = createTestVendor('slack');
let hub: TestHub;
let store: IntegrationStore;
let ada: TestClient;
let court: Court;
let room: string;
let places = 0;

const said = (text: string, more: object = {}): Words => ({ type: 'message.created', text, ...more });
const link = (id: string, user: string) => store.link({ vendor: 'slack', id, user, how: 'admin' });
const texts = async () =>
  (await ada.call('messages:read', { room })).messages.map(({ by, text }) => [by, text]);

test.before(async () => {
  hub = await boot({ integrations: [slack] });
  store = createIntegrationStore(hub.db);
  ada = await connect(hub.url, { token: await hub.token('ada') });
  await link('U-ADA', 'ada');
  await until(() => slack.court !== undefined);
  court = slack.court as Court;
});

test.before.each(async () => {
  room = (await ada.call('room:create', { title: 'Room', kind: 'private' })).room.id;
  await ada.call('room:join', { room });
  await court.bind(`C${++places}`, room, 'U-ADA');
});

test.after(async () => {
  await ada[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('somebody unknown speaks as a guest of their name, who is made a member first', async () => {
  const { seq } = await court.speak(room, { id: 'U123', name: 'Gus\n T.' }, crypto.randomUUID(), said('hi'));
  await ada.until(() => ada.events(room).some(event => event.seq === seq));
  const events = ada.events(room);
  assert.equal(
    events.slice(-2).map(event => [event.type, event.by]),
    [
      ['member.joined', 'ada'],
      ['message.created', 'slack-u123'],
    ],
  );
  const { members } = await ada.call('room:join', { room });
  assert.equal((members as { user: string; name: string }[]).at(-1), {
    user: 'slack-u123',
    name: 'Gus T.',
    role: 'member',
  });
});

test('who is linked speaks as themselves, and what they said before stays theirs to change', async () => {
  const eve = { id: 'U-EVE', name: 'Eve' };
  const id = crypto.randomUUID();
  await court.speak(room, eve, id, said('before'));
  await hub
    .token('eve')
    .then(token => connect(hub.url, { token }))
    .then(one => one[Symbol.asyncDispose]());
  await link('U-EVE', 'eve');
  assert.is((await court.speak(room, eve, id, said('before'))).duplicate, true);
  await court.speak(room, eve, crypto.randomUUID(), {
    type: 'message.edited',
    target: id,
    text: 'before, changed',
  });
  await court.speak(room, eve, crypto.randomUUID(), said('after'));
  assert.equal(await texts(), [
    ['slack-u-eve', 'before, changed'],
    ['eve', 'after'],
  ]);
});

test('the same id is the same entry, also when it comes twenty times at once (I3, I14)', async () => {
  const id = crypto.randomUUID();
  const all = await Promise.all(
    Array.from({ length: 20 }, () => court.speak(room, { id: 'U9', name: 'Nine' }, id, said('once'))),
  );
  assert.is(new Set(all.map(({ seq }) => seq)).size, 1);
  assert.is(all.filter(({ duplicate }) => duplicate).length, 19);
  assert.equal(await texts(), [['slack-u9', 'once']]);
});

test('words of bots go no further than three hops (attack 27)', async () => {
  const bot = { id: 'B1', name: 'Echo', bot: true };
  let meta: object = {};
  for (let hop = 1; hop <= 3; hop++) {
    await court.speak(room, bot, crypto.randomUUID(), said('echo', { meta }));
    meta = (await ada.call('messages:read', { room, limit: 1 })).messages[0]?.meta ?? {};
    assert.equal(meta, { via: 'slack', hops: hop });
  }
  assert.is(
    (await refusal(court.speak(room, bot, crypto.randomUUID(), said('echo', { meta })))).code,
    'forbidden',
  );
  assert.is((await texts()).length, 3);
});

test('nobody speaks or reads where no place is bound, or where they were taken out (I9)', async () => {
  const elsewhere = (await ada.call('room:create', { title: 'Elsewhere', kind: 'private' })).room.id;
  const speak = (where: string) =>
    court.speak(where, { id: 'U5', name: 'Five' }, crypto.randomUUID(), said('x'));
  assert.is((await refusal(speak(elsewhere))).code, 'not_found');
  assert.is((await refusal(court.read(elsewhere, 0, 10))).code, 'not_found');
  await speak(room);
  await ada.call('member:remove', { room, user: 'slack-u5' });
  assert.is((await refusal(speak(room))).code, 'forbidden');
  assert.is((await texts()).length, 1);
});

test('what an admin may elsewhere, their account at a vendor may not', async () => {
  const root = await connect(hub.url, { token: await hub.token('root', { role: 'admin' }) });
  await root[Symbol.asyncDispose]();
  await link('U-ROOT', 'root');
  await court.speak(room, { id: 'U-ROOT', name: 'Root' }, crypto.randomUUID(), said('hi'));
  const id = crypto.randomUUID();
  await court.speak(room, { id: 'U6', name: 'Six' }, id, said('mine'));
  const del: Words = { type: 'message.deleted', target: id };
  const tried = court.speak(room, { id: 'U-ROOT', name: 'Root' }, crypto.randomUUID(), del);
  assert.is((await refusal(tried)).code, 'forbidden');
});

test('texts that the hub does not keep are refused as anybody`s are', async () => {
  const speak = (text: string) =>
    court.speak(room, { id: 'U7', name: 'Seven' }, crypto.randomUUID(), said(text));
  assert.is((await refusal(speak('x'.repeat(20_000)))).code, 'too_large');
  assert.is((await refusal(speak('a\0b'))).code, 'bad_request');
});

test('a follower hears of growth, from here and from elsewhere, until it ends', async () => {
  let heard = 0;
  const follow = court.follow(room, () => heard++);
  await ada.call('message:send', { room, id: crypto.randomUUID(), text: 'x' });
  assert.ok(heard > 0);
  const { events, head, names } = await court.read(room, 2, 10);
  assert.equal([events.map(({ type }) => type), head, names.ada], [['message.created'], 3, 'ada']);
  const before = heard;
  await until(() => heard > before);
  follow[Symbol.dispose]();
  const last = heard;
  await ada.call('message:send', { room, id: crypto.randomUUID(), text: 'y' });
  assert.is(heard, last);
});

test('secrets come back to their owner alone, and the database holds none of it (attack 29)', async () => {
  await court.keepSecret('ada', 'canary-refresh-token');
  assert.is(await court.secret('ada'), 'canary-refresh-token');
  assert.equal([await court.secret('eve'), await court.owners()], [null, ['ada']]);
  const row = await store.secret('slack', 'ada');
  assert.not.match(JSON.stringify(row) + Buffer.from(row?.box ?? '', 'base64').toString('latin1'), 'canary');
  await store.keepSecret('slack', 'eve', row);
  await court.secret('eve').then(
    () => assert.unreachable('a moved secret opened'),
    error => assert.match(String(error), /authenticate/),
  );
});

test('a wrong code links nobody; an adapter runs no longer when its node drains', async () => {
  assert.is((await refusal(court.redeem('U-CLEO', 'WRONG'))).code, 'not_found');
  assert.is(hub.hub.integrations.states().slack.state, 'ready');
  await hub.drain(0);
  assert.is(slack.court, undefined);
  assert.is(
    await hub.db
      .call('take_lease', { name: 'integration slack', node: 'other', seconds: 1 })
      .then(JSON.stringify),
    '{"held":true}',
  );
});

test.run();
