// Rooms through the socket: making, finding, joining and leaving them, and what stays hidden from whom.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';

const test = suite('rooms');
let hub: TestHub;
let ada: TestClient;
let bob: TestClient;
let eve: TestClient;

test.before(async () => {
  hub = await boot();
  const person = async (id: string, role: 'member' | 'guest' = 'member') =>
    connect(hub.url, { token: await hub.token(id, { name: id.toUpperCase(), role }) });
  [ada, bob, eve] = (await Promise.all([person('ada'), person('bob'), person('eve', 'guest')])) as [
    TestClient,
    TestClient,
    TestClient,
  ];
});

test.after(async () => {
  for (const client of [ada, bob, eve]) await client[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('a public room is made, listed, joined and left', async () => {
  const { room } = await ada.call('room:create', {
    id: 'square',
    title: 'Square',
    kind: 'public',
    topic: 'Hi',
  });
  assert.equal(
    [room.id, room.title, room.kind, room.topic, room.archived, room.head],
    ['square', 'Square', 'public', 'Hi', false, 2],
  );

  const listed = await bob.call('room:list', { scope: 'public' });
  assert.ok(listed.rooms.some(one => one.id === 'square'));
  const joined = await bob.call('room:join', { room: 'square' });
  assert.equal([joined.role, joined.recovered, joined.head, joined.more], ['member', false, 3, false]);
  assert.equal(
    (joined.members as { user: string; name: string; role: string }[]).map(member => [
      member.user,
      member.role,
    ]),
    [
      ['ada', 'owner'],
      ['bob', 'member'],
    ],
  );
  assert.equal(
    (joined.presence as { user: string; status: string }[]).map(one => [one.user, one.status]).sort(),
    [
      ['ada', 'active'],
      ['bob', 'active'],
    ],
  );
  const mine = await bob.call('room:list', {});
  assert.equal(
    mine.rooms.map(one => [one.id, one.head, one.readSeq, one.unread, one.mentions]),
    [['square', 3, 3, 0, 0]],
  );

  assert.equal(await bob.call('room:leave', { room: 'square', forget: true }), {});
  assert.equal((await bob.call('room:list', undefined)).rooms, []);
  assert.equal(
    (await bob.refused('message:send', { room: 'square', id: crypto.randomUUID(), text: 'x' })).code,
    'forbidden',
  );
});

test('an id can be taken once', async () => {
  await ada.call('room:create', { id: 'taken', title: 'Taken', kind: 'public' });
  assert.is(
    (await bob.refused('room:create', { id: 'taken', title: 'Mine', kind: 'public' })).code,
    'conflict',
  );
});

test('a room without an id gets one from its title', async () => {
  const { room } = await ada.call('room:create', { title: 'Café & Über uns!', kind: 'public' });
  assert.match(room.id, /^cafe-uber-uns-[0-9a-f]{8}$/);
});

test('to an outsider a private room does not exist, whatever the call (attack 17)', async () => {
  const { room } = await ada.call('room:create', { title: 'Secret', kind: 'private' });
  const id = crypto.randomUUID();
  const inputs: [string, object][] = [
    ['room:join', {}],
    ['room:leave', {}],
    ['room:leave', { forget: true }],
    ['room:update', { title: 'x' }],
    ['member:add', { user: 'eve' }],
    ['member:remove', { user: 'ada' }],
    ['member:role', { user: 'ada', role: 'member' }],
    ['member:mute', { user: 'ada' }],
    ['message:send', { id, text: 'x' }],
    ['message:edit', { id, target: id, text: 'x' }],
    ['message:delete', { id, target: id }],
    ['message:react', { id, target: id, emoji: '👍', on: true }],
    ['message:pin', { id, target: id, on: true }],
    ['messages:read', {}],
    ['events:read', { after: 0 }],
    ['search', { query: 'x' }],
    ['read:mark', { seq: 1 }],
    ['presence:get', {}],
  ];
  for (const [name, input] of inputs) {
    const outside = await eve.refused(name, { room: room.id, ...input });
    const absent = await eve.refused(name, { room: 'no-such-room', ...input });
    assert.is(outside.code, 'not_found', name);
    assert.equal(outside, absent, `${name} tells a private room from one that is not there`);
  }
  assert.not((await eve.call('room:list', { scope: 'public' })).rooms.some(one => one.id === room.id));
});

test('in a private room nobody reads what was said before they came (I9)', async () => {
  const { room } = await ada.call('room:create', { title: 'Late', kind: 'private' });
  await ada.call('message:send', { room: room.id, id: crypto.randomUUID(), text: 'before' });
  const { seq } = await ada.call('member:add', { room: room.id, user: 'bob' });
  await ada.call('message:send', { room: room.id, id: crypto.randomUUID(), text: 'after' });
  const joined = await bob.call('room:join', { room: room.id });
  assert.equal(
    joined.messages?.map(message => message.text),
    ['after'],
  );
  const { messages } = await bob.call('messages:read', { room: room.id });
  assert.equal(
    messages.map(message => message.text),
    ['after'],
  );
  const { events } = await bob.call('events:read', { room: room.id, after: 0 });
  assert.is(events[0]?.seq, seq);
  const early = await bob.call('room:join', { room: room.id, after: { epoch: joined.epoch, seq: 1 } });
  assert.is(early.recovered, false, 'recovery does not reach back before the stay');
});

test('the same people always share one direct room', async () => {
  const first = await ada.call('room:create', { kind: 'direct', title: 'dm', members: ['bob'] });
  const second = await bob.call('room:create', { kind: 'direct', members: ['ada'] });
  assert.is(first.room.id, second.room.id);
  const listed = (await bob.call('room:list', {})).rooms.find(room => room.id === first.room.id);
  assert.equal(
    listed?.with?.map(member => member.name),
    ['ADA'],
  );
  assert.is((await ada.refused('member:add', { room: first.room.id, user: 'eve' })).code, 'forbidden');
  assert.is((await eve.refused('room:join', { room: first.room.id })).code, 'not_found');
  assert.is(
    (await ada.refused('room:create', { kind: 'direct', title: 'dm', members: ['nobody'] })).code,
    'not_found',
  );
  const squat = { id: `direct-${'0'.repeat(32)}`, title: 'Squat', kind: 'public' };
  assert.is((await ada.refused('room:create', squat)).code, 'conflict');
});

test('a guest joins public rooms and makes none', async () => {
  assert.is((await eve.refused('room:create', { title: 'Mine', kind: 'public' })).code, 'forbidden');
  await ada.call('room:create', { id: 'open', title: 'Open', kind: 'public' });
  assert.is((await eve.call('room:join', { room: 'open' })).role, 'member');
});

test('owners change a room, members do not, and an archived room takes no more', async () => {
  await ada.call('room:create', { id: 'archive', title: 'Old', kind: 'public' });
  await bob.call('room:join', { room: 'archive' });
  assert.is((await bob.refused('room:update', { room: 'archive', title: 'Mine' })).code, 'forbidden');
  const { room } = await ada.call('room:update', {
    room: 'archive',
    title: 'New',
    retentionDays: 7,
    archived: true,
  });
  assert.equal([room.title, room.retentionDays, room.archived], ['New', 7, true]);
  const pushed = await bob.push('events', frame => frame.events.some(event => event.type === 'room.updated'));
  assert.equal(pushed.events.at(-1)?.data, { title: 'New', retentionDays: 7, archived: true });
  const send = { room: 'archive', id: crypto.randomUUID(), text: 'x' };
  assert.is((await bob.refused('message:send', send)).code, 'forbidden');
  await ada.call('room:update', { room: 'archive', archived: false });
  await bob.call('message:send', send);
});

test('lists of rooms come in pages', async () => {
  for (let i = 0; i < 205; i++) {
    await bob.call('room:create', { id: `page-${String(i).padStart(3, '0')}`, title: 'P', kind: 'private' });
  }
  const first = await bob.call('room:list', { scope: 'mine' });
  assert.is(first.rooms.length, 200);
  const second = await bob.call('room:list', { scope: 'mine', cursor: first.cursor });
  const ids = [...first.rooms, ...second.rooms].map(room => room.id).filter(id => id.startsWith('page-'));
  assert.is(new Set(ids).size, 205);
  assert.is(second.cursor, undefined);
});

test.run();
