// Summaries through the wire: what they are made of, who is told, what they are held to.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '#shared/protocol/pushes.ts';
import { withConnection } from '../store/databases.ts';
import { openStage, type Stage, summarize } from '../testing/summaries.ts';
import { firstLines } from '../testing/summarizer.ts';

const test = suite('summaries');
let stage: Stage;

test.before(async () => {
  stage = await openStage();
});
test.before.each(() => stage.reset());
test.after(async () => stage?.[Symbol.asyncDispose]());

test('a summary streams claim by claim, each with numbered sources and quotes cut by the hub', async () => {
  await using ada = await stage.person('ada');
  const { room, said } = await stage.talk(ada, ['We meet on Monday.', 'Bring **cake**. And plates.']);
  const done = await summarize(ada, { room, range: 'day' });
  assert.is(done.text, '- ada said: We meet on Monday. [1]\n- ada said: Bring **cake**. And plates. [2]');
  assert.equal(
    done.citations.map(({ messageId, seq }) => ({ id: messageId, seq })),
    said.map(({ id, seq }) => ({ id, seq })),
  );
  assert.equal(
    done.citations.map(({ quote }) => quote),
    ['We meet on Monday.', 'Bring **cake**. And plates.'],
  );
  assert.is(done.provider, 'extractive');
  const deltas = ada.pushes
    .filter(({ name }) => name === 'summary:delta')
    .map(({ payload }) => payload as Push<'summary:delta'>);
  assert.is(deltas.map(({ text }) => text).join(''), done.text);
  assert.equal(
    deltas.map(({ at }) => at),
    [0, 1],
  );
});

test('ranges: unread, day, week, and between two numbers, both left out', async () => {
  await using ada = await stage.person('ada');
  await using bob = await stage.person('bob');
  const { room, said } = await stage.talk(ada, ['one', 'two', 'three', 'four'], ['bob'], 'public');
  await bob.call('read:mark', { room, seq: said[1]!.seq });
  await summarize(bob, { room, range: 'unread' });
  assert.equal(stage.linesOf(), ['three', 'four']);
  const done = await summarize(bob, { room, range: { after: said[0]!.seq, before: said[3]!.seq } });
  assert.equal(stage.linesOf(), ['two', 'three']);
  assert.is(done.from, said[1]!.seq);
  assert.is(done.upTo, said[2]!.seq);
  await summarize(bob, { room, range: 'week', question: '  What is new? ' });
  assert.equal(stage.linesOf(), ['one', 'two', 'three', 'four']);
  assert.is(stage.writer.asked.at(-1)?.question, 'What is new?');
  await bob.call('read:mark', { room, seq: 1000 });
  const nothing = await summarize(bob, { room, range: 'unread' });
  assert.equal([nothing.text, nothing.claims, nothing.note], ['', [], 'Nothing was said here.']);
});

test('what is older than a day is not of the day', async () => {
  await using ada = await stage.person('ada');
  const { room, said } = await stage.talk(ada, ['long ago', 'today']);
  await withConnection(stage.hub.databaseUrl, async sql => {
    await sql`update messages set at = now() - interval '3 days' where room = ${room} and seq = ${said[0]!.seq}`;
  });
  await summarize(ada, { room, range: 'day' });
  assert.equal(stage.linesOf(), ['today']);
  await summarize(ada, { room, range: 'week' });
  assert.equal(stage.linesOf(), ['long ago', 'today']);
});

test('deleted messages and posted summaries are no material', async () => {
  await using ada = await stage.person('ada');
  const { room, said } = await stage.talk(ada, ['keep', 'gone']);
  await ada.call('message:delete', { room, id: crypto.randomUUID(), target: said[1]!.id });
  await summarize(ada, { room, range: 'day', audience: 'room' });
  await summarize(ada, { room, range: 'week' });
  assert.equal(stage.linesOf(), ['keep']);
});

