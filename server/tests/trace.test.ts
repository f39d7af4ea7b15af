// The delivery ledger: what became of one message for one person, as two nodes and the devices themselves know it, and no more than they know.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallData } from '#shared/protocol/calls.ts';
import { openCli } from '../../clients/cli/fixture.ts';
import { keyPart } from '../hub/outbox.ts';
import { withConnection } from '../store/databases.ts';
import { createLedgerStore } from '../store/queries/ledger.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';

const test = suite('the delivery ledger');
const parts = new AsyncDisposableStack();
const CANARY = 'a word of the message 5d1c';
const HOUR = 3_600_000;
type Trace = CallData<'admin:trace'>;

let one: TestHub;
/** It writes nothing down unless it is asked to. */
let two: TestHub;
let admin: TestClient;

const sql = (text: string) => withConnection(one.databaseUrl, db => db.unsafe(text));
const person = async (hub: TestHub, user: string, device?: string) =>
  connect(hub.url, { token: await hub.token(user), client: 'test/1', ...(device && { device }) });
const say = async (by: TestClient, room: string) => {
  const id = crypto.randomUUID();
  const { seq } = await by.call('message:send', { room, id, text: CANARY });
  return { id, seq };
};
const trace = (message: string, user: string): Promise<Trace> => admin.call('admin:trace', { message, user });
const marksOf = ({ devices }: Trace, name: string) => {
  const device = devices.find(({ device }) => device === name);
  const { live, recovered, page, acknowledged, read, unknown } = device ?? {};
  return Object.entries({ live, recovered, page, acknowledged, read, unknown })
    .flatMap(([what, mark]) => (mark ? [what] : []))
    .join(' ');
};

test.before(async () => {
  one = parts.use(await boot({ pollMs: 50, env: { NODE_NAME: 'one' } }));
  two = parts.use(await boot({ databaseUrl: one.databaseUrl, pollMs: HOUR, env: { NODE_NAME: 'two' } }));
  admin = parts.use(await connect(one.url, { token: await one.token('root', { role: 'admin' }) }));
});
test.after(() => parts[Symbol.asyncDispose]());

test('live, in a page, recovered, acknowledged and read: each device for itself, in the bounds of what is known', async () => {
  const bob = parts.use(await person(one, 'bob'));
  await bob.call('room:create', { id: 'lobby', title: 'Lobby', kind: 'public' });
  const laptop = await person(one, 'ada', 'laptop');
  const { epoch } = await laptop.call('room:join', { room: 'lobby' });
  const { id, seq } = await say(bob, 'lobby');
  await laptop.until(() => laptop.events('lobby').some(event => event.id === id));
  await laptop.call('read:mark', { room: 'lobby', seq });
  await laptop[Symbol.asyncDispose]();
  // Another that comes without knowing the room, and the same that comes back from before the message.
  await using phone = await person(one, 'ada', 'phone');
  await phone.call('room:join', { room: 'lobby' });
  await using tablet = await person(one, 'ada', 'tablet');
  await tablet.call('room:join', { room: 'lobby', after: { epoch, seq: seq - 1 } });
  await using again = await person(one, 'ada', 'laptop');
  await again.call('room:join', { room: 'lobby', after: { epoch, seq } });

  const told = await trace(id, 'ada');
  assert.equal(
    [marksOf(told, 'laptop'), marksOf(told, 'phone'), marksOf(told, 'tablet')],
    ['live acknowledged read', 'page', 'recovered'],
  );
  const device = told.devices.find(({ device }) => device === 'laptop');
  assert.equal([device?.client, device?.live?.node], ['test/1', 'one']);
  const { from = '', to = '' } = device?.live ?? {};
  assert.ok(told.message.at <= from && from <= to, `${told.message.at} <= ${from} <= ${to}`);
  assert.ok(Date.parse(to) - Date.parse(told.message.at) <= 30_000);
  assert.is(device?.read?.from, undefined, 'nobody knows since when');
  assert.equal([told.read?.reached, told.read?.device], [true, 'laptop']);
  assert.equal([told.member.wasIn, told.member.isIn, told.message.by], [true, true, 'bob']);
  assert.is(marksOf(await trace(id, 'bob'), 'laptop'), '', 'what another had is not theirs');
  assert.not.ok(JSON.stringify(told).includes(CANARY), 'nothing of what it says');
});

