// What admins decide reaches every node without a hint: two hubs on one database and no Redis, which is what hubs are whose Redis is away.
// takes: 21 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlatformRole } from '#shared/protocol/models.ts';
import { withConnection } from '../store/databases.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { openTestDatabase } from '../testing/database.ts';
import { until } from '../testing/until.ts';

const test = suite('admin, on two nodes');
const parts = new AsyncDisposableStack();
let here: TestHub;
let there: TestHub;
let admin: TestClient;

const come = async (hub: TestHub, id: string, role: PlatformRole = 'member', more: object = {}) =>
  parts.use(await connect(hub.url, { token: await hub.token(id, { role }), ...more }));
const turnedAway = async (hub: TestHub, token: string) => {
  const error = await connect(hub.url, { token }).then(
    client => client[Symbol.asyncDispose]().then(() => undefined),
    refused => refused as { data?: { code: string } },
  );
  return error?.data?.code;
};
const sql = (text: string) => withConnection(here.databaseUrl, db => db.unsafe(text));
/** Two seconds, and what a busy machine adds. */
const PATIENCE = 8000;

test.before(async () => {
  const { url: databaseUrl } = parts.use(await openTestDatabase());
  here = parts.use(await boot({ databaseUrl, env: { NODE_NAME: 'here' } }));
  there = parts.use(await boot({ databaseUrl, env: { NODE_NAME: 'there' } }));
  admin = await come(here, 'admin', 'admin');
});
test.after(() => parts[Symbol.asyncDispose]());

test('a new role, a disabled account, an ended sign-in, a disconnection: sockets of another node obey within 2 s (attack 12)', async () => {
  const [rising, off, out, kicked] = await Promise.all(
    ['rising', 'off', 'out', 'kicked'].map(id => come(there, id)),
  );
  const guest = await there.people.guest({ name: 'Gina' }, { address: '203.0.113.9' });
  const gina = parts.use(await connect(there.url, { token: guest.accessToken }));
  const old = await there.token('out');
  const began = performance.now();
  await Promise.all([
    admin.call('user:role', { user: 'rising', role: 'admin' }),
    admin.call('user:disable', { user: 'off', reason: 'Left the team' }),
    admin.call('user:signout', { user: 'out' }),
    admin.call('user:signout', { user: guest.user.id }),
    admin.call('admin:disconnect', { user: 'kicked', reason: 'Too loud' }),
  ]);
  const ends = await Promise.all([rising, off, out, gina, kicked].map(client => client?.push('session:end')));
  assert.ok(performance.now() - began < PATIENCE, `${performance.now() - began} ms`);
  assert.equal(ends, [
    { code: 'replaced', reconnect: true, retryAfterMs: 0 },
    { code: 'revoked', reconnect: false },
    { code: 'revoked', reconnect: false },
    { code: 'revoked', reconnect: false },
    { code: 'kicked', reconnect: false, reason: 'Too loud' },
  ]);
  // The token says member still; what an admin gave holds.
  const again = await come(there, 'rising');
  assert.is((await again.push('welcome')).user.role, 'admin');
  await again.call('user:list', {});
  assert.is(await turnedAway(there, await there.token('off')), 'unauthenticated');
  assert.is(await turnedAway(there, old), 'unauthenticated');
  assert.is(await turnedAway(there, guest.accessToken), 'unauthenticated');
  const renewed = await there.people.refresh(guest.refreshToken, { address: '203.0.113.9' }).catch(e => e);
  assert.is(renewed.code, 'unauthenticated');
  // A disconnection keeps nobody out, and a second look does not carry it out again.
  const back = await come(there, 'kicked');
  await until(async () => (await admin.call('admin:sessions', { user: 'kicked' })).sessions.length === 1);
  assert.ok(back.socket.connected);
});

test('who was signed out comes in with a token that was made later; a role is taken away as it was given', async () => {
  await sql(`update users set signed_out_at = now() - interval '5 seconds' where id = 'out'`);
  await come(there, 'out');
  const rising = await come(there, 'rising');
  await admin.call('user:role', { user: 'rising', role: 'member' });
  await rising.push('session:end');
  const again = await come(there, 'rising', 'admin');
  assert.is((await again.refused('user:list', {})).code, 'forbidden');
});

test('disabled until a time: then the hub lifts it by itself, and says so in the audit log', async () => {
  const until1h = new Date(Date.now() + 3_600_000).toISOString();
  const { user } = await admin.call('user:disable', { user: 'off', until: until1h, reason: 'A week off' });
  assert.equal(
    [user.disabled?.until, user.disabled?.reason, user.disabled?.by],
    [until1h, 'A week off', 'admin'],
  );
  assert.is(
    (await admin.refused('user:disable', { user: 'off', until: '2020-01-01T00:00:00Z' })).code,
    'bad_request',
  );
  await sql(`update users set disabled_until = now() where id = 'off'`);
  await until(async () => !(await admin.call('user:show', { user: 'off' })).user.disabled);
  await come(there, 'off');
  const { entries } = await admin.call('admin:audit', { action: 'user', limit: 200 });
  assert.equal(entries.map(({ by, action, about }) => [by, action, about.user]).slice(0, 3), [
    ['hub', 'user.enabled', 'off'],
    ['admin', 'user.disabled', 'off'],
    ['admin', 'user.role', 'rising'],
  ]);
});

