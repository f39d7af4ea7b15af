// Summaries through the wire: what they are made of, who is told, what they are held to.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withoutCited } from '#shared/posted-summary.ts';
import type { CallInput } from '#shared/protocol/calls.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import { SummarizerError } from '../hub/ports-ai.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { firstLines, type Scripted, scripted } from '../testing/summarizer.ts';

const test = suite('summaries');
let hub: TestHub;
let writer: Scripted;
/** Replaced by tests; what the writer says. */
let say: Parameters<typeof scripted>[0];

test.before(async () => {
  writer = scripted((request, signal) => say(request, signal));
  hub = await boot({ freeSummarizer: writer });
});
test.before.each(() => {
  say = request => firstLines(request, 30);
  writer.asked.length = 0;
});
test.after(async () => hub?.[Symbol.asyncDispose]());

const uuid = () => crypto.randomUUID();
const person = async (name: string, on: TestHub = hub) => connect(on.url, { token: await on.token(name) });

/** A room of ada's, with what was said in it. */
async function talk(ada: TestClient, texts: readonly string[], members: string[] = [], kind = 'private') {
  const room = `r-${uuid().slice(0, 8)}`;
  await ada.call('room:create', { id: room, title: 'Talk', kind, members });
  const said: { id: string; seq: number }[] = [];
  for (const text of texts) said.push(await say1(ada, room, text));
  return { room, said };
}
const say1 = (client: TestClient, room: string, text: string) =>
  client.call('message:send', { room, id: uuid(), text });

