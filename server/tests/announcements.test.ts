// Announcements as people get them and admins watch them: whom they are for, when, once for each device, and what people answer.
// takes: 15 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallInput } from '#shared/protocol/calls.ts';
import type { PlatformRole } from '#shared/protocol/models.ts';
import { withConnection } from '../store/databases.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';

const test = suite('announcements');
let hub: TestHub;
let admin: TestClient;
const open: TestClient[] = [];

const come = async (id: string, role: PlatformRole = 'member') => {
  const client = await connect(hub.url, { token: await hub.token(id, { role }) });
  open.push(client);
  return client;
};
const users = (...ids: string[]) => ({ users: ids });
const announce = (
  input: Partial<CallInput<'announce:send'>> & Pick<CallInput<'announce:send'>, 'audience'>,
) =>
  admin.call('announce:send', {
    key: crypto.randomUUID(),
    text: 'The gate closes at nine.',
    level: 'info',
    ...input,
  });
const shown = (client: TestClient, id: string) => client.push('announcement', one => one.id === id);
const gone = (client: TestClient, id: string) => client.push('announcement:gone', one => one.id === id);
const times = (client: TestClient, id: string) =>
  client.pushes.filter(
    ({ name, payload }) => name === 'announcement' && (payload as { id: string }).id === id,
  ).length;
const welcomed = async (client: TestClient) =>
  (await client.push('welcome')).announcements.map(({ id }) => id);
/** What is to happen later happens now. */
const age = (sql: string) => withConnection(hub.databaseUrl, db => db.unsafe(sql));

