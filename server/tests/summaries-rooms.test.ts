// Summaries and rooms: who may read what goes into them, and what becomes of those that are posted.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Message } from '#shared/protocol/models.ts';
import { applyEvent } from '#shared/room-state.ts';
import { openStage, post, type Stage, summarize } from '../testing/summaries.ts';
import { firstLines } from '../testing/summarizer.ts';

const test = suite('summaries of rooms');
let stage: Stage;

test.before(async () => {
  stage = await openStage();
});
test.before.each(() => stage.reset());
test.after(async () => stage?.[Symbol.asyncDispose]());

test('who is taken out meanwhile gets nothing of it any more, and cannot ask for it (I9, attack 19)', async () => {
  await using ada = await stage.person('ada');
  await using bob = await stage.person('bob');
  const { room } = await stage.talk(ada, [], ['bob']);
  await post(ada, room, 'before');
  await post(ada, room, 'hidden');
  const gate = Promise.withResolvers<void>();
  stage.say = async function* (request) {
    const [before, hidden] = [...firstLines(request)];
    yield before!;
    await gate.promise;
    yield hidden!;
  };
  const { id } = await bob.call('summary:request', { room, range: 'day' });
  await bob.push('summary:delta', push => push.id === id);
  await ada.call('member:remove', { room, user: 'bob' });
  gate.resolve();
  assert.is((await bob.push('summary:failed')).error.code, 'not_found');
  assert.not.match(JSON.stringify(bob.pushes.filter(({ name }) => name.startsWith('summary'))), 'hidden');
  assert.is((await bob.refused('summary:get', { id })).code, 'not_found');
  assert.is((await bob.refused('summary:request', { room, range: 'day' })).code, 'not_found');
  assert.is((await bob.refused('summary:live', { room })).code, 'not_found');
  // Back again, they read from where they came back: what was summed up before is not theirs.
  await ada.call('member:add', { room, user: 'bob' });
  await post(ada, room, 'after');
  stage.say = request => firstLines(request, 30);
  assert.is((await summarize(bob, { room, range: { after: 0 } })).text, '- ada said: after [1]');
});

test('a newcomer of a private room: for me what I may read, for the room what all may read (I9)', async () => {
  await using ada = await stage.person('ada');
  await using eve = await stage.person('eve');
  const { room } = await stage.talk(ada, ['old times']);
  await ada.call('member:add', { room, user: 'eve' });
  const fresh = await post(ada, room, 'new times');
  assert.is((await summarize(eve, { room, range: { after: 0 } })).text, '- ada said: new times [1]');
  const posted = await summarize(ada, { room, range: { after: 0 }, audience: 'room' });
  assert.is(posted.text, '- ada said: new times [1]');
  assert.equal(
    posted.citations.map(({ messageId }) => messageId),
    [fresh.id],
  );
  assert.match((await summarize(ada, { room, range: { after: 0 } })).text, 'old times');
});

test('somebody joins while a summary for the room is written: it is made anew of what they may read', async () => {
  await using ada = await stage.person('ada');
  const { room } = await stage.talk(ada, ['old times']);
  const gate = Promise.withResolvers<void>();
  stage.say = async function* (request) {
    await gate.promise;
    yield* firstLines(request);
  };
  const { id } = await ada.call('summary:request', { room, range: { after: 0 }, audience: 'room' });
  await stage.hub.token('zoe');
  await using zoe = await stage.person('zoe');
  await ada.call('member:add', { room, user: 'zoe' });
  await post(ada, room, 'welcome');
  gate.resolve();
  const done = await ada.push('summary:done', push => push.id === id);
  assert.is(done.text, '- ada said: welcome [1]');
  const { messages } = await zoe.call('messages:read', { room });
  assert.equal(
    messages.map(({ text }) => text),
    ['welcome', '- ada said: welcome [1]'],
  );
});

