// Searching as people do, over the wire against a whole hub: what is found, what never is (I9, attacks 17, 18, 26), and what pages promise.
// takes: 11 s
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withConnection } from '../store/databases.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { until } from '../testing/until.ts';

const test = suite('search');
let hub: TestHub;
let ada: TestClient;
let bob: TestClient;

const person = async (name: string) =>
  connect(hub.url, { token: await hub.token(name.toLowerCase(), { name }) });
let rooms = 0;
const room = async (kind: 'public' | 'private' = 'private', members: string[] = ['bob']) => {
  const id = `room-${++rooms}`;
  await ada.call('room:create', { id, title: `Title ${rooms}`, kind, members });
  return id;
};
const say = async (who: TestClient, where: string, text: string, more: object = {}) => {
  const id = crypto.randomUUID();
  return who.call('message:send', { room: where, id, text, ...more });
};
const find = async (who: TestClient, query: string, more: object = {}) => {
  const { hits } = await who.call('search', { query, ...more });
  return hits.map(({ message }) => message.text);
};
/** Once the index has caught up. */
const finds = (who: TestClient, query: string, more: object, expected: string[]) =>
  until(async () => {
    const texts = await find(who, query, more);
    return JSON.stringify(texts) === JSON.stringify(expected);
  });

test.before(async () => {
  hub = await boot({ pollMs: 200 });
  ada = await person('Ada');
  bob = await person('Bob');
});
test.after(async () => {
  for (const client of [ada, bob]) await client[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('words, their inflections, prefixes, phrases, exclusions and misspellings', async () => {
  const where = await room();
  for (const text of ['The lanterns were hung in the courtyard', 'A lantern fell', 'The yard has no light'])
    await say(ada, where, text);
  await finds(bob, 'lantern', { room: where }, ['A lantern fell', 'The lanterns were hung in the courtyard']);
  assert.equal(await find(bob, 'lanterns courtyard', { room: where }), [
    'The lanterns were hung in the courtyard',
    'A lantern fell',
  ]);
  assert.equal(await find(bob, 'court*', { room: where }), ['The lanterns were hung in the courtyard']);
  assert.equal(await find(bob, '"in the courtyard"', { room: where }), [
    'The lanterns were hung in the courtyard',
  ]);
  assert.equal(await find(bob, '"the courtyard in"', { room: where }), []);
  assert.equal(await find(bob, 'lantern -fell', { room: where }), [
    'The lanterns were hung in the courtyard',
  ]);
  assert.equal(await find(bob, 'courtyrad', { room: where }), ['The lanterns were hung in the courtyard']);
  const { hits, total, mode } = await bob.call('search', { query: 'LANTÉRN', room: where, mode: 'hybrid' });
  assert.equal([hits.length, total, mode], [2, 2, 'keyword']);
  assert.equal(hits[0]?.highlights, [{ text: 'A lantern fell', ranges: [[2, 9]] }]);
});

test('names, rooms, days and things narrow a search down', async () => {
  const [here, there] = [await room(), await room('public', ['bob'])];
  await say(ada, here, 'the budget of ada');
  const linked = await say(bob, there, 'the budget of bob https://example.org/x');
  await finds(ada, 'budget from:bob', {}, ['the budget of bob https://example.org/x']);
  assert.equal(await find(ada, 'budget from:me'), ['the budget of ada']);
  assert.equal(await find(bob, `budget in:${here}`), ['the budget of ada']);
  assert.equal(await find(bob, `budget in:"title ${rooms}"`), ['the budget of bob https://example.org/x']);
  assert.equal(await find(ada, 'budget', { from: 'bob', room: there }), [
    'the budget of bob https://example.org/x',
  ]);
  assert.equal(await find(ada, 'budget from:ada', { from: 'bob' }), []);
  assert.equal(await find(ada, `has:link in:${there}`), ['the budget of bob https://example.org/x']);
  await ada.call('message:pin', { room: there, target: linked.id, id: crypto.randomUUID(), on: true });
  await ada.call('message:react', {
    room: there,
    target: linked.id,
    id: crypto.randomUUID(),
    emoji: '👍',
    on: true,
  });
  await finds(bob, 'has:pin has:reaction budget', {}, ['the budget of bob https://example.org/x']);
  assert.equal(await find(bob, 'budget on:today from:bob'), ['the budget of bob https://example.org/x']);
  assert.equal(await find(bob, 'budget before:today'), []);
  assert.equal(await find(bob, 'budget after:2024-01 from:bob'), ['the budget of bob https://example.org/x']);
  assert.equal(await find(bob, 'budget', { after: new Date(Date.now() + 1000).toISOString() }), []);
  for (const [query, says] of [
    ['', /Type words to look for/],
    ['?!', /Type words to look for/],
    ['budget from:', /from: needs a name/],
    ['budget on:2024-02-31', /on: takes a day such as on:2024-05-01/],
    ['has:money', /has: knows file, link/],
    ['budget from:nobody', /Nobody whom you know here is called "nobody"/],
    ['budget in:nowhere', /You are in no room called "nowhere"/],
  ] as const) {
    const error = await ada.refused('search', { query });
    assert.is(error.code, 'bad_request', query);
    assert.match(error.message, says);
  }
});

test('Chinese, Japanese and Korean are found within their sentences; accents do not matter; German and French inflect', async () => {
  const where = await room();
  const texts = [
    '我们明天在北京开会讨论预算',
    '来週東京タワーで会いましょう',
    '내일 서울에서 회의를 합니다',
    'Die Besprechungen über die Häuser sind nicht vorbei',
    'Nous avons pris les décisions à la réunion',
  ];
  for (const text of texts) await say(ada, where, text);
  await finds(bob, 'reunion', { room: where }, [texts[4] as string]);
  for (const [query, at] of [
    ['北京', 0],
    ['预算', 0],
    ['"北京开会"', 0],
    ['会いましょう', 1],
    ['東京タワー', 1],
    ['서울', 2],
    ['회의', 2],
    ['Besprechung', 3],
    ['hauser', 3],
    ['décision', 4],
  ] as const)
    assert.equal(await find(bob, query, { room: where }), [texts[at]], query);
  assert.equal(await find(bob, '京北', { room: where }), []);
});

test('edits and deletes are never shown as they were, and reach the index', async () => {
  const where = await room();
  const { id } = await say(ada, where, 'the zebra crossing');
  await finds(bob, 'zebra', { room: where }, ['the zebra crossing']);
  await ada.call('message:edit', {
    room: where,
    target: id,
    id: crypto.randomUUID(),
    text: 'the giraffe crossing',
  });
  assert.equal(await find(bob, 'zebra', { room: where }), []);
  await finds(bob, 'giraffe', { room: where }, ['the giraffe crossing']);
  await ada.call('message:delete', { room: where, target: id, id: crypto.randomUUID() });
  assert.equal(await find(bob, 'giraffe', { room: where }), []);
  await until(async () => (await bob.call('search', { query: 'giraffe', room: where })).total === 0);
});

test('who is not in a room finds nothing of it; who was removed finds nothing from then on; who came late nothing from before (I9)', async () => {
  await using eve = await person('Eve');
  const [hidden, open] = [await room(), await room('public')];
  for (const where of [hidden, open]) await say(ada, where, `quetzal in ${where}`);
  await until(async () => (await find(bob, 'quetzal')).length === 2);
  assert.equal(await find(eve, 'quetzal'), []);
  assert.is((await eve.refused('search', { query: 'quetzal', room: hidden })).code, 'not_found');
  assert.is((await eve.refused('search', { query: 'quetzal', room: open })).code, 'forbidden');
  assert.match(
    (await eve.refused('search', { query: `quetzal in:${hidden}` })).message,
    /You are in no room/,
  );
  assert.match((await eve.refused('search', { query: 'quetzal from:bob' })).message, /Nobody whom you know/);

  await ada.call('member:remove', { room: hidden, user: 'bob' });
  assert.equal(await find(bob, 'quetzal'), [`quetzal in ${open}`]);
  await ada.call('member:add', { room: hidden, user: 'eve' });
  await say(ada, hidden, 'a later quetzal');
  await until(async () => (await eve.call('search', { query: 'quetzal' })).total === 1);
  assert.equal(await find(eve, 'quetzal'), ['a later quetzal']);
  // A question is answered with what was said around; not with what was said before one's time.
  assert.equal(await find(eve, 'what did we say about the quetzal'), ['a later quetzal']);
});

test('an index that was lost, as after a restore, is made again from the logs (I14)', async () => {
  const where = await room();
  await say(ada, where, 'a pangolin');
  await finds(bob, 'pangolin', { room: where }, ['a pangolin']);
  await withConnection(hub.databaseUrl, async sql => {
    for (const table of ['search_documents', 'search_words', 'search_cursors'])
      await sql`delete from ${sql(table)}`;
  });
  await finds(bob, 'pangolin', { room: where }, ['a pangolin']);
});

test('pages follow each other without a gap or a repetition while more is said and deleted', async () => {
  const where = await room();
  const sent = [];
  for (let n = 0; n < 45; n++) sent.push(await say(ada, where, `walrus ${'tusk '.repeat(n % 7)}${n}`));
  await until(async () => (await bob.call('search', { query: 'walrus', room: where })).total === 45);
  const seen: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await bob.call('search', {
      query: 'walrus',
      room: where,
      limit: 10,
      ...(cursor && { cursor }),
    });
    seen.push(...page.hits.map(({ message }) => message.id));
    cursor = page.cursor;
    if (pages++ === 0) {
      await say(ada, where, 'walrus that came later');
      const last = page.hits.at(-1)?.message;
      await ada.call('message:delete', { room: where, target: last?.id, id: crypto.randomUUID() });
      await until(async () =>
        (await find(bob, 'later walrus', { room: where })).includes('walrus that came later'),
      );
    }
  } while (cursor);
  assert.is(seen.length, 45);
  assert.equal(new Set(seen), new Set(sent.map(({ id }) => id)));
  for (const forged of ['x', Buffer.from('{"now":0}').toString('base64url')])
    assert.is((await bob.refused('search', { query: 'walrus', cursor: forged })).code, 'bad_request');
});

test('whatever is typed is answered or refused in words, and never reaches SQL as such (attack 26)', async () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom(...`"'\\:*&|!()<->-%_$; \0\n\u202eאب京a1`), maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          'from:',
          'in:',
          'has:',
          '-',
          '"',
          'on:',
          "'; drop table messages; --",
          '$1',
          '<->',
          '!!',
          ':*',
          'a',
          '京',
        ),
      )
      .map(parts => parts.join(' ')),
    fc.constant('"'.repeat(999)),
    fc.constant('a'.repeat(1000)),
    fc.constant('京'.repeat(1000)),
    fc.constant('x* '.repeat(300)),
  );
  for (const query of fc.sample(nasty, 400)) {
    const reply = await ada.socket.timeout(30_000).emitWithAck('search', { query });
    if (!reply.ok)
      assert.is(reply.error.code, 'bad_request', `${JSON.stringify(query)}: ${JSON.stringify(reply)}`);
  }
  assert.is((await ada.refused('search', { query: 'a'.repeat(10_000) })).code, 'bad_request');
  assert.equal(hub.complaints, []);
});

test.run();
