// Who is there and what they are doing, over several devices, told once a second to those who share a room.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '#shared/protocol/pushes.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';

const test = suite('presence');
let hub: TestHub;
let ada: TestClient;
let room: string;

/** All changes of one person that were pushed. */
const changes = (client: TestClient, user: string) =>
  client.pushes
    .filter(push => push.name === 'presence')
    .flatMap(push => (push.payload as { changes?: { user: string; status: string }[] }).changes ?? [])
    .filter(change => change.user === user)
    .map(change => change.status);
const person = async (id: string) => connect(hub.url, { token: await hub.token(id) });

test.before(async () => {
  hub = await boot({ presenceGrace: 1500 });
  ada = await person('ada');
});

test.before.each(async () => {
  room = (await ada.call('room:create', { title: 'Room', kind: 'public' })).room.id;
  await ada.call('room:join', { room });
});

test.after(async () => {
  await ada[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('a person is there while one device is, and gone when the grace after the last has passed', async () => {
  const phone = await person('bob');
  await phone.call('room:join', { room });
  await using laptop = await person('bob');
  await ada.until(() => changes(ada, 'bob').length === 1);
  await phone[Symbol.asyncDispose]();
  await laptop.call('presence:set', { status: 'away' });
  await ada.until(() => changes(ada, 'bob').length === 2);
  await laptop[Symbol.asyncDispose]();
  await ada.until(() => changes(ada, 'bob').length === 3);
  assert.equal(changes(ada, 'bob'), ['active', 'away', 'offline']);
});

test('a reload does not flicker', async () => {
  const before = await person('cleo');
  await before.call('room:join', { room });
  await ada.until(() => changes(ada, 'cleo').length === 1);
  await before[Symbol.asyncDispose]();
  await using after = await person('cleo');
  await after.call('room:join', { room });
  await after.call('presence:set', { status: 'dnd', text: 'In court', emoji: '⚖️' });
  await ada.until(() => changes(ada, 'cleo').length === 2);
  assert.equal(changes(ada, 'cleo'), ['active', 'dnd']);
  const { presence } = await ada.call('presence:get', { users: ['cleo'] });
  assert.equal([presence[0]?.status, presence[0]?.text, presence[0]?.emoji], ['dnd', 'In court', '⚖️']);
});

test('who is there already when they join is news to the room', async () => {
  await using eve = await person('eve');
  await eve.call('room:create', { id: 'elsewhere', title: 'Elsewhere', kind: 'public' });
  await eve.call('room:join', { room: 'elsewhere' });
  await eve.push('presence', push => 'changes' in push && push.changes.some(change => change.user === 'eve'));
  await eve.call('room:join', { room });
  await ada.until(() => changes(ada, 'eve').at(-1) === 'active');
});

test('an own status ends when it was said to', async () => {
  await using dan = await person('dan');
  await dan.call('room:join', { room });
  await dan.call('presence:set', { status: 'dnd', until: new Date(Date.now() + 1500).toISOString() });
  await ada.until(() => changes(ada, 'dan').at(-1) === 'dnd');
  await ada.until(() => changes(ada, 'dan').at(-1) === 'active');
});

test('who is invisible looks offline, and still hears', async () => {
  await using ghost = await person('ghost');
  await ghost.call('room:join', { room });
  await ada.until(() => changes(ada, 'ghost').at(-1) === 'active');
  await ghost.call('presence:set', { status: 'invisible' });
  await ada.until(() => changes(ada, 'ghost').at(-1) === 'offline');
  const { presence } = await ada.call('presence:get', { room });
  assert.not(presence.some(one => one.user === 'ghost'));
  const { seq } = await ada.call('message:send', { room, id: crypto.randomUUID(), text: 'x' });
  await ghost.until(() => ghost.events(room).some(event => event.seq === seq));
});

test('presence and typing stay among those who share a room (I9)', async () => {
  await using stranger = await person('stranger');
  assert.equal((await stranger.call('presence:get', { users: ['ada'] })).presence, []);
  assert.equal(
    (await stranger.call('user:get', { users: ['ada', 'stranger'] })).users.map(user => user.id),
    ['stranger'],
  );
  await using bob = await person('bob');
  await bob.call('room:join', { room });
  stranger.socket.emit('typing', { room, on: true });
  bob.socket.emit('typing', { room, on: true });
  const typing = await ada.push('typing', push => push.room === room);
  assert.equal(typing, { room, user: 'bob', on: true });
  await ada.push('typing', push => push.room === room && !push.on);
  assert.not(
    ada.pushes.some(push => push.name === 'typing' && (push.payload as Push<'typing'>).user === 'stranger'),
  );
  assert.equal(
    stranger.pushes.filter(push => ['presence', 'typing', 'read', 'events'].includes(push.name)),
    [],
  );
});

test('a crowd gets counts, and no typing', async () => {
  const crowd = await Promise.all(Array.from({ length: 210 }, (_, i) => person(`crowd-${i}`)));
  await Promise.all(crowd.map(client => client.call('room:join', { room })));
  const joined = await ada.call('room:join', { room });
  assert.equal([joined.members, joined.presence], [{ count: 211 }, { count: 211 }]);
  const counts = await ada.push(
    'presence',
    push => 'counts' in push && push.room === room && push.counts.active === 211,
  );
  assert.ok(counts);
  const before = ada.pushes.length;
  (crowd[0] as TestClient).socket.emit('typing', { room, on: true });
  await (crowd[0] as TestClient).call('presence:set', { status: 'away' });
  await ada.push('presence', push => 'counts' in push && push.counts.away === 1);
  assert.not(ada.pushes.slice(before).some(push => push.name === 'typing'));
  await Promise.all(crowd.map(client => client[Symbol.asyncDispose]()));
});

test.run();