test('posted: once, as an entry and a message with its sources, by who may post; it is not edited', async () => {
  await using ada = await stage.person('ada');
  await using bob = await stage.person('bob');
  const { room, said } = await stage.talk(ada, ['We decided on blue.'], ['bob']);
  await ada.call('room:join', { room });
  const id = crypto.randomUUID();
  const input = { room, range: { after: 0 }, audience: 'room', style: 'decisions', id } as const;
  const done = await summarize(ada, input);
  assert.is(done.id, id);
  assert.is((await ada.call('summary:request', input)).id, id);
  await ada.until(() => ada.events(room).some(({ type }) => type === 'summary.posted'));
  const entries = ada.events(room).filter(({ type }) => type === 'summary.posted');
  assert.is(entries.length, 1);
  assert.is(entries[0]!.id, id);
  const { messages } = await bob.call('messages:read', { room });
  const message = messages.at(-1)!;
  assert.is(message.text, done.text);
  assert.is(message.summary?.style, 'decisions');
  assert.equal(message.summary?.citations, [
    { seq: said[0]!.seq, messageId: said[0]!.id, quote: 'We decided on blue.' },
  ]);
  assert.is(
    (await ada.refused('message:edit', { room, id: crypto.randomUUID(), target: id, text: 'red' })).code,
    'conflict',
  );
  await ada.call('member:mute', { room, user: 'bob' });
  assert.is(
    (await bob.refused('summary:request', { room, range: 'day', audience: 'room' })).code,
    'forbidden',
  );
  await summarize(bob, { room, range: 'day' });
});

test('a deleted message leaves the summaries that were posted of it, in the log and for clients alike (I10)', async () => {
  await using ada = await stage.person('ada');
  const { room, said } = await stage.talk(ada, ['the password is hunter2', 'the weather is fine']);
  await ada.call('room:join', { room });
  await summarize(ada, { room, range: { after: 0 }, audience: 'room' });
  const { events: before } = await ada.call('events:read', { room, after: 0 });
  assert.match(JSON.stringify(before), 'hunter2');
  await ada.call('message:delete', { room, id: crypto.randomUUID(), target: said[0]!.id });
  const { events } = await ada.call('events:read', { room, after: 0 });
  assert.not.match(JSON.stringify(events), 'hunter2');
  const { messages } = await ada.call('messages:read', { room });
  assert.not.match(JSON.stringify(messages), 'hunter2');
  assert.is(messages.at(-1)?.text, '- ada said: the weather is fine [2]');
  // Whoever read the log as it came, and whoever reads it now, holds the same.
  for (const log of [[...before, ...events.slice(before.length)], events]) {
    const held = new Map<string, Message>();
    for (const event of log) applyEvent(held, room, event);
    assert.equal([...held.values()], messages);
  }
});

test('two who ask the same for the room get the same, once; one who is taken out meanwhile gets nothing more', async () => {
  await using ada = await stage.person('ada');
  await using bob = await stage.person('bob');
  await using eve = await stage.person('eve');
  const { room } = await stage.talk(ada, [], ['bob', 'eve']);
  await post(ada, room, 'first');
  await post(ada, room, 'second');
  const gate = Promise.withResolvers<void>();
  stage.say = async function* (request) {
    const [first, second] = [...firstLines(request)];
    yield first!;
    await gate.promise;
    yield second!;
  };
  const input = { room, range: { after: 0 }, audience: 'room' };
  const { id } = await ada.call('summary:request', input);
  await ada.push('summary:delta');
  for (const other of [bob, eve]) assert.is((await other.call('summary:request', input)).id, id);
  assert.match((await eve.call('summary:get', { id })).text, 'first');
  assert.is((await bob.refused('summary:cancel', { id })).code, 'forbidden');
  await ada.call('member:remove', { room, user: 'eve' });
  gate.resolve();
  assert.match((await bob.push('summary:done')).text, 'second');
  await ada.push('summary:done');
  assert.is((await eve.push('summary:failed')).error.code, 'not_found');
  assert.not.match(JSON.stringify(eve.pushes.filter(({ name }) => name.startsWith('summary'))), 'second');
  assert.is((await eve.refused('summary:get', { id })).code, 'not_found');
  const { messages } = await ada.call('messages:read', { room });
  assert.is(messages.filter(({ summary }) => summary).length, 1);
});

test('turned off in a room, nobody is served there, and what is under way ends', async () => {
  await using ada = await stage.person('ada');
  const { room } = await stage.talk(ada, ['first']);
  await ada.call('room:update', { room, ai: false });
  for (const call of ['summary:request', 'summary:live']) {
    const { code, message } = await ada.refused(call, { room, range: 'day' });
    assert.equal([code, message], ['forbidden', 'Summaries are turned off in this room.']);
  }
  await ada.call('room:update', { room, ai: true });
  await summarize(ada, { room, range: 'day' });
  const gate = Promise.withResolvers<void>();
  stage.say = async function* (request) {
    await gate.promise;
    yield* firstLines(request);
  };
  const { id } = await ada.call('summary:request', { room, range: 'week', question: 'And now?' });
  await ada.call('room:update', { room, ai: false });
  gate.resolve();
  assert.is((await ada.push('summary:failed', push => push.id === id)).error.code, 'forbidden');
});

test.run();
