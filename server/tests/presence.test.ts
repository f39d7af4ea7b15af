// Who is there and what they are doing, over several devices, told once a second to those who share a room.
// takes: 21 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '#shared/protocol/pushes.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { changes } from '../testing/signals.ts';

const test = suite('presence');
let hub: TestHub;
let ada: TestClient;
let room: string;

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

test('who is there already when they join is news to the room', async () => {
  await using witness = await person('witness');
  await using eve = await person('eve');
  await witness.call('room:create', { id: 'elsewhere', title: 'Elsewhere', kind: 'public' });
  await witness.call('room:join', { room: 'elsewhere' });
  await eve.call('room:join', { room: 'elsewhere' });
  // Her own answer has it already, so that a push may never come to herself.
  await witness.until(() => changes(witness, 'eve').at(-1) === 'active');
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
