// Search by meaning, over the wire with a simulated OpenAI: what is embedded and what never is, who finds what, and what is done while the
// provider is away.
// takes: 18 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallInput } from '#shared/protocol/calls.ts';
import { type OpenAiSimulator, openOpenAiSimulator } from '../../scripts/simulators/openai/simulator.ts';
import { FAST } from '../testing/ai.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { until } from '../testing/until.ts';

const test = suite('meaning');
let openai: OpenAiSimulator;
let hub: TestHub;

const env = (given: Record<string, string> = {}) => ({
  OPENAI_API_KEY: openai.apiKey,
  OPENAI_BASE_URL: openai.base,
  EMBEDDING_PROVIDER: 'openai',
  EMBEDDING_MODEL: 'text-embedding-3-small',
  EMBEDDING_DIMENSIONS: '64',
  ...given,
});
const bootWith = (given: Record<string, string> = {}, databaseUrl?: string) =>
  boot({
    env: env(given),
    pollMs: 50,
    modelTempo: { ...FAST, rest: 20, longRest: 20 },
    ...(databaseUrl !== undefined && { databaseUrl }),
  });

test.before(async () => {
  openai = await openOpenAiSimulator();
  hub = await bootWith();
});
test.after(async () => {
  await hub?.[Symbol.asyncDispose]();
  await openai?.[Symbol.asyncDispose]();
});
test.after.each(() => {
  openai.faults.length = 0;
});

const person = async (name: string, on = hub) => connect(on.url, { token: await on.token(name) });
const say = (who: TestClient, room: string, text: string) =>
  who.call('message:send', { room, id: crypto.randomUUID(), text });

async function talk(
  who: TestClient,
  texts: readonly string[],
  given: { members?: string[]; ai?: boolean } = {},
) {
  const { ai, members = [] } = given;
  const { room } = await who.call('room:create', { title: 'Talk', kind: 'private', members });
  if (ai === false) await who.call('room:update', { room: room.id, ai });
  const said: { id: string; seq: number }[] = [];
  for (const text of texts) said.push(await say(who, room.id, text));
  return { room: room.id, said };
}
const find = async (who: TestClient, input: CallInput<'search'>) => {
  const { hits, mode } = await who.call('search', { mode: 'semantic', ...input });
  return { texts: hits.map(({ message }) => message.text), mode };
};
/** Of one room in this hub's database. */
const kept = async (room: string, on = hub) => {
  const spaces = [64, 32].map(size => `openai:text-embedding-3-small:${size}`);
  const pages = await Promise.all(
    spaces.map(space => on.db.call('read_vectors', { space, after: 0, limit: 5000 })),
  );
  return (pages as { vectors: { room: string; seq: number; bytes?: string }[] }[])
    .flatMap(({ vectors }) => vectors)
    .filter(vector => vector.room === room && vector.bytes !== undefined);
};
/** Waits until vectors are had in time; a busy machine may take longer than somebody who searches waits. What was asked for is remembered. */
const finds = (who: TestClient, input: CallInput<'search'>) =>
  until(async () => (await find(who, input)).mode === 'semantic');
const sent = () => JSON.stringify(openai.asked.map(({ body }) => body));

test('what was said in other words is found by meaning; hybrid finds both, each once', async () => {
  await using ada = await person('ada');
  const { room } = await talk(ada, [
    'The opening ceremony was postponed.',
    'Bananas are yellow.',
    'Ceremonies like openings are often postponed',
  ]);
  await until(async () => (await kept(room)).length === 3);
  await finds(ada, { query: 'postponing the openings', room });
  const meant = await find(ada, { query: 'postponing the openings', room });
  assert.is(meant.mode, 'semantic');
  assert.not.ok(meant.texts.includes('Bananas are yellow.'));
  assert.is(meant.texts.length, 2);
  await finds(ada, { query: 'bananas postponed', room });
  const both = await find(ada, { query: 'bananas postponed', room, mode: 'hybrid' });
  assert.is(both.mode, 'hybrid');
  assert.equal([...both.texts].sort(), [...new Set(both.texts)].sort());
  assert.is(both.texts.length, 3);
});