test('who was not there: came later, was removed, never came, or was away', async () => {
  const bob = parts.use(await person(one, 'bob'));
  await bob.call('room:create', { id: 'den', title: 'Den', kind: 'private', members: ['ada'] });
  const ada = await person(one, 'ada', 'desk');
  await ada.call('room:join', { room: 'den' });
  const before = await say(bob, 'den');
  await ada.until(() => ada.events('den').some(event => event.id === before.id));
  await ada[Symbol.asyncDispose]();
  const away = await say(bob, 'den');
  await using guest = await person(one, 'cleo', 'watch');
  await bob.call('member:add', { room: 'den', user: 'cleo' });
  await guest.call('room:join', { room: 'den' });
  await bob.call('member:remove', { room: 'den', user: 'ada' });
  const after = await say(bob, 'den');
  await guest.until(() => guest.events('den').some(event => event.id === after.id));

  const missed = await trace(away.id, 'ada');
  assert.is(marksOf(missed, 'desk'), '');
  assert.is(missed.devices[0]?.device, 'desk', 'it was here before');
  assert.equal([missed.member.wasIn, missed.member.until?.how, missed.member.isIn], [true, 'removed', false]);
  assert.is((await trace(before.id, 'ada')).devices[0]?.live?.node, 'one');
  const early = await trace(away.id, 'cleo');
  assert.equal([early.member.wasIn, early.member.mayRead], [false, false]);
  assert.ok((early.member.since?.seq ?? 0) > away.seq);
  assert.equal([marksOf(early, 'watch'), marksOf(await trace(after.id, 'cleo'), 'watch')], ['', 'live']);
  assert.equal((await trace(after.id, 'ada')).member.wasIn, false);
  assert.equal((await trace(after.id, 'root')).member, { wasIn: false, isIn: false, mayRead: false });
});

test('through another node; and one that dies leaves no false word of what it noted last', async () => {
  const bob = parts.use(await person(two, 'bob'));
  await bob.call('room:create', { id: 'attic', title: 'Attic', kind: 'public' });
  await using ada = await person(two, 'ada', 'kiosk');
  await ada.call('room:join', { room: 'attic' });
  const first = await say(bob, 'attic');
  await ada.until(() => ada.events('attic').some(event => event.id === first.id));
  await two.hub.ledger.write();
  const second = await say(bob, 'attic');
  await ada.until(() => ada.events('attic').some(event => event.id === second.id));
  assert.is((await trace(first.id, 'ada')).devices[0]?.live?.node, 'two');
  assert.is(marksOf(await trace(second.id, 'ada'), 'kiosk'), 'unknown', 'not written down so far');

  await sql(`update ledger_runs set seen_at = seen_at - interval '2 minutes' where node = 'two';
    update messages set at = at - interval '3 minutes' where room = 'attic'`);
  const told = await trace(second.id, 'ada');
  assert.is(marksOf(told, 'kiosk'), 'unknown');
  assert.equal(
    told.silent.map(({ node }) => node),
    ['two'],
  );
  assert.is(marksOf(await trace(first.id, 'ada'), 'kiosk'), 'live', 'what was written stays');
  await two.hub.ledger.write();
  const later = await trace(second.id, 'ada');
  assert.equal([marksOf(later, 'kiosk'), later.silent], ['live', []], 'it was only slow');
});

test('a bot acknowledges by its cursor, a look back and a thread are pages; the same again is not noted again', async () => {
  const bob = parts.use(await person(one, 'bob'));
  await bob.call('room:create', { id: 'works', title: 'Works', kind: 'public' });
  const root = await say(bob, 'works');
  const reply = crypto.randomUUID();
  await bob.call('message:send', { room: 'works', id: reply, text: CANARY, replyTo: root.id });
  const between = await say(bob, 'works');
  const reply2 = crypto.randomUUID();
  const { seq } = await bob.call('message:send', {
    room: 'works',
    id: reply2,
    text: CANARY,
    replyTo: root.id,
  });
  await using bot = await connect(one.url, {
    token: await one.token('robot', { role: 'bot' }),
    device: 'engine',
  });
  const { epoch } = await bot.call('room:join', { room: 'works', after: { epoch: 'other', seq: 0 } });
  await one.hub.ledger.write();
  await sql(`delete from deliveries where user_id = 'robot'`);
  for (let i = 0; i < 2; i++) {
    await bot.call('messages:read', { room: 'works', thread: root.id });
    await one.hub.ledger.write();
  }
  assert.equal(
    [marksOf(await trace(reply, 'robot'), 'engine'), marksOf(await trace(between.id, 'robot'), 'engine')],
    ['page', ''],
  );
  assert.is((await sql(`select from deliveries where user_id = 'robot'`)).count, 1);
  const { turn } = await bot.call('cursor:get', { name: 'main', room: 'works' });
  await bot.call('events:read', { room: 'works', after: 0 });
  await bot.call('cursor:set', { name: 'main', room: 'works', seq, turn, epoch });
  assert.is(marksOf(await trace(between.id, 'robot'), 'engine'), 'recovered acknowledged');
});