async function summarize(
  client: TestClient,
  input: CallInput<'summary:request'>,
): Promise<Push<'summary:done'>> {
  const { id } = await client.call('summary:request', input);
  const ended = (name: string) =>
    client.pushes.find(push => push.name === name && (push.payload as { id: string }).id === id);
  await client.until(() => (ended('summary:done') ?? ended('summary:failed')) !== undefined);
  const failed = ended('summary:failed');
  if (failed) throw Object.assign(new Error('failed'), (failed.payload as Push<'summary:failed'>).error);
  return ended('summary:done')?.payload as Push<'summary:done'>;
}
const failure = async (work: Promise<unknown>): Promise<{ code: string; message: string }> => {
  try {
    await work;
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('it did not fail');
};
const linesOf = (request = writer.asked.at(-1)) => request?.lines.map(({ text }) => text);

test('a summary streams claim by claim, each with numbered sources and quotes cut by the hub', async () => {
  await using ada = await person('ada');
  const { room, said } = await talk(ada, ['We meet on Monday.', 'Bring **cake**. And plates.']);
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
  await using ada = await person('ada');
  await using bob = await person('bob');
  const { room, said } = await talk(ada, ['one', 'two', 'three', 'four'], ['bob'], 'public');
  await bob.call('read:mark', { room, seq: said[1]!.seq });
  await summarize(bob, { room, range: 'unread' });
  assert.equal(linesOf(), ['three', 'four']);
  const done = await summarize(bob, { room, range: { after: said[0]!.seq, before: said[3]!.seq } });
  assert.equal(linesOf(), ['two', 'three']);
  assert.is(done.from, said[1]!.seq);
  assert.is(done.upTo, said[2]!.seq);
  await summarize(bob, { room, range: 'week', question: '  What is new? ' });
  assert.equal(linesOf(), ['one', 'two', 'three', 'four']);
  assert.is(writer.asked.at(-1)?.question, 'What is new?');
  await bob.call('read:mark', { room, seq: 1000 });
  const nothing = await summarize(bob, { room, range: 'unread' });
  assert.equal([nothing.text, nothing.claims, nothing.note], ['', [], 'Nothing was said here.']);
});

test('what is older than a day is not of the day', async () => {
  await using ada = await person('ada');
  const { room, said } = await talk(ada, ['long ago', 'today']);
  await hub.db.call('probe', { node: 'x' });
  const { withConnection } = await import('../store/databases.ts');
  await withConnection(hub.databaseUrl, async sql => {
    await sql`update messages set at = now() - interval '3 days' where room = ${room} and seq = ${said[0]!.seq}`;
  });
  await summarize(ada, { room, range: 'day' });
  assert.equal(linesOf(), ['today']);
  await summarize(ada, { room, range: 'week' });
  assert.equal(linesOf(), ['long ago', 'today']);
});

test('deleted messages and posted summaries are no material', async () => {
  await using ada = await person('ada');
  const { room, said } = await talk(ada, ['keep', 'gone']);
  await ada.call('message:delete', { room, id: uuid(), target: said[1]!.id });
  await summarize(ada, { room, range: 'day', audience: 'room' });
  await summarize(ada, { room, range: 'week' });
  assert.equal(linesOf(), ['keep']);
});

test('a claim that cites nothing, or anything but what was given, is dropped, whole', async () => {
  await using ada = await person('ada');
  const { room } = await talk(ada, ['only this']);
  say = ({ lines }) => [
    { text: 'no source', cites: [] },
    { text: 'made up', cites: ['99999'] },
    { text: 'half made up', cites: [lines[0]!.id, uuid()] },
    { text: '<img src=x>', cites: [lines[0]!.id] },
    { text: 'good', cites: [lines[0]!.id] },
  ];
  const done = await summarize(ada, { room, range: 'day' });
  assert.is(done.text, '- good [1]');
});

test('the second time nothing is written anew, for others neither; an edit or a deletion undoes that', async () => {
  await using ada = await person('ada');
  await using bob = await person('bob');
  const { room, said } = await talk(ada, ['alpha', 'beta', 'gamma'], ['bob'], 'public');
  const first = await summarize(ada, { room, range: { after: 0 } });
  const again = await summarize(bob, { room, range: { after: 0 } });
  assert.is(writer.asked.length, 1);
  assert.is(again.text, first.text);
  await ada.call('message:edit', { room, id: uuid(), target: said[0]!.id, text: 'omega' });
  const before = said.at(-1)!.seq + 1;
  assert.match((await summarize(ada, { room, range: { after: 0, before } })).text, 'omega');
  assert.is(writer.asked.length, 2);
  await ada.call('message:delete', { room, id: uuid(), target: said[1]!.id });
  const without = await summarize(ada, { room, range: { after: 0, before } });
  assert.is(writer.asked.length, 3);
  assert.not.match(without.text, 'beta');
  await summarize(ada, { room, range: { after: 0, before } });
  assert.is(writer.asked.length, 3);
});

test('what is deleted while it is being summarised is in nothing that is shown or kept', async () => {
  await using ada = await person('ada');
  const { room, said } = await talk(ada, ['secret', 'open']);
  const gate = Promise.withResolvers<void>();
  say = async function* (request) {
    const [secret, open] = [...firstLines(request)];
    yield open!;
    await gate.promise;
    yield secret!;
  };
  const { id } = await ada.call('summary:request', { room, range: 'day' });
  await ada.push('summary:delta', push => push.id === id);
  await ada.call('message:delete', { room, id: uuid(), target: said[0]!.id });
  gate.resolve();
  const done = await ada.push('summary:done', push => push.id === id);
  assert.is(done.text, '- ada said: open [1]');
  assert.not.match(JSON.stringify(ada.pushes.filter(({ name }) => name.startsWith('summary'))), 'secret');
});

test('long talk is read in pieces of the log, and only what is new is read the next time', async () => {
  await using ada = await person('ada');
  const { room } = await talk(ada, []);
  await Promise.all(Array.from({ length: 900 }, (_, n) => say1(ada, room, `message ${n}`)));
  const claude = scripted(request => firstLines(request, 2), { provider: 'claude', model: 'm', cost: 0.01 });
  await using other = await boot({
    databaseUrl: hub.databaseUrl,
    summarizer: claude,
    freeSummarizer: writer,
  });
  await using there = await person('ada', other);
  const done = await summarize(there, { room, range: { after: 0 } });
  // Four pieces, and one summary of them.
  assert.equal(
    claude.asked.map(({ lines }) => lines.length),
    [248, 250, 250, 152, 8],
  );
  assert.is(done.provider, 'claude');
  assert.is(done.citations.length, 2);
  await say1(ada, room, 'one more');
  claude.asked.length = 0;
  await summarize(there, { room, range: { after: 0 } });
  assert.equal(
    claude.asked.map(({ lines }) => lines.length),
    [153, 8],
  );
  const { spent } = (await hub.db.call('ai_spent', {})) as { spent: number };
  assert.is(Math.round(spent * 1000), 70);
  // An edit undoes its own piece alone.
  const { messages } = await ada.call('messages:read', { room, after: 300, limit: 1 });
  await ada.call('message:edit', { room, id: uuid(), target: messages[0]!.id, text: 'other' });
  claude.asked.length = 0;
  await summarize(there, { room, range: { after: 0, before: 904 } });
  assert.equal(
    claude.asked.map(({ lines }) => lines.length),
    [250, 8],
  );
});

test('a late joiner gets what was written so far, and it survives a reconnect; only who asked sees it', async () => {
  await using ada = await person('ada');
  await using bob = await person('bob');
  const { room } = await talk(ada, ['first', 'second'], ['bob']);
  const gate = Promise.withResolvers<void>();
  say = async function* (request) {
    const [first, second] = [...firstLines(request)];
    yield first!;
    await gate.promise;
    yield second!;
  };
  const { id } = await ada.call('summary:request', { room, range: 'day' });
  await ada.push('summary:delta', push => push.id === id);
  ada.socket.disconnect();
  await using back = await person('ada');
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

test('who asked can cancel it; the writer is told', async () => {
  await using ada = await person('ada');
  const { room } = await talk(ada, ['first']);
  const told = Promise.withResolvers<void>();
  say = async function* (request, signal) {
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

test('who is taken out meanwhile gets nothing of it any more, and cannot ask for it (I9, attack 19)', async () => {
  await using ada = await person('ada');
  await using bob = await person('bob');
  const { room } = await talk(ada, [], ['bob']);
  await say1(ada, room, 'before');
  await say1(ada, room, 'hidden');
  const gate = Promise.withResolvers<void>();
  say = async function* (request) {
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
  await say1(ada, room, 'after');
  say = request => firstLines(request, 30);
  assert.is((await summarize(bob, { room, range: { after: 0 } })).text, '- ada said: after [1]');
});

test('a newcomer of a private room: for me what I may read, for the room what all may read (I9)', async () => {
  await using ada = await person('ada');
  await using eve = await person('eve');
  const { room } = await talk(ada, ['old times']);
  await ada.call('member:add', { room, user: 'eve' });
  const fresh = await say1(ada, room, 'new times');
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
  await using ada = await person('ada');
  const { room } = await talk(ada, ['old times']);
  const gate = Promise.withResolvers<void>();
  say = async function* (request) {
    await gate.promise;
    yield* firstLines(request);
  };
  const { id } = await ada.call('summary:request', { room, range: { after: 0 }, audience: 'room' });
  await hub.token('zoe');
  await using zoe = await person('zoe');
  await ada.call('member:add', { room, user: 'zoe' });
  await say1(ada, room, 'welcome');
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
  await using ada = await person('ada');
  await using bob = await person('bob');
  const { room, said } = await talk(ada, ['We decided on blue.'], ['bob']);
  await ada.call('room:join', { room });
  const id = uuid();
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
    (await ada.refused('message:edit', { room, id: uuid(), target: id, text: 'red' })).code,
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
  await using ada = await person('ada');
  const { room, said } = await talk(ada, ['the password is hunter2', 'the weather is fine']);
  await ada.call('room:join', { room });
  await summarize(ada, { room, range: { after: 0 }, audience: 'room' });
  const posted = ada.events(room).find(({ type }) => type === 'summary.posted');
  await ada.call('message:delete', { room, id: uuid(), target: said[0]!.id });
  const { events } = await ada.call('events:read', { room, after: 0 });
  assert.not.match(JSON.stringify(events), 'hunter2');
  const { messages } = await ada.call('messages:read', { room });
  assert.not.match(JSON.stringify(messages), 'hunter2');
  assert.is(messages.at(-1)?.text, '- ada said: the weather is fine [2]');
  assert.ok(posted?.type === 'summary.posted' && 'claims' in posted.data);
  const { text: _, ...summary } = withoutCited(posted.data, said[0]!.id);
  assert.equal(summary, messages.at(-1)?.summary);
});

test('turned off in a room, nobody is served there, and what is under way ends', async () => {
  await using ada = await person('ada');
  const { room } = await talk(ada, ['first']);
  await ada.call('room:update', { room, ai: false });
  for (const call of ['summary:request', 'summary:live']) {
    const { code, message } = await ada.refused(call, { room, range: 'day' });
    assert.equal([code, message], ['forbidden', 'Summaries are turned off in this room.']);
  }
  await ada.call('room:update', { room, ai: true });
  await summarize(ada, { room, range: 'day' });
});

test('the month’s budget spent, it goes on without a model and says so', async () => {
  const dear = scripted(request => firstLines(request), { provider: 'claude', model: 'dear', cost: 2 });
  await using other = await boot({
    summarizer: dear,
    freeSummarizer: writer,
    env: { AI_MONTHLY_BUDGET: '3' },
  });
  await using ada = await person('ada', other);
  const { room } = await talk(ada, ['one']);
  const ask = async (question: string) => {
    const { provider, note } = await summarize(ada, { room, range: 'day', question });
    return [provider, note];
  };
  assert.equal(await ask('a'), ['claude', undefined]);
  assert.equal(await ask('b'), ['claude', undefined]);
  assert.equal(await ask('c'), ['extractive', 'This month’s budget for models is spent.']);
  assert.is(dear.asked.length, 2);
});

test('a model that fails in the middle: what it said is void, and it is made without, and says so', async () => {
  const broken = scripted(
    function* (request) {
      yield { text: 'half a truth', cites: [request.lines[0]!.id] };
      throw new SummarizerError('away', 'it broke off');
    },
    { provider: 'claude', model: 'broken' },
  );
  await using other = await boot({
    databaseUrl: hub.databaseUrl,
    summarizer: broken,
    freeSummarizer: writer,
  });
  await using ada = await person('ada', other);
  const { room } = await talk(ada, ['one']);
  const done = await summarize(ada, { room, range: 'day' });
  assert.equal([done.text, done.provider], ['- ada said: one [1]', 'extractive']);
  assert.match(done.note ?? '', 'not reachable');
  assert.ok(
    ada.pushes.some(
      ({ name, payload }) => name === 'summary:delta' && (payload as Push<'summary:delta'>).reset,
    ),
  );
  const failing = scripted(() => {
    throw new SummarizerError('away', 'no');
  });
  await using third = await boot({ databaseUrl: hub.databaseUrl, freeSummarizer: failing });
  await using bob = await person('ada', third);
  assert.is((await failure(summarize(bob, { room, range: 'week', question: 'x' }))).code, 'unavailable');
});

test('the quiet summary: made after enough new entries, of what all may read, gone with an edit', async () => {
  await using other = await boot({
    databaseUrl: hub.databaseUrl,
    freeSummarizer: writer,
    env: { AI_LIVE_EVERY: '12' },
  });
  await using ada = await person('ada', other);
  await using eve = await person('eve', other);
  const { room } = await talk(ada, []);
  assert.is((await ada.call('summary:live', { room })).summary, null);
  const said = await Promise.all(Array.from({ length: 12 }, (_, n) => say1(ada, room, `number ${n}`)));
  await other.hub.summaries.refreshLive();
  const { summary } = await ada.call('summary:live', { room });
  assert.match(summary?.text ?? '', 'number 0');
  assert.is(summary?.upTo, said.at(-1)!.seq);
  const asked = writer.asked.length;
  await other.hub.summaries.refreshLive();
  assert.is(writer.asked.length, asked);
  // A newcomer may not read what it was made of.
  await ada.call('member:add', { room, user: 'eve' });
  assert.is((await eve.call('summary:live', { room })).summary, null);
  await ada.call('message:edit', { room, id: uuid(), target: said[0]!.id, text: 'changed' });
  assert.is((await ada.call('summary:live', { room })).summary, null);
});

test('of many at once those that are too many are told to wait', async () => {
  await using ada = await person('ada');
  const { room } = await talk(ada, ['one']);
  const gate = Promise.withResolvers<void>();
  say = async function* (request) {
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
  await using ada = await person('ada');
  const { room } = await talk(ada, ['one']);
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
  assert.is((await ada.refused('summary:get', { id: uuid() })).code, 'not_found');
});

test.run();
