// What summaries cost: what is kept of them and when it is made anew, the budget, and who takes over.
// takes: 11 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '#shared/protocol/pushes.ts';
import { SummarizerError } from '../hub/ports-ai.ts';
import { boot } from '../testing/boot.ts';
import { failure, openStage, post, type Stage, summarize } from '../testing/summaries.ts';
import { firstLines, scripted } from '../testing/summarizer.ts';

const test = suite('summaries that are kept');
let stage: Stage;

test.before(async () => {
  stage = await openStage();
});
test.before.each(() => stage.reset());
test.after(async () => stage?.[Symbol.asyncDispose]());

test('the second time nothing is written anew, for others neither; an edit or a deletion undoes that', async () => {
  await using ada = await stage.person('ada');
  await using bob = await stage.person('bob');
  const { room, said } = await stage.talk(ada, ['alpha', 'beta', 'gamma'], ['bob'], 'public');
  const first = await summarize(ada, { room, range: { after: 0 } });
  const again = await summarize(bob, { room, range: { after: 0 } });
  assert.is(stage.writer.asked.length, 1);
  assert.is(again.text, first.text);
  await ada.call('message:edit', { room, id: crypto.randomUUID(), target: said[0]!.id, text: 'omega' });
  const before = said.at(-1)!.seq + 1;
  assert.match((await summarize(ada, { room, range: { after: 0, before } })).text, 'omega');
  assert.is(stage.writer.asked.length, 2);
  await ada.call('message:delete', { room, id: crypto.randomUUID(), target: said[1]!.id });
  const without = await summarize(ada, { room, range: { after: 0, before } });
  assert.is(stage.writer.asked.length, 3);
  assert.not.match(without.text, 'beta');
  await summarize(ada, { room, range: { after: 0, before } });
  assert.is(stage.writer.asked.length, 3);
});

test('what is deleted while it is being summarised is in nothing that is shown or kept', async () => {
  await using ada = await stage.person('ada');
  const { room, said } = await stage.talk(ada, ['secret', 'open']);
  const gate = Promise.withResolvers<void>();
  stage.say = async function* (request) {
    const [secret, open] = [...firstLines(request)];
    yield open!;
    await gate.promise;
    yield secret!;
  };
  const { id } = await ada.call('summary:request', { room, range: 'day' });
  await ada.push('summary:delta', push => push.id === id);
  await ada.call('message:delete', { room, id: crypto.randomUUID(), target: said[0]!.id });
  gate.resolve();
  const done = await ada.push('summary:done', push => push.id === id);
  assert.is(done.text, '- ada said: open [1]');
  assert.not.match(JSON.stringify(ada.pushes.filter(({ name }) => name.startsWith('summary'))), 'secret');
});

test('long talk is read in pieces of the log, and only what is new is read the next time', async () => {
  await using ada = await stage.person('ada');
  const { room } = await stage.talk(ada, []);
  await Promise.all(Array.from({ length: 900 }, (_, n) => post(ada, room, `message ${n}`)));
  const claude = scripted(request => firstLines(request, 2), { provider: 'claude', model: 'm', cost: 0.01 });
  await using other = await boot({
    databaseUrl: stage.hub.databaseUrl,
    summarizer: claude,
    freeSummarizer: stage.writer,
  });
  await using there = await stage.person('ada', other);
  const done = await summarize(there, { room, range: { after: 0 } });
  // Four pieces, and one summary of them.
  assert.equal(
    claude.asked.map(({ lines }) => lines.length),
    [248, 250, 250, 152, 8],
  );
  assert.is(done.provider, 'claude');
  assert.is(done.citations.length, 2);
  await post(ada, room, 'one more');
  claude.asked.length = 0;
  await summarize(there, { room, range: { after: 0 } });
  assert.equal(
    claude.asked.map(({ lines }) => lines.length),
    [153, 8],
  );
  const { spent } = (await stage.hub.db.call('ai_spent', {})) as { spent: number };
  assert.is(Math.round(spent * 1000), 70);
  // An edit undoes its own piece alone.
  const { messages } = await ada.call('messages:read', { room, after: 300, limit: 1 });
  await ada.call('message:edit', { room, id: crypto.randomUUID(), target: messages[0]!.id, text: 'other' });
  claude.asked.length = 0;
  await summarize(there, { room, range: { after: 0, before: 904 } });
  assert.equal(
    claude.asked.map(({ lines }) => lines.length),
    [250, 8],
  );
});

test('the month’s budget spent, it goes on without a model and says so', async () => {
  const dear = scripted(request => firstLines(request), { provider: 'claude', model: 'dear', cost: 2 });
  await using other = await boot({
    summarizer: dear,
    freeSummarizer: stage.writer,
    env: { AI_MONTHLY_BUDGET: '3' },
  });
  await using ada = await stage.person('ada', other);
  const { room } = await stage.talk(ada, ['one']);
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
    databaseUrl: stage.hub.databaseUrl,
    summarizer: broken,
    freeSummarizer: stage.writer,
  });
  await using ada = await stage.person('ada', other);
  const { room } = await stage.talk(ada, ['one']);
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
  await using third = await boot({ databaseUrl: stage.hub.databaseUrl, freeSummarizer: failing });
  await using bob = await stage.person('ada', third);
  assert.is((await failure(summarize(bob, { room, range: 'week', question: 'x' }))).code, 'unavailable');
});

test('the quiet summary: made after enough new entries, of what all may read, gone with an edit', async () => {
  await using other = await boot({
    databaseUrl: stage.hub.databaseUrl,
    freeSummarizer: stage.writer,
    env: { AI_LIVE_EVERY: '12' },
  });
  await using ada = await stage.person('ada', other);
  await using eve = await stage.person('eve', other);
  const { room } = await stage.talk(ada, []);
  assert.is((await ada.call('summary:live', { room })).summary, null);
  const said = await Promise.all(Array.from({ length: 12 }, (_, n) => post(ada, room, `number ${n}`)));
  await other.hub.summaries.refreshLive();
  const { summary } = await ada.call('summary:live', { room });
  assert.match(summary?.text ?? '', 'number 0');
  assert.is(summary?.upTo, said.at(-1)!.seq);
  const asked = stage.writer.asked.length;
  await other.hub.summaries.refreshLive();
  assert.is(stage.writer.asked.length, asked);
  // A newcomer may not read what it was made of.
  await ada.call('member:add', { room, user: 'eve' });
  assert.is((await eve.call('summary:live', { room })).summary, null);
  await ada.call('message:edit', { room, id: crypto.randomUUID(), target: said[0]!.id, text: 'changed' });
  assert.is((await ada.call('summary:live', { room })).summary, null);
});

test.run();
