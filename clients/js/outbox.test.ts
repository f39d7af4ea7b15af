import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallInput } from '../../shared/protocol/calls.ts';
import { CallError, type CallErrorCode } from './errors.ts';
import { RoomOutbox } from './outbox.ts';
import { memoryOutbox } from './outbox-storage/memory.ts';
import type { OutboxCall, OutboxStorage } from './types.ts';
import { uuid } from './uuid.ts';

const test = suite('outbox');

/** What becomes of one call. `ran` says whether it got as far as the log; `drop` whether the connection went with it. */
type Fate = { ran: boolean; drop?: boolean; answer: 'ok' | CallErrorCode; retryAfterMs?: number };
const fine: Fate = { ran: true, answer: 'ok' };
const passing: Fate[] = [
  { ran: false, drop: true, answer: 'unknown' },
  { ran: true, drop: true, answer: 'unknown' },
  { ran: true, answer: 'unknown' },
  { ran: false, answer: 'unknown' },
];
const putOff: Fate[] = [
  { ran: false, answer: 'rate_limited' },
  { ran: false, answer: 'unavailable' },
  { ran: true, answer: 'unavailable' },
];
const refusals: Fate[] = [
  { ran: false, answer: 'forbidden' },
  { ran: false, answer: 'too_large' },
];

/** A hub as the outbox sees it: it runs calls in the order they come, knows repeated ids, and answers as fate has it. */
class Hub {
  readonly log: string[] = [];
  readonly fates: Fate[];
  isOpen = true;
  calls = 0;
  onOpen: () => void = () => {};
  #isDoomed = false;
  readonly #refused = new Map<string, Fate>();
  #underWay = new Set<() => void>();

  constructor(fates: Fate[] = []) {
    this.fates = [...fates];
  }

  send(input: CallInput<OutboxCall>): Promise<{ seq: number }> {
    const known = this.log.includes(input.id);
    const lost = () => new CallError('unknown', 'lost');
    this.calls++;
    if (this.#isDoomed) return new Promise((_, reject) => this.#underWay.add(() => reject(lost())));
    const {
      ran,
      drop,
      answer,
      retryAfterMs = 0,
    } = known ? fine : (this.#refused.get(input.id) ?? this.fates.shift() ?? fine);
    // What did not get through before the connection broke lets nothing through behind it; a refusal stays one.
    this.#isDoomed = !ran && drop === true;
    if (refusals.some(fate => fate.answer === answer)) this.#refused.set(input.id, { ran, answer });
    if (ran && !known) this.log.push(input.id);
    const seq = this.log.indexOf(input.id) + 1;
    return new Promise((resolve, reject) => {
      const lose = () => reject(lost());
      this.#underWay.add(lose);
      setImmediate(() => {
        this.#underWay.delete(lose);
        if (drop) this.drop();
        if (answer === 'ok') resolve({ seq });
        else reject(new CallError(answer, answer, { retryAfterMs }));
      });
    });
  }

  pardon(): void {
    this.#refused.clear();
  }

  drop(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const lost of this.#underWay) lost();
    this.#underWay.clear();
    setImmediate(() => {
      this.isOpen = true;
      this.#isDoomed = false;
      this.onOpen();
    });
  }
}

function page(hub: Hub, storage: OutboxStorage = memoryOutbox(), window = 1) {
  const outbox = new RoomOutbox({
    storage,
    send: (_call, input) => hub.send(input),
    isOpen: () => hub.isOpen,
    acked: () => {},
    changed: () => {},
    warn: error => {
      throw error;
    },
    window,
    backoff: { firstMs: 1 },
  });
  hub.onOpen = () => outbox.resume();
  outbox.open('hub#ada');
  return {
    outbox,
    send: (room = 'lobby', text = 'hello') => outbox.add('message:send', { room, id: uuid(), text }),
    /** Resolves when nothing waits any more, in memory or kept. */
    idle: () =>
      until(async () =>
        [...outbox.entries, ...(await storage.load('hub#ada'))].every(entry => entry.failed !== undefined),
      ),
  };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setImmediate(resolve));
}

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
