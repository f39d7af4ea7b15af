// alone: its process gets an IndexedDB, which clients of other files would use
// A page that is closed or reloaded with unsent messages: the next one, in the same browser, sends them.
import 'fake-indexeddb/auto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { type Court, createClient, indexedDbOutbox } from './index.ts';

const test = suite('reload');
let hub: TestHub;

test.before(async () => {
  hub = await boot();
});
test.after(async () => {
  await hub[Symbol.asyncDispose]();
});

/** As a page of this browser would make it. */
const openPage = (user: string): Court =>
  createClient({ url: hub.url, account: user, getToken: () => hub.token(user), backoff: { firstMs: 20 } });

test('what was written offline survives the page, shows in the next one, and goes out first', async () => {
  {
    await using page = openPage('ada');
    await page.connect();
    await page.call('room:create', { id: 'lobby', title: 'Lobby', kind: 'public' });
  }
  {
    // Never connected: offline all its life.
    await using page = openPage('ada');
    page.room('lobby').send('one');
    page.room('lobby').send('two');
  }
  await using stranger = openPage('bob');
  await stranger.connect();
  await using page = openPage('ada');
  const room = page.room('lobby');
  const restored = new Promise<void>(resolve => {
    room.subscribe(() => {
      if (room.messages.length === 2) resolve();
    });
  });
  await restored;
  assert.equal(
    room.messages.map(({ text, pending, by }) => [text, pending, by]),
    [
      ['one', true, 'ada'],
      ['two', true, 'ada'],
    ],
  );
  const { done } = room.send('three');
  await page.connect();
  await room.join();
  await done;
  assert.equal(
    room.messages.map(({ text, pending, by }) => [text, pending, by]),
    [
      ['one', undefined, 'ada'],
      ['two', undefined, 'ada'],
      ['three', undefined, 'ada'],
    ],
  );
  assert.equal(stranger.outbox.entries, []);
});

test('a message that was in the log before its page died is not shown twice (I3)', async () => {
  const id = crypto.randomUUID();
  await using sender = openPage('ada');
  await sender.connect();
  const at = new Date().toISOString();
  const input = { room: 'lobby', id, text: 'four' };
  await sender.call('message:send', input);
  const storage = await indexedDB.databases();
  assert.ok(storage.some(({ name }) => name === 'first-court-outbox'));
  const left = indexedDbOutbox();
  const account = `${new URL(hub.url).href}#ada`;
  await left.put({
    id,
    room: 'lobby',
    call: 'message:send',
    input,
    at,
    account,
    owner: 'a dead page',
    order: 1,
  });
  await left.close();
  await using page = openPage('ada');
  const room = page.room('lobby');
  await page.connect();
  await room.join();
  assert.is(room.messages.filter(message => message.text === 'four').length, 1);
  while ((await left.load(account)).length > 0) await new Promise(resolve => setImmediate(resolve));
  await left.close();
});

test.run();