test('nobody finds what they may not read (attack 26), and the rest of a query holds', async () => {
  await using ada = await person('ada');
  await using bob = await person('bob');
  await using eve = await person('eve');
  const { room } = await talk(ada, ['The secret garden is behind the court.'], { members: ['bob'] });
  await say(bob, room, 'Behind the court is a secret garden, yes.');
  await until(async () => (await kept(room)).length === 2);
  assert.equal((await find(eve, { query: 'secret garden' })).texts, []);
  assert.is((await find(ada, { query: 'secret garden' })).texts.length, 2);
  assert.equal((await find(ada, { query: 'secret garden', from: 'bob' })).texts, [
    'Behind the court is a secret garden, yes.',
  ]);
  assert.equal((await find(ada, { query: 'secret garden -yes' })).texts, [
    'The secret garden is behind the court.',
  ]);
  assert.is((await find(ada, { query: 'garden has:pin' })).mode, 'keyword', 'which vectors do not know');
});

test('edits and deletes reach it; nothing is kept of what is gone', async () => {
  await using ada = await person('ada');
  const { room, said } = await talk(ada, ['The fountain is broken again.', 'Lunch is ready.']);
  await until(async () => (await kept(room)).length === 2);
  const [first, second] = said.map(({ id }) => id);
  await ada.call('message:edit', {
    room,
    id: crypto.randomUUID(),
    target: first as string,
    text: 'Horses graze on meadows.',
  });
  await until(async () => (await find(ada, { query: 'horses on a meadow', room })).texts.length > 0);
  openai.faults.push({ kind: 'status', status: 500 });
  await ada.call('message:delete', { room, id: crypto.randomUUID(), target: second as string });
  assert.is((await kept(room)).length, 1, 'at once, though nobody makes vectors just now');
});

test('a room in which AI is off is never sent anywhere; turned off later, its vectors go', async () => {
  await using ada = await person('ada');
  const { room } = await talk(ada, ['The quiet zebra sleeps.'], { ai: false });
  const other = await talk(ada, ['The loud walrus sings.']);
  await until(async () => (await kept(other.room)).length === 1);
  assert.not.match(sent(), /zebra/);
  assert.match(sent(), /walrus/);
  await ada.call('room:update', { room: other.room, ai: false });
  await until(async () => (await kept(other.room)).length === 0);
  await ada.call('room:update', { room, ai: true });
  await until(async () => (await kept(room)).length === 1);
});

test('while the provider is away words find it, and it is said so; what was missed is made up for', async () => {
  await using ada = await person('ada');
  openai.faults.push({ kind: 'status', status: 500, path: /embeddings$/ });
  const { room } = await talk(ada, ['The violin is out of tune.']);
  const found = await find(ada, { query: 'violin', room });
  assert.is(found.mode, 'keyword');
  openai.faults.length = 0;
  await until(async () => (await kept(room)).length === 1);
  await finds(ada, { query: 'violins tune', room });
});

test('a provider that is slow holds up one search, not each', async () => {
  await using ada = await person('ada');
  const { room } = await talk(ada, ['The piano is in the hall.']);
  await until(async () => (await kept(room)).length === 1);
  await finds(ada, { query: 'hall', room });
  openai.faults.push({ kind: 'silence', path: /embeddings$/ });
  const asked = openai.asked.length;
  for (const query of ['a piano', 'the piano', 'some piano'])
    assert.is((await find(ada, { query, room })).mode, 'keyword');
  assert.is(openai.asked.length, asked + 1);
});

test('another node reads what this one made; another space is made anew, and the old one goes', async () => {
  await using ada = await person('ada');
  const { room } = await talk(ada, ['Candles light the hall.']);
  await until(async () => (await kept(room)).length === 1);
  const [before] = await kept(room);
  {
    await using second = await bootWith({ NODE_NAME: 'second' }, hub.databaseUrl);
    await using there = await person('ada', second);
    await finds(there, { query: 'candles hall', room });
  }
  // The lease must be free for the one that has the new settings.
  await hub.hub.letGo();
  await using third = await bootWith({ NODE_NAME: 'third', EMBEDDING_DIMENSIONS: '32' }, hub.databaseUrl);
  await until(async () => {
    const [now, ...more] = await kept(room, third);
    return now !== undefined && more.length === 0 && now.bytes?.length !== before?.bytes?.length;
  });
});

test.run();