test('a claim that cites nothing, or anything but what was given, is dropped, whole', async () => {
  await using ada = await stage.person('ada');
  const { room } = await stage.talk(ada, ['only this']);
  stage.say = ({ lines }) => [
    { text: 'no source', cites: [] },
    { text: 'made up', cites: ['99999'] },
    { text: 'half made up', cites: [lines[0]!.id, crypto.randomUUID()] },
    { text: '<img src=x>', cites: [lines[0]!.id] },
    { text: 'good', cites: [lines[0]!.id] },
  ];
  const done = await summarize(ada, { room, range: 'day' });
  assert.is(done.text, '- good [1]');
});

test('a late joiner gets what was written so far, and it survives a reconnect; only who asked sees it', async () => {
  await using ada = await stage.person('ada');
  await using bob = await stage.person('bob');
  const { room } = await stage.talk(ada, ['first', 'second'], ['bob']);
  const gate = Promise.withResolvers<void>();
  stage.say = async function* (request) {
    const [first, second] = [...firstLines(request)];
    yield first!;
    await gate.promise;
    yield second!;
  };
  const { id } = await ada.call('summary:request', { room, range: 'day' });
  await ada.push('summary:delta', push => push.id === id);
  ada.socket.disconnect();
  await using back = await stage.person('ada');
  const state = await back.call('summary:get', { id });
  assert.equal([state.state, state.text], ['running', '- ada said: first [1]']);
  // The same question while it is being answered is the same summary.
  assert.is((await back.call('summary:request', { room, range: 'day' })).id, id);
  assert.is((await bob.refused('summary:get', { id })).code, 'not_found');
  assert.is((await bob.refused('summary:cancel', { id })).code, 'not_found');
  gate.resolve();
  const done = await back.push('summary:done');
  assert.is(done.text, '- ada said: first [1]\n- ada said: second [2]');
  assert.equal((await back.call('summary:get', { id })).summary, done);
  assert.equal(
    bob.pushes.filter(({ name }) => name.startsWith('summary')),
    [],
  );
});

test('who asked can cancel it; the stage.writer is told', async () => {
  await using ada = await stage.person('ada');
  const { room } = await stage.talk(ada, ['first']);
  const told = Promise.withResolvers<void>();
  stage.say = async function* (request, signal) {
    yield* firstLines(request);
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
    told.resolve();
  };
  const { id } = await ada.call('summary:request', { room, range: 'day' });
  await ada.push('summary:delta', push => push.id === id);
  await ada.call('summary:cancel', { id });
  await told.promise;
  assert.match((await ada.push('summary:failed')).error.message, 'cancelled');
  assert.is((await ada.refused('summary:get', { id })).code, 'conflict');
});

test('of many at once those that are too many are told to wait', async () => {
  await using ada = await stage.person('ada');
  const { room } = await stage.talk(ada, ['one']);
  const gate = Promise.withResolvers<void>();
  stage.say = async function* (request) {
    await gate.promise;
    yield* firstLines(request);
  };
  for (const question of ['a', 'b', 'c']) await ada.call('summary:request', { room, range: 'day', question });
  const { code, retryAfterMs } = await ada.refused('summary:request', { room, range: 'day', question: 'd' });
  assert.equal([code, retryAfterMs], ['rate_limited', 5000]);
  gate.resolve();
  await ada.until(() => ada.pushes.filter(({ name }) => name === 'summary:done').length === 3);
});

test('input that no client would send is refused', async () => {
  await using ada = await stage.person('ada');
  const { room } = await stage.talk(ada, ['one']);
  for (const input of [
    { room },
    { room, range: 'year' },
    { room, range: { after: -1 } },
    { room, range: { around: 1 } },
    { room, range: 'day', style: 'poem' },
    { room, range: 'day', audience: 'world' },
    { room, range: 'day', question: 'x'.repeat(501) },
    { room, range: 'day', question: 'a\0b' },
    { room, range: 'day', id: 'me' },
  ])
    assert.is((await ada.refused('summary:request', input)).code, 'bad_request', JSON.stringify(input));
  assert.is((await ada.refused('summary:get', { id: crypto.randomUUID() })).code, 'not_found');
});

test.run();
