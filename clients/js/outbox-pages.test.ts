import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CallError } from './errors.ts';
import { RoomOutbox } from './outbox.ts';
import { memoryOutbox } from './outbox-storage/memory.ts';
import { type Fate, Hub, page, until } from './testing/fated-hub.ts';
import type { OutboxStorage } from './types.ts';
import { uuid } from './uuid.ts';

const test = suite('outbox over pages and tabs');

test('an answer that comes after the end of its page changes nothing that is kept', async () => {
  const storage = memoryOutbox();
  let answer: (error: CallError) => void = () => {};
  const outbox = new RoomOutbox({
    storage,
    send: () =>
      new Promise((_, reject) => {
        answer = reject;
      }),
    isOpen: () => true,
    acked: () => {},
    changed: () => {},
    warn: () => {},
  });
  outbox.open('hub#ada');
  outbox.add('message:send', { room: 'lobby', id: uuid(), text: 'hello' });
  await until(async () => (await storage.load('hub#ada')).length > 0);
  await outbox.close();
  answer(new CallError('forbidden', 'too late'));
  await new Promise(resolve => setImmediate(resolve));
  assert.is((await storage.load('hub#ada'))[0]!.failed, undefined);
});

test('what a page left goes out before the first word of the next', async () => {
  const storage = memoryOutbox();
  const hub = new Hub();
  hub.isOpen = false;
  const first = page(hub, storage);
  const old = [first.send().id, first.send().id];
  await first.outbox.close();
  const second = page(hub, storage);
  const young = second.send();
  const all = [...old, young.id];
  await until(() => second.outbox.entries.length === 3);
  assert.equal(
    second.outbox.entries.map(entry => entry.id),
    all,
  );
  hub.isOpen = true;
  second.outbox.resume();
  await young.done;
  assert.equal(hub.log, all);
  assert.equal(await storage.load('hub#ada'), []);
  await second.outbox.close();
});

test('a refused entry keeps its place over a reload', async () => {
  const storage = memoryOutbox();
  const hub = new Hub([
    { ran: false, answer: 'forbidden' },
    ...Array<Fate>(9).fill({ ran: false, answer: 'unavailable' }),
  ]);
  const one = page(hub, storage);
  const ids = [one.send().id, one.send().id];
  await until(() => one.outbox.entries[0]!.failed !== undefined);
  await one.outbox.close();
  assert.equal(
    (await storage.load('hub#ada')).map(entry => entry.id),
    ids,
  );
});

test('another living tab keeps its entries; when it ends, they are taken over', async () => {
  const storage = memoryOutbox();
  const away = new Hub();
  away.isOpen = false;
  const one = page(away, storage);
  const { id } = one.send();
  await until(async () => (await storage.load('hub#ada')).length > 0);
  const hub = new Hub();
  const two = page(hub, storage);
  await two.send().done;
  assert.not.ok(hub.log.includes(id), 'it is the first tab that sends it');
  await one.outbox.close();
  await until(() => hub.log.includes(id));
  await two.idle();
  assert.equal(await storage.load('hub#ada'), []);
  await two.outbox.close();
});

test('a storage that fails costs durability, not messages', async () => {
  const broken: OutboxStorage = {
    load: () => Promise.reject(new Error('no')),
    put: () => Promise.reject(new Error('no')),
    remove: () => Promise.reject(new Error('no')),
    close: async () => {},
  };
  const hub = new Hub();
  const warnings: Error[] = [];
  const outbox = new RoomOutbox({
    storage: broken,
    send: (_call, input) => hub.send(input),
    isOpen: () => true,
    acked: () => {},
    changed: () => {},
    warn: error => warnings.push(error),
  });
  outbox.open('hub#ada');
  const { id, done } = outbox.add('message:send', { room: 'lobby', id: uuid(), text: 'hello' });
  assert.is((await done).id, id);
  await outbox.close();
  assert.ok(warnings.length >= 2);
});

test.run();