test('the last admin keeps the role and the account, also when two take it from each other at once; a bot stays a bot', async () => {
  const me = { user: 'admin' };
  assert.is((await admin.refused('user:role', { ...me, role: 'member' })).code, 'conflict');
  assert.is((await admin.refused('user:disable', me)).code, 'conflict');
  await come(here, 'second', 'admin');
  const answers = await Promise.allSettled([
    admin.call('user:role', { user: 'second', role: 'member' }),
    admin.call('user:role', { ...me, role: 'member' }),
  ]);
  assert.is(answers.filter(({ status }) => status === 'fulfilled').length, 1);
  const { users } = await (await come(here, 'first', 'admin')).call('user:list', { role: 'admin' });
  assert.is(users.filter(({ id }) => id === 'admin' || id === 'second').length, 1);
  await sql(`update users set role = 'admin', role_given = false where id = 'admin'`);
  admin = await come(here, 'admin', 'admin');
  await come(here, 'robot', 'bot');
  assert.is((await admin.refused('user:role', { user: 'robot', role: 'admin' })).code, 'conflict');
  assert.is((await admin.refused('user:role', { user: 'robot', role: 'bot' })).code, 'bad_request');
  assert.is((await admin.refused('user:enable', { user: 'nobody' })).code, 'not_found');
});

test('people: found by a piece of their name, by role, page by page', async () => {
  const all: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await admin.call('user:list', { limit: 3, ...(cursor && { cursor }) });
    all.push(...page.users.map(({ id }) => id));
    cursor = page.cursor;
    if (!cursor) break;
  }
  assert.equal(all, all.toSorted());
  assert.ok(['admin', 'kicked', 'robot'].every(id => all.includes(id)));
  const found = await admin.call('user:list', { search: 'OBO' });
  assert.equal(
    found.users.map(({ id, role }) => [id, role]),
    [['robot', 'bot']],
  );
  assert.equal((await admin.call('user:list', { search: '%' })).users, []);
});

test('who is connected, on every node: filtered, page by page, with what they follow', async () => {
  const { room } = await admin.call('room:create', { id: 'hall', title: 'Hall', kind: 'public' });
  const far = await come(there, 'far', 'member', { client: 'test/1.2', device: 'laptop' });
  await far.call('room:join', { room: room.id });
  const { sessions, missing } = await admin.call('admin:sessions', { user: 'far' });
  const [one] = sessions;
  assert.equal([sessions.length, missing], [1, []]);
  assert.equal(
    [one?.socket, one?.client, one?.device, one?.node, one?.address, one?.rooms],
    [far.socket.id, 'test/1.2', 'laptop', 'there', '127.0.0.1', ['hall']],
  );
  assert.ok(Math.abs(Date.parse(one?.since ?? '') - Date.now()) < 60_000);
  const names = async (of: object) =>
    (await admin.call('admin:sessions', of)).sessions.map(({ user }) => user).sort();
  assert.equal(await names({ room: 'hall' }), ['far']);
  assert.ok((await names({ node: 'here' })).includes('admin'));
  assert.not.ok((await names({ node: 'here' })).includes('far'));
  const page = await admin.call('admin:sessions', { limit: 1 });
  assert.ok(page.cursor);
  const rest = await admin.call('admin:sessions', { limit: 200, cursor: page.cursor });
  const all = await admin.call('admin:sessions', { limit: 200 });
  assert.is(all.sessions.length, rest.sessions.length + 1);
  // All of one's own, but for the one that asks.
  const other = await come(there, 'admin', 'admin');
  assert.ok((await admin.call('admin:disconnect', { user: 'admin' })).ended >= 1);
  await other.push('session:end');
  assert.ok(admin.socket.connected);
});

test('how every node does: its own figures, those of the others and how old they are, and of a node that went nothing', async () => {
  for (let n = 0; n < 20; n++)
    await admin.call('message:send', { room: 'hall', id: crypto.randomUUID(), text: 'x' });
  const of = async (name: string) =>
    (await admin.call('admin:stats', {})).nodes.find(({ node }) => node === name);
  await until(async () => ((await of('here'))?.perSecond.messages ?? 0) > 0);
  const mine = await of('here');
  assert.is(mine?.ageMs, 0);
  assert.ok(mine && mine.acks.count >= 20 && (mine.acks.p50 ?? 0) <= (mine.acks.p99 ?? 0));
  assert.ok(mine && mine.memory.rss > 2 ** 20 && mine.database.state === 'ok');
  assert.equal(mine?.busiest.rooms[0], { id: 'hall', messages: 20 });
  assert.equal(mine?.busiest.people[0], { id: 'admin', messages: 20 });
  const other = await of('there');
  assert.ok(other && other.ageMs < PATIENCE && other.sockets > 0 && other.rooms === 1);
  assert.equal((await admin.call('admin:stats', {})).outbox, { waiting: 0, dead: 0 });
});

