// alone: its process gets an IndexedDB, which clients of other files would use
import 'fake-indexeddb/auto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OutboxStorage, StoredEntry } from '../types.ts';
import { indexedDbOutbox } from './indexeddb.ts';
import { memoryOutbox } from './memory.ts';

const stored = (id: string, order: number, account = 'ada'): StoredEntry => ({
  id,
  room: 'lobby',
  call: 'message:send',
  input: { room: 'lobby', id, text: id },
  at: '2026-01-01T00:00:00.000Z',
  account,
  owner: 'tab',
  order,
});
const ids = async (storage: OutboxStorage, account = 'ada') =>
  (await storage.load(account)).map(entry => entry.id);

for (const [name, open] of Object.entries({
  memory: memoryOutbox,
  indexeddb: () => indexedDbOutbox(`outbox ${Math.random()}`),
})) {
  const test = suite(`outbox storage: ${name}`);

  test('gives back the entries of an account in order, the latest version of each', async () => {
    const storage = open();
    await storage.put(stored('b', 2));
    await storage.put(stored('a', 1));
    await storage.put(stored('z', 0, 'bob'));
    await storage.put(stored('c', 10));
    await storage.put({ ...stored('b', 2), failed: { code: 'forbidden', message: 'no' } });
    assert.equal(await ids(storage), ['a', 'b', 'c']);
    assert.is((await storage.load('ada'))[1]!.failed!.code, 'forbidden');
    assert.equal(await ids(storage, 'bob'), ['z']);
    await storage.remove('b');
    await storage.remove('b');
    assert.equal(await ids(storage), ['a', 'c']);
    await storage.close();
  });

  test.run();
}

const test = suite('outbox storage: indexeddb over reloads');

test('entries outlive the page, and a closed storage opens itself again', async () => {
  const before = indexedDbOutbox('reloaded');
  await before.put(stored('a', 1));
  await before.close();
  const after = indexedDbOutbox('reloaded');
  assert.equal(await ids(after), ['a']);
  await after.close();
  await after.put(stored('b', 2));
  assert.equal(await ids(after), ['a', 'b']);
  await after.close();
});

test('lets go of the database when a newer page wants to change it', async () => {
  const storage = indexedDbOutbox('shared');
  await storage.put(stored('a', 1));
  await new Promise<void>((resolve, reject) => {
    const upgrade = indexedDB.open('shared', 2);
    upgrade.onsuccess = () => {
      upgrade.result.close();
      resolve();
    };
    upgrade.onblocked = () => reject(new Error('blocked'));
    upgrade.onerror = () => reject(upgrade.error);
  });
  // An older page cannot open what a newer one has changed, and says so.
  const error = await storage.load('ada').catch((error: Error) => error);
  assert.is((error as Error).name, 'VersionError');
  await storage.close();
});

test.run();
