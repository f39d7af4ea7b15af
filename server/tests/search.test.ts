// Searching as people do, over the wire against a whole hub: what is found, what never is (I9, attacks 17, 18, 26), and what pages promise.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
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

test.run();
