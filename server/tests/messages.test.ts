// What people say, through the socket: order, repetition, edits, deletes, threads, reactions, pins, mentions, read cursors.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Message } from '#shared/protocol/models.ts';
import { applyEvent } from '#shared/room-state.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';

const test = suite('messages');
let hub: TestHub;
let ada: TestClient;
let bob: TestClient;
let room: string;

const uuid = () => crypto.randomUUID();
const say = async (who: TestClient, text: string, more: object = {}) => {
  const id = uuid();
  return { ...(await who.call('message:send', { room, id, text, ...more })), id };
};
const read = async (id: string) =>
  (await ada.call('messages:read', { room, limit: 200 })).messages.find(message => message.id === id);

test.before(async () => {
  hub = await boot();
  ada = await connect(hub.url, { token: await hub.token('ada', { name: 'Ada Lovelace' }) });
  bob = await connect(hub.url, { token: await hub.token('bob', { name: 'Bob' }) });
});

test.before.each(async () => {
  room = (await ada.call('room:create', { title: 'Talk', kind: 'public' })).room.id;
  await ada.call('room:join', { room });
  await bob.call('room:join', { room });
});

test.after(async () => {
  await ada[Symbol.asyncDispose]();
  await bob[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('a message is acknowledged with its place and reaches everybody, its author too', async () => {
  const sent = await say(ada, 'Hello **court** \u0007 👩‍⚖️', {
    meta: { from: 'test', deep: [1, { a: null }] },
  });
  assert.match(sent.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.is(sent.duplicate, undefined);
  for (const client of [ada, bob]) {
    await client.until(() => client.events(room).some(event => event.id === sent.id));
    const event = client.events(room).find(one => one.id === sent.id);
    assert.equal(event, {
      seq: sent.seq,
      id: sent.id,
      type: 'message.created',
      at: sent.at,
      by: 'ada',
      data: { text: 'Hello **court** \u0007 👩‍⚖️', meta: { from: 'test', deep: [1, { a: null }] } },
    });
  }
});

test('many sends of one socket in flight keep their order (I6) in one dense row (I4)', async () => {
  const sent = await Promise.all(
    Array.from({ length: 500 }, (_, i) => ada.call('message:send', { room, id: uuid(), text: `${i}` })),
  );
  const seqs = sent.map(one => one.seq);
  assert.equal(
    seqs,
    Array.from(seqs, (_, i) => (seqs[0] as number) + i),
  );
  await bob.until(() => bob.events(room).at(-1)?.seq === seqs.at(-1));
  const texts = bob
    .events(room)
    .flatMap(event => (event.type === 'message.created' ? [event.data.text] : []));
  assert.equal(
    texts,
    Array.from(texts, (_, i) => `${i}`),
  );
});

test('calls of one socket run in the order sent, without waiting for acks', async () => {
  const id = uuid();
  const calls = [
    ada.call('room:create', { id: `order-${id}`, title: 'Order', kind: 'private' }),
    ada.call('room:join', { room: `order-${id}` }),
    ada.call('message:send', { room: `order-${id}`, id, text: 'first' }),
    ada.call('message:edit', { room: `order-${id}`, id: uuid(), target: id, text: 'second' }),
    ada.call('messages:read', { room: `order-${id}` }),
  ] as const;
  const { messages } = await calls[4];
  assert.equal(
    messages.map(message => message.text),
    ['second'],
  );
  await Promise.all(calls);
});

test('the same id again is the same message, with another text a conflict (I3, attack 7)', async () => {
  const first = await say(ada, 'once');
  const again = await ada.call('message:send', { room, id: first.id, text: 'once' });
  assert.equal([again.seq, again.at, again.duplicate], [first.seq, first.at, true]);
  assert.is((await ada.refused('message:send', { room, id: first.id, text: 'twice' })).code, 'conflict');
  assert.is((await bob.refused('message:send', { room, id: first.id, text: 'once' })).code, 'conflict');
  const both = await Promise.all(
    [0, 1].map(() => ada.call('message:send', { room, id: first.id, text: 'once' })),
  );
  assert.equal(
    both.map(one => one.seq),
    [first.seq, first.seq],
  );
  const upper = await ada.call('message:send', { room, id: first.id.toUpperCase(), text: 'once' });
  assert.is(upper.seq, first.seq);
});

test('only the author edits; everybody sees the new text', async () => {
  const { id } = await say(ada, 'frist');
  assert.is(
    (await bob.refused('message:edit', { room, id: uuid(), target: id, text: 'x' })).code,
    'forbidden',
  );
  const edit = uuid();
  const { seq } = await ada.call('message:edit', { room, id: edit, target: id, text: 'first' });
  assert.is((await ada.call('message:edit', { room, id: edit, target: id, text: 'first' })).seq, seq);
  const message = await read(id);
  assert.is(message?.text, 'first');
  assert.type(message?.editedAt, 'string');
});

test('a deleted message keeps its place and loses its text, in the log and every edit too', async () => {
  const { id, seq } = await say(ada, 'canary-one', { meta: { canary: 'canary-two' } });
  await ada.call('message:edit', { room, id: uuid(), target: id, text: 'canary-three' });
  await bob.call('message:react', { room, id: uuid(), target: id, emoji: '👍', on: true });
  assert.is((await bob.refused('message:delete', { room, id: uuid(), target: id })).code, 'forbidden');
  await ada.call('message:delete', { room, id: uuid(), target: id });
  const message = await read(id);
  assert.equal([message?.seq, message?.text, message?.reactions, message?.meta], [seq, '', [], undefined]);
  assert.type(message?.deletedAt, 'string');
  const { events } = await bob.call('events:read', { room, after: 0, limit: 500 });
  assert.not.match(JSON.stringify(events), /canary/);
  const dump = await hub.db.call('feed_events', { room, after: 0, page: 1000 });
  assert.not.match(JSON.stringify(dump), /canary/);
  assert.is(
    (await ada.refused('message:edit', { room, id: uuid(), target: id, text: 'back' })).code,
    'conflict',
  );
  const repeated = await ada.call('message:send', {
    room,
    id,
    text: 'canary-one',
    meta: { canary: 'canary-two' },
  });
  assert.equal([repeated.seq, repeated.duplicate], [seq, true]);
});

test('answers make a thread whose first message counts them', async () => {
  const { id: root } = await say(ada, 'Question');
  const { id: first } = await say(bob, 'Answer', { replyTo: root });
  const { seq } = await say(ada, 'Thanks', { replyTo: first });
  assert.equal((await read(root))?.thread, { count: 2, lastSeq: seq });
  const { messages } = await bob.call('messages:read', { room, thread: root });
  assert.equal(
    messages.map(message => [message.text, message.root, message.replyTo]),
    [
      ['Answer', root, root],
      ['Thanks', root, first],
    ],
  );
  const nowhere = { room, id: uuid(), text: 'x', replyTo: uuid() };
  assert.is((await bob.refused('message:send', nowhere)).code, 'not_found');
});

test('reactions are sets, and pins are switches', async () => {
  const { id } = await say(ada, 'Vote');
  const react = (who: TestClient, emoji: string, on: boolean) =>
    who.call('message:react', { room, id: uuid(), target: id, emoji, on });
  await react(ada, '👍', true);
  await react(bob, '👍', true);
  await react(bob, '👍', true);
  await react(bob, ':court:', true);
  await react(ada, '👍', false);
  await bob.call('message:pin', { room, id: uuid(), target: id, on: true });
  const message = await read(id);
  assert.equal(message?.reactions, [
    { emoji: '👍', users: ['bob'] },
    { emoji: ':court:', users: ['bob'] },
  ]);
  assert.is(message?.pinned, true);
  await bob.call('message:pin', { room, id: uuid(), target: id, on: false });
  assert.is((await read(id))?.pinned, undefined);
});

test('an emoji keeps its place when who used it first takes it back, in the fold and in the database (I10)', async () => {
  const { id } = await say(ada, 'Vote');
  const react = (who: TestClient, emoji: string, on: boolean) =>
    who.call('message:react', { room, id: uuid(), target: id, emoji, on });
  await react(ada, '🅰️', true);
  await react(bob, '🅱️', true);
  await react(bob, '🅰️', true);
  await react(ada, '🅰️', false);
  const expected = [
    { emoji: '🅰️', users: ['bob'] },
    { emoji: '🅱️', users: ['bob'] },
  ];
  assert.equal((await read(id))?.reactions, expected);
  const { events } = await bob.call('events:read', { room, after: 0, limit: 500 });
  const state = new Map<string, Message>();
  for (const event of events) applyEvent(state, room, event);
  assert.equal(state.get(id)?.reactions, expected);
  await react(bob, '🅰️', false);
  await react(bob, '🅰️', true);
  assert.equal((await read(id))?.reactions, expected.toReversed());
});

test('mentions are resolved to members, and counted until read', async () => {
  const { id } = await say(ada, 'Hey @bob, meet @nobody and me, @ada.lovelace!');
  assert.equal((await read(id))?.mentions, ['ada', 'bob']);
  const before = (await bob.call('room:list', {})).rooms.find(one => one.id === room);
  assert.equal([before?.unread, before?.mentions], [1, 1]);
  const own = (await ada.call('room:list', {})).rooms.find(one => one.id === room);
  assert.equal([own?.unread, own?.mentions], [0, 0]);
  await ada.call('message:edit', { room, id: uuid(), target: id, text: 'Never mind' });
  const after = (await bob.call('room:list', {})).rooms.find(one => one.id === room);
  assert.equal([after?.unread, after?.mentions], [1, 0]);
});

test('a read cursor moves forward only, never beyond the head (I8), and others are told', async () => {
  const { seq } = await say(ada, 'one');
  assert.is((await bob.call('read:mark', { room, seq })).readSeq, seq);
  assert.is((await bob.call('read:mark', { room, seq: 1 })).readSeq, seq);
  assert.is((await bob.call('read:mark', { room, seq: 1e9 })).readSeq, seq);
  const push = await ada.push('read', one => one.room === room);
  assert.equal(push, { room, user: 'bob', seq });
  const listed = (await bob.call('room:list', {})).rooms.find(one => one.id === room);
  assert.equal([listed?.readSeq, listed?.unread], [seq, 0]);
});

test('pages of messages go before, after and around a place', async () => {
  const seqs = (await Promise.all(Array.from({ length: 20 }, (_, i) => say(ada, `${i}`)))).map(
    sent => sent.seq,
  );
  const page = async (range: object) =>
    (await bob.call('messages:read', { room, ...range })).messages.map(message => Number(message.text));
  assert.equal(await page({ limit: 3 }), [17, 18, 19]);
  assert.equal(await page({ before: seqs[5], limit: 3 }), [2, 3, 4]);
  assert.equal(await page({ after: seqs[5], limit: 3 }), [6, 7, 8]);
  assert.equal(await page({ around: seqs[5], limit: 5 }), [3, 4, 5, 6, 7]);
  assert.equal(await page({ around: seqs[5], limit: 1 }), [5]);
});

test('the fold of the log equals the projections (I10)', async () => {
  const ids = (
    await Promise.all(Array.from({ length: 10 }, (_, i) => say(i % 2 ? ada : bob, `@bob ${i}`)))
  ).map(sent => sent.id);
  for (const [i, target] of ids.entries()) {
    const id = uuid();
    const author = i % 2 ? ada : bob;
    await bob.call('message:react', { room, id, target, emoji: i % 3 ? '👍' : '👎', on: true });
    await ada.call('message:react', { room, id: uuid(), target, emoji: '👍', on: true });
    if (i % 3 === 0) await author.call('message:edit', { room, id: uuid(), target, text: 'edited @ada' });
    if (i % 4 === 0) await author.call('message:delete', { room, id: uuid(), target });
    else await author.call('message:pin', { room, id: uuid(), target, on: true });
    await say(author, 'reply', { replyTo: target });
  }
  const log: LogEvent[] = (await bob.call('events:read', { room, after: 0, limit: 500 })).events;
  const state = new Map<string, Message>();
  for (const event of log) applyEvent(state, room, event);
  const { messages } = await bob.call('messages:read', { room, limit: 200 });
  assert.equal([...state.values()], messages);
  assert.equal(
    log.map(event => event.seq),
    log.map((_, i) => i + 1),
  );
});

test('words that came through three bots go no further (attack 27)', async () => {
  await using bot = await connect(hub.url, { token: await hub.token('echo', { role: 'bot' }) });
  await bot.call('room:join', { room });
  await say(bot, 'third', { meta: { hops: 3 } });
  const fourth = { room, id: uuid(), text: 'fourth', meta: { hops: 4 } };
  assert.is((await bot.refused('message:send', fourth)).code, 'forbidden');
});

test.run();