test('bans: listed for those who look after the room, with who, when and why; over in time, or lifted (attack 17)', async () => {
  const moderator = await come(here, 'moderator');
  await come(here, 'loud');
  const room = 'hall';
  await moderator.call('room:join', { room });
  assert.is((await moderator.refused('ban:list', { room })).code, 'forbidden');
  await admin.call('member:role', { room, user: 'moderator', role: 'moderator' });
  const hour = new Date(Date.now() + 3_600_000).toISOString();
  await moderator.call('member:remove', { room, user: 'loud', ban: { until: hour, reason: 'Loud' } });
  await moderator.call('member:remove', { room, user: 'far', ban: {} });
  const { bans } = await moderator.call('ban:list', { room });
  const [far, loud] = bans;
  assert.equal([far?.user, far?.until, loud?.user, loud?.until], ['far', undefined, 'loud', hour]);
  assert.equal([loud?.by, loud?.reason], ['moderator', 'Loud']);
  assert.ok(Math.abs(Date.parse(loud?.at ?? '') - Date.now()) < 60_000);
  assert.is((await moderator.refused('ban:list', {})).code, 'forbidden');
  const page = await admin.call('ban:list', { limit: 1 });
  assert.equal((await admin.call('ban:list', { cursor: page.cursor })).bans, [loud]);
  const { entries } = await admin.call('admin:audit', { action: 'ban.set' });
  assert.equal(entries[0]?.about, { room, user: 'far' });

  const banned = await come(here, 'loud');
  assert.is((await banned.refused('room:join', { room })).code, 'forbidden');
  await sql(`update bans set until = now() where user_id = 'loud'`);
  assert.equal(
    (await admin.call('ban:list', { room })).bans.map(({ user }) => user),
    ['far'],
  );
  await banned.call('room:join', { room });
  assert.is((await banned.refused('ban:lift', { room, user: 'far' })).code, 'forbidden');
  await moderator.call('ban:lift', { room, user: 'far' });
  assert.is((await moderator.refused('ban:lift', { room, user: 'far' })).code, 'not_found');
  await (await come(here, 'far')).call('room:join', { room });

  await moderator.call('member:mute', { room, user: 'loud', until: hour });
  const seen = await moderator.call('room:show', { room });
  assert.equal([seen.role, seen.bans], ['moderator', 0]);
  const muted = 'count' in seen.members ? [] : seen.members.filter(one => one.muted);
  assert.equal(
    muted.map(one => [one.user, one.muted]),
    [['loud', { until: hour }]],
  );
  const plain = await banned.call('room:show', { room });
  assert.is(plain.bans, undefined);
  assert.not.match(JSON.stringify(plain.members), 'muted');
});

test('all this is for admins, and rooms that one is not in do not exist (attack 17)', async () => {
  await admin.call('room:create', { id: 'vault', title: 'Vault', kind: 'private' });
  const eve = await come(there, 'eve');
  for (const [name, input] of Object.entries({
    'user:list': {},
    'user:show': { user: 'eve' },
    'user:role': { user: 'eve', role: 'admin' },
    'user:disable': { user: 'admin' },
    'user:enable': { user: 'eve' },
    'user:signout': { user: 'admin' },
    'admin:stats': {},
    'admin:sessions': {},
    'admin:disconnect': { user: 'admin' },
    'admin:rooms': {},
    'admin:audit': { verify: true },
  }))
    assert.is((await eve.refused(name, input)).code, 'forbidden', name);
  for (const name of ['room:show', 'ban:list'])
    assert.is((await eve.refused(name, { room: 'vault' })).code, 'not_found', name);
  assert.is((await eve.refused('ban:lift', { room: 'vault', user: 'admin' })).code, 'not_found');
  const { rooms } = await admin.call('admin:rooms', { search: 'vaul' });
  assert.equal(
    rooms.map(({ id, members }) => [id, members]),
    [['vault', 1]],
  );
});

test('a node that goes is not waited for', async () => {
  await there[Symbol.asyncDispose]();
  assert.equal((await admin.call('admin:sessions', { user: 'far' })).missing, []);
  assert.equal(
    (await admin.call('admin:stats', {})).nodes.map(({ node }) => node),
    ['here'],
  );
});

test('nothing was logged as a fault of ours (I16)', () => {
  assert.equal([...here.complaints, ...there.complaints], []);
});

test.run();
