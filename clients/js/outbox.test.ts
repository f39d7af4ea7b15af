import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallError } from './errors.ts';
import { memoryOutbox } from './outbox-storage/memory.ts';
import { type Fate, fine, Hub, page, passing, putOff, refusals, until } from './testing/fated-hub.ts';

const test = suite('outbox');

test('order and no loss, whatever becomes of calls, acks, connections and pages (I3, I6, I12)', async () => {
  const act = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ what: fc.constant('send' as const), room: fc.constantFrom('a', 'b') }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('tick' as const) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('drop' as const) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('reload' as const) }) },
  );
  const fates = fc.array(fc.constantFrom(fine, ...passing, ...putOff, ...refusals), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), fates, async (acts, fates) => {
      const hub = new Hub(fates);
      const storage = memoryOutbox();
      const made: { id: string; room: string }[] = [];
      let current = page(hub, storage);
      for (const it of acts) {
        if (it.what === 'send') made.push({ id: current.send(it.room).id, room: it.room });
        else if (it.what === 'tick') await new Promise(resolve => setImmediate(resolve));
        else if (it.what === 'drop') hub.drop();
        else {
          await current.outbox.close();
          current = page(hub, storage);
        }
      }
      await current.idle();
      const failed = new Set(current.outbox.entries.map(entry => entry.id));
      for (const room of ['a', 'b']) {
        const ids = made.filter(entry => entry.room === room).map(entry => entry.id);
        assert.equal(
          hub.log.filter(id => ids.includes(id)),
          ids.filter(id => !failed.has(id)),
        );
      }
      await current.outbox.close();
    }),
    { numRuns: 300 },
  );
});

test('many at once keep their order too, as long as none is put off (I6)', async () => {
  const fates = fc.array(fc.constantFrom(fine, ...passing.filter(fate => fate.drop), ...refusals), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(fates, fc.integer({ min: 2, max: 32 }), async (fates, window) => {
      const hub = new Hub(fates);
      const { outbox, send, idle } = page(hub, memoryOutbox(), window);
      const ids = Array.from({ length: 30 }, () => send().id);
      await idle();
      const failed = new Set(outbox.entries.map(entry => entry.id));
      assert.equal(
        hub.log,
        ids.filter(id => !failed.has(id)),
      );
      await outbox.close();
    }),
    { numRuns: 100 },
  );
});

test('a refused call steps aside, and goes to the end when it is sent again', async () => {
  const hub = new Hub([{ ran: false, answer: 'forbidden' }]);
  const { outbox, send, idle } = page(hub);
  const [first, second] = [send(), send()];
  const error = await first.done.catch((error: CallError) => error);
  assert.is((error as CallError).code, 'forbidden');
  await second.done;
  assert.is(outbox.entries[0]!.failed!.code, 'forbidden');
  hub.pardon();
  outbox.retry(first.id);
  await idle();
  assert.equal(hub.log, [second.id, first.id]);
  assert.equal(outbox.entries, []);
  await outbox.close();
});

test('what the hub puts off waits as long as it said, and what is written meanwhile waits behind it', async () => {
  const hub = new Hub([{ ran: false, answer: 'rate_limited', retryAfterMs: 60 }]);
  const { outbox, send } = page(hub);
  const first = send();
  await until(() => hub.calls === 1);
  const started = performance.now();
  await new Promise(resolve => setImmediate(resolve));
  const second = send();
  await second.done;
  assert.equal([hub.log, hub.calls], [[first.id, second.id], 3]);
  assert.ok(performance.now() - started > 50);
  await outbox.close();
});

test('what the hub fails at is not tried for ever', async () => {
  const broken: Fate = { ran: false, answer: 'internal' };
  const hub = new Hub([broken, broken, broken]);
  const { outbox, send } = page(hub);
  const [first, second] = [send(), send()];
  await second.done;
  assert.is(outbox.entries[0]!.id, first.id);
  assert.is(outbox.entries[0]!.failed!.code, 'internal');
  await outbox.close();
});

test('an entry that the log shows is done, even if its ack is lost', async () => {
  const hub = new Hub();
  hub.isOpen = false;
  const { outbox, send } = page(hub);
  const { id, done } = send();
  assert.ok(outbox.settle(id, { id, seq: 7, at: 'now' }));
  assert.equal(await done, { id, seq: 7, at: 'now' });
  assert.not(outbox.settle(id, { id, seq: 7, at: 'now' }));
  hub.isOpen = true;
  outbox.resume();
  assert.is(hub.calls, 0);
  await outbox.close();
});

test('only what never left can be discarded', async () => {
  const hub = new Hub();
  hub.isOpen = false;
  const { outbox, send } = page(hub);
  const waiting = send();
  assert.ok(outbox.discard(waiting.id));
  assert.is(((await waiting.done.catch((error: CallError) => error)) as CallError).code, 'not_sent');
  const flying = send();
  await new Promise(resolve => setImmediate(resolve));
  hub.isOpen = true;
  outbox.resume();
  assert.not(outbox.discard(flying.id));
  await flying.done;
  assert.equal(hub.log, [flying.id]);
  await outbox.close();
});

test.run();