test('whether they were told outside, by the notices and the outbox; the picture of it all in a terminal', async () => {
  const bob = parts.use(await person(one, 'bob'));
  const { id, seq } = await say(bob, 'lobby');
  await sql(`insert into notices (room, message, user_id, seq, reason, verdict, rule)
      values ('lobby', '${id}', 'ada', ${seq}, 'mention', 'cancelled', 'read');
    insert into outbox (key, channel, topic, user_id, payload, state, last_error, done_at)
      values ('message:${keyPart('lobby')}:${id}:${keyPart('ada')}:email', 'email', 'message', 'ada', '{"text": "${CANARY}"}', 'cancelled',
        'It was read.', now())`);
  const { notices } = await trace(id, 'ada');
  assert.equal(
    notices.map(({ reason, verdict, rule, channels }) => [
      reason,
      verdict,
      rule,
      channels.map(c => [c.channel, c.state, c.error]),
    ]),
    [['mention', 'cancelled', 'read', [['email', 'cancelled', 'It was read.']]]],
  );
  await using cli = await openCli({
    COURT_URL: one.url,
    COURT_TOKEN: await one.token('root', { role: 'admin' }),
  });
  const [whole] = await cli.json(['trace', id, '--user', 'ada']);
  assert.equal(whole?.notices, notices);
  const { stdout, code } = await cli.run(['trace', id, '--user', 'ada']);
  assert.is(code, 0);
  for (const words of [
    /entry \d+ of lobby, by bob\n/,
    /Member +ada was in the room since entry \d+/,
    /Told +taken back: they had read it \(mention, /,
    /email: cancelled .*It was read\./,
    /tablet {2}test\/1\n {2}○ not given, as far as is known; last seen here /,
    /\nAs of /,
  ])
    assert.match(stdout, words);
  assert.not.match(stdout, CANARY);
});

test('for admins alone, and it is written down who asked (attack 32); of what is not there it says so (attack 18)', async () => {
  const bob = parts.use(await person(one, 'bob'));
  const { id } = await say(bob, 'lobby');
  for (const role of ['guest', 'member', 'bot'] as const) {
    await using other = await connect(one.url, { token: await one.token(`some-${role}`, { role }) });
    for (const message of [id, crypto.randomUUID()])
      assert.is((await other.refused('admin:trace', { message, user: 'ada' })).code, 'forbidden');
  }
  for (const input of [
    { message: crypto.randomUUID(), user: 'ada' },
    { message: id, user: 'nobody' },
    { message: id, user: 'ada', room: 'den' },
  ])
    assert.is((await admin.refused('admin:trace', input)).code, 'not_found');
  await bob.call('message:send', { room: 'den', id, text: 'the same id elsewhere' });
  assert.match((await admin.refused('admin:trace', { message: id, user: 'ada' })).message, /den, lobby/);
  await admin.call('admin:trace', { message: id, user: 'ada', room: 'lobby' });
  const of = { action: 'message.traced', limit: 1, verify: true };
  const { entries, intact } = await admin.call('admin:audit', of);
  assert.equal(
    [entries[0]?.by, entries[0]?.about, intact],
    ['root', { message: id, room: 'lobby', user: 'ada' }, true],
  );
});

test('after a month nothing is left of who was given what', async () => {
  const bob = parts.use(await person(one, 'bob'));
  const { id } = await say(bob, 'lobby');
  await bob.call('messages:read', { room: 'lobby' });
  assert.is((await trace(id, 'bob')).devices.length > 0, true);
  await sql(`update deliveries set from_at = from_at - interval '31 days', to_at = to_at - interval '31 days';
    update fan_outs set to_at = to_at - interval '31 days'`);
  const store = createLedgerStore(one.db);
  while ((await store.sweepLedger(3)) > 0);
  assert.equal((await trace(id, 'bob')).devices, []);
});

test.run();