test.before(async () => {
  hub = await boot({ pollMs: 300 });
  admin = await come('admin', 'admin');
});
test.after(async () => {
  for (const client of open) await client[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('to all: each device once, acknowledged on one and over on the others, counted, and bots are not people', async () => {
  const [ada, phone, bot] = [await come('ada'), await come('ada'), await come('robot', 'bot')];
  const { id, audience } = await announce({ audience: { all: true }, level: 'critical', requireAck: true });
  assert.is(audience, 2);
  const { by, text, requireAck, byName } = await shown(ada, id);
  assert.equal(
    { by, text, requireAck, byName },
    {
      by: 'admin',
      text: 'The gate closes at nine.',
      requireAck: true,
      byName: 'admin',
    },
  );
  await shown(phone, id);
  await shown(admin, id);
  assert.is((await ada.refused('announce:dismiss', { id })).code, 'conflict');
  await ada.call('announce:ack', { id });
  await ada.call('announce:ack', { id });
  assert.is((await gone(phone, id)).reason, 'acknowledged');
  await admin.call('announce:status', { id, watch: true });
  await admin.push('announcement:progress', one => one.id === id && one.delivered === 2 && one.acked === 1);
  const { pending, delivered, acked, state } = await admin.call('announce:status', { id, watch: false });
  assert.equal([delivered, acked, state], [2, 1, 'running']);
  assert.equal(pending, [{ user: 'admin', name: 'admin', delivered: true, reminders: 0, told: [] }]);
  const back = await come('ada');
  assert.equal(await welcomed(back), []);
  assert.is(times(ada, id) + times(phone, id), 2);
  assert.is(times(bot, id), 0);
  assert.is((await bot.refused('announce:ack', { id })).code, 'not_found');
  await admin.call('announce:cancel', { id });
});

test('only admins announce, look on, and read what was done (attack 17)', async () => {
  const eve = await come('eve');
  const id = crypto.randomUUID();
  const inputs = {
    'announce:send': { key: 'x', text: 'x', level: 'info', audience: { all: true } },
    'announce:status': { id },
    'announce:cancel': { id },
    'announce:remind': { id },
    'announce:list': {},
    'outbox:list': {},
    'outbox:retry': { prefix: 'a' },
    'admin:audit': {},
    'contact:get': { user: 'admin' },
    'contact:phone': { phone: '+491701234567' },
  };
  for (const [name, input] of Object.entries(inputs))
    assert.is((await eve.refused(name, input)).code, 'forbidden', name);
});

test('the same key is the same announcement, also at the same moment; with other words it is a conflict', async () => {
  const input = { key: 'once', text: 'One', level: 'info', audience: users('ada', 'admin') } as const;
  const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => announce(input)));
  for (const other of others) assert.is(other.id, first?.id);
  assert.is((await announce({ ...input, audience: users('admin', 'ada') })).id, first?.id);
  const refused = await admin.refused('announce:send', { ...input, text: 'Two' });
  assert.is(refused.code, 'conflict');
  await shown(admin, first?.id ?? '');
  assert.is(times(admin, first?.id ?? ''), 1);
  assert.is(
    (await admin.refused('announce:send', { ...input, key: 'no', audience: users('nobody') })).code,
    'not_found',
  );
  assert.is(
    (await admin.refused('announce:send', { ...input, key: 'no', until: '2020-01-01T00:00:00Z' })).code,
    'bad_request',
  );
});

test('it waits for its time, and ends at its time', async () => {
  const bea = await come('bea');
  const from = new Date(Date.now() + 3_600_000).toISOString();
  const until = new Date(Date.now() + 7_200_000).toISOString();
  const { id, state, audience } = await announce({ audience: users('bea'), from, until });
  assert.equal([state, audience], ['scheduled', 1]);
  assert.equal(await welcomed(await come('bea')), []);
  assert.is(times(bea, id), 0);
  await age(`update announcements set starts_at = now() where id = '${id}'`);
  assert.is((await shown(bea, id)).until, until);
  assert.equal(await welcomed(await come('bea')), [id]);
  await age(`update announcements set until = now() where id = '${id}'`);
  await gone(bea, id);
  assert.equal(await welcomed(await come('bea')), []);
  assert.is((await admin.call('announce:status', { id })).state, 'ended');
});

test('who comes later is one of them as long as it runs: a new account, and somebody who joins the room', async () => {
  const { room } = await admin.call('room:create', { title: 'Hall', kind: 'public' });
  const dan = await come('dan');
  const toRoom = await announce({ audience: { rooms: [room.id] } });
  const toAll = await announce({ audience: { all: true }, level: 'warning' });
  await shown(dan, toAll.id);
  assert.is(times(dan, toRoom.id), 0);
  await dan.call('room:join', { room: room.id });
  await shown(dan, toRoom.id);
  assert.equal(await welcomed(await come('newcomer')), [toAll.id]);
  await dan.call('announce:dismiss', { id: toRoom.id });
  await admin.call('announce:cancel', { id: toAll.id });
  assert.is((await gone(dan, toAll.id)).reason, 'cancelled');
  assert.equal(await welcomed(await come('dan')), []);
  const { audience, pending } = await admin.call('announce:status', { id: toRoom.id });
  assert.is(audience, 2);
  assert.equal(pending, []);
});

test('who was taken out of its room is told nothing more, and is not waited for (I9)', async () => {
  const { room } = await admin.call('room:create', { title: 'Vault', kind: 'private', members: [] });
  await (await come('kim'))[Symbol.asyncDispose]();
  await admin.call('member:add', { room: room.id, user: 'kim' });
  const { id, audience } = await announce({ audience: { rooms: [room.id] }, requireAck: true });
  assert.is(audience, 2);
  await admin.call('member:remove', { room: room.id, user: 'kim' });
  assert.not.ok((await welcomed(await come('kim'))).includes(id));
  const { audience: left, pending } = await admin.call('announce:status', { id });
  assert.equal([left, pending.map(({ user }) => user)], [1, ['admin']]);
});

test('roles; and those who speak here through a bridge alone are not counted', async () => {
  const guest = await come('guest-1', 'guest');
  await age(`insert into users (id, name, role) values ('slack-u1', 'Bridged', 'guest')`);
  const { id, audience } = await announce({ audience: { roles: ['guest'] } });
  assert.is(audience, 1);
  await shown(guest, id);
});

test('reminders: by hand once a minute at most, by themselves after a while, and not to who has answered', async () => {
  const [fay, gus] = [await come('fay'), await come('gus')];
  const { id } = await announce({ audience: users('fay', 'gus'), requireAck: true });
  await shown(fay, id);
  await gus.call('announce:ack', { id });
  assert.equal(await admin.call('announce:remind', { id }), { reminded: 1 });
  assert.is((await fay.push('announcement', one => one.id === id && one.reminder === 1)).id, id);
  assert.is((await admin.refused('announce:remind', { id })).code, 'rate_limited');
  // The hours until the reminder are over.
  await age(
    `update announcement_people set owed_at = owed_at - interval '5 hours', next_at = now() where announcement = '${id}' and user_id = 'fay'`,
  );
  await fay.push('announcement', one => one.id === id && one.reminder === 2);
  assert.is(times(gus, id), 1);
  const [mine] = (await (await come('fay')).push('welcome')).announcements;
  assert.is(mine?.reminder, 2);
  const page = await admin.call('announce:status', { id, limit: 1 });
  assert.equal(
    page.pending.map(({ user, reminders }) => [user, reminders]),
    [['fay', 2]],
  );
  assert.is(page.cursor, undefined);
});

test('the audit log says who announced what to whom, only grows, and shows when somebody changed it (attack 31)', async () => {
  const { entries } = await admin.call('admin:audit', { action: 'announcement.sent', limit: 200 });
  const whole = await admin.call('admin:audit', { limit: 1, verify: true });
  assert.ok(whole.intact && whole.checked && whole.checked >= entries.length);
  const [newest] = entries;
  assert.equal(
    [newest?.by, newest?.about.audience, newest?.about.text],
    ['admin', users('fay', 'gus'), 'The gate closes at nine.'],
  );
  await age('delete from audit').then(
    () => assert.unreachable(),
    error => assert.match(String(error), 'only grows'),
  );
  await age(
    `begin; set local session_replication_role = replica; update audit set author = 'ada' where n = 2; commit`,
  );
  const { intact, broken } = await admin.call('admin:audit', { verify: true });
  assert.equal([intact, broken], [false, 2]);
});

test('nothing was logged as a fault of ours (I16)', () => assert.equal(hub.complaints, []));

test.run();
