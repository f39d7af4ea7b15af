// Who may do what to whom in a room, and that a removal holds from the entry that made it (I9, attack 19).
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';

const test = suite('members');
const people = ['owner', 'mod', 'member', 'other', 'admin'] as const;
let hub: TestHub;
let room: string;
let who: Record<(typeof people)[number], TestClient>;

const uuid = () => crypto.randomUUID();
const send = (client: TestClient, text = 'x') => client.call('message:send', { room, id: uuid(), text });
const code = async (client: TestClient, name: string, input: object) =>
  (await client.refused(name, { room, ...input })).code;

test.before(async () => {
  hub = await boot();
  const entries = people.map(async id => {
    const token = await hub.token(id, { role: id === 'admin' ? 'admin' : 'member' });
    return [id, await connect(hub.url, { token })] as const;
  });
  who = Object.fromEntries(await Promise.all(entries)) as typeof who;
});

test.before.each(async () => {
  room = (await who.owner.call('room:create', { title: 'Room', kind: 'public' })).room.id;
  for (const client of [who.owner, who.mod, who.member]) await client.call('room:join', { room });
  await who.owner.call('member:role', { room, user: 'mod', role: 'moderator' });
});

test.after(async () => {
  for (const client of Object.values(who)) await client[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('rank decides: one acts on those below, and gives no role above one’s own', async () => {
  assert.is(await code(who.member, 'member:remove', { user: 'mod' }), 'forbidden');
  assert.is(await code(who.mod, 'member:remove', { user: 'owner' }), 'forbidden');
  assert.is(await code(who.mod, 'member:role', { user: 'member', role: 'owner' }), 'forbidden');
  assert.is(await code(who.member, 'member:add', { user: 'other' }), 'forbidden');
  assert.is(await code(who.mod, 'member:add', { user: 'other', role: 'owner' }), 'forbidden');
  assert.is(await code(who.member, 'member:mute', { user: 'mod' }), 'forbidden');
  await who.mod.call('member:add', { room, user: 'other', role: 'moderator' });
  await who.admin.call('member:remove', { room, user: 'owner' });
});

test('an unknown person cannot be added, removed, muted or promoted', async () => {
  assert.is(await code(who.owner, 'member:add', { user: 'nobody' }), 'not_found');
  for (const name of ['member:remove', 'member:mute']) {
    assert.is(await code(who.owner, name, { user: 'nobody' }), 'not_found');
  }
  assert.is(await code(who.owner, 'member:role', { user: 'nobody', role: 'member' }), 'not_found');
});

test('who is kicked in mid-stream gets the entries up to the removal, and nothing after it', async () => {
  const stream = Promise.all(Array.from({ length: 200 }, (_, i) => send(who.owner, `${i}`)));
  const kick = who.mod.call('member:remove', { room, user: 'member' });
  const more = Promise.all(Array.from({ length: 200 }, (_, i) => send(who.owner, `after ${i}`)));
  const { seq } = await kick;
  const [, last] = [await stream, await more];
  const end = last.at(-1)?.seq as number;
  // The kick comes by another socket, and may be the last of all.
  await who.mod.until(() => (who.mod.events(room).at(-1)?.seq ?? 0) >= end);
  const removed = await who.member.push('room:removed', push => push.room === room);
  assert.match(removed.reason, /removed/);
  const got = who.member.events(room).map(event => event.seq);
  assert.is(got.at(-1), seq);
  assert.equal(
    got,
    got.map((_, i) => (got[0] as number) + i),
  );
  assert.is(await code(who.member, 'messages:read', {}), 'forbidden');
  assert.is(await code(who.member, 'message:send', { id: uuid(), text: 'x' }), 'forbidden');
  // A message in the room after the kick has passed all sockets by now: the kicked one has heard nothing more.
  await send(who.owner, 'barrier');
  await who.mod.until(() => who.mod.events(room).at(-1)?.type === 'message.created');
  assert.is(who.member.events(room).at(-1)?.seq, seq);
});

test('a ban keeps out until it ends or a moderator adds the person again', async () => {
  await who.mod.call('member:remove', { room, user: 'member', ban: { reason: 'spam' } });
  assert.match((await who.member.push('room:removed', push => push.room === room)).reason, /banned.*spam/);
  assert.is(await code(who.member, 'room:join', {}), 'forbidden');
  await who.mod.call('member:add', { room, user: 'member' });
  await who.member.call('room:join', { room });
  const past = new Date(Date.now() - 1000).toISOString();
  await who.mod.call('member:remove', { room, user: 'member', ban: { until: past } });
  await who.member.call('room:join', { room });
});

test('a muted person reads and does not write, until the mute ends', async () => {
  const until = new Date(Date.now() + 3600_000).toISOString();
  await who.mod.call('member:mute', { room, user: 'member', until });
  const refused = await who.member.refused('message:send', { room, id: uuid(), text: 'x' });
  assert.is(refused.code, 'forbidden');
  assert.equal(refused.details, { mutedUntil: until });
  await who.member.call('messages:read', { room });
  await who.mod.call('member:mute', { room, user: 'member', until: null });
  await send(who.member);
  await who.mod.call('member:mute', { room, user: 'member' });
  assert.is(
    await code(who.member, 'message:react', { id: uuid(), target: uuid(), emoji: '👍', on: true }),
    'forbidden',
  );
});

test('moderators delete others’ messages, members do not', async () => {
  const sent = await send(who.member);
  await who.other.call('room:join', { room });
  assert.is(await code(who.other, 'message:delete', { id: uuid(), target: sent.id }), 'forbidden');
  await who.mod.call('message:delete', { room, id: uuid(), target: sent.id });
});

test('a person who leaves for good on one device is out on all of them', async () => {
  const token = await hub.token('member');
  await using phone = await connect(hub.url, { token });
  await phone.call('room:join', { room });
  await who.member.call('room:leave', { room, forget: true });
  await phone.push('room:removed', push => push.room === room);
});

test('an admin reads a private room only as a member, which the log shows', async () => {
  const secret = (await who.owner.call('room:create', { title: 'Secret', kind: 'private' })).room.id;
  assert.is((await who.admin.refused('messages:read', { room: secret })).code, 'forbidden');
  assert.is((await who.admin.refused('room:join', { room: secret })).code, 'not_found');
  const { seq } = await who.admin.call('member:add', { room: secret, user: 'admin' });
  await who.admin.call('room:join', { room: secret });
  const { events } = await who.owner.call('events:read', { room: secret, after: seq - 1 });
  assert.equal([events[0]?.type, events[0]?.by], ['member.joined', 'admin']);
});

test.run();
