// Group commit under a store that is away, slow, or refuses: order, honest outcomes (I12), nobody pays for another's input.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HubError, OutcomeUnknown, Unreachable } from './errors.ts';
import { createGroupCommit } from './group-commit.ts';
import type { Log } from './ports.ts';

const test = suite('group commit');
const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const outcomes = async (work: Promise<unknown>[]) =>
  (await Promise.allSettled(work)).map(one =>
    one.status === 'fulfilled' ? one.value : (one.reason as Error).message,
  );

test('what waits while a group is under way leaves together, in order', async () => {
  const groups: number[][] = [];
  let finish = () => {};
  await using commits = createGroupCommit<number, number>({
    name: 'test',
    log,
    group: 4,
    async run(items) {
      groups.push([...items]);
      if (groups.length === 1) await new Promise<void>(resolve => (finish = resolve));
      return items.map(item => item * 10);
    },
  });
  const first = commits.add(0);
  await Promise.resolve();
  await Promise.resolve();
  const rest = [1, 2, 3, 4, 5].map(item => commits.add(item));
  finish();
  assert.equal(await Promise.all([first, ...rest]), [0, 10, 20, 30, 40, 50]);
  assert.equal(groups, [[0], [1, 2, 3, 4], [5]]);
});

test('one bad item is refused alone', async () => {
  await using commits = createGroupCommit<number, number>({
    name: 'test',
    log,
    async run(items) {
      if (items.includes(3)) throw new Error('three is bad');
      return [...items];
    },
  });
  assert.equal(await outcomes([0, 1, 2, 3, 4].map(item => commits.add(item))), [0, 1, 2, 'three is bad', 4]);
});

test('a group whose outcome is unknown is repeated until the store answers', async () => {
  let runs = 0;
  await using commits = createGroupCommit<string, string>({
    name: 'test',
    log,
    patience: 0,
    async run(items) {
      if (++runs < 4) throw new Unreachable('the connection broke', true);
      return items.map(item => `${item} after ${runs}`);
    },
  });
  assert.is(await commits.add('kept'), 'kept after 4');
});

test('what was never sent is refused when its patience ends, also behind a group whose outcome is unknown', async () => {
  let away = true;
  await using commits = createGroupCommit<string, string>({
    name: 'test',
    log,
    group: 1,
    patience: 60,
    async run(items) {
      if (away) throw new Unreachable('the connection broke', items.includes('unknown'));
      return [...items];
    },
  });
  const unknown = commits.add('unknown');
  const waiting = commits.add('waiting');
  const refused = await waiting.catch((error: HubError) => error);
  assert.instance(refused, HubError);
  assert.is((refused as HubError).code, 'unavailable');
  away = false;
  assert.is(await unknown, 'unknown');
});

test('a node that closes while an outcome is unknown does not call it a failure (I12)', async () => {
  const commits = createGroupCommit<string, string>({
    name: 'test',
    log,
    patience: 50,
    async run() {
      throw new Unreachable('the connection broke', true);
    },
  });
  const unknown = commits.add('perhaps').catch(error => error);
  await Promise.resolve();
  await commits[Symbol.asyncDispose]();
  assert.instance(await unknown, OutcomeUnknown);
});

test('the wait is nothing when idle, grows with the queue and with a group that is overdue', async () => {
  let finish = () => {};
  await using commits = createGroupCommit<number, number>({
    name: 'test',
    log,
    async run(items) {
      await new Promise<void>(resolve => (finish = resolve));
      return [...items];
    },
  });
  const pass = async (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until) await new Promise(resolve => setImmediate(resolve));
  };
  assert.is(commits.waitMs(), 0);
  const first = commits.add(0);
  // A little more than is asserted: the group begins after the call, and was thought to take half a millisecond.
  await pass(60);
  assert.ok(commits.waitMs() >= 50, 'one that is under way, the first ever');
  finish();
  await first;
  await Promise.resolve();
  assert.is(commits.waitMs(), 0);

  const second = commits.add(1);
  await Promise.resolve();
  await Promise.resolve();
  const few = Array.from({ length: 150 }, (_, i) => commits.add(i));
  const short = commits.waitMs();
  assert.ok(short < 250, `a burst into an idle queue is no load: ${short} ms`);
  const many = Array.from({ length: 2000 }, (_, i) => commits.add(i));
  assert.ok(commits.waitMs() > 900, 'many take their time');
  const waits = [commits.waitMs()];
  await pass(200);
  waits.push(commits.waitMs());
  assert.ok((waits[1] as number) > (waits[0] as number), 'overdue');
  finish();
  await second;
  const rest = Promise.all([...few, ...many]);
  let done = false;
  void rest.then(() => (done = true));
  while (!done) {
    finish();
    await new Promise(resolve => setImmediate(resolve));
  }
});

test('a full queue refuses at once, and a closed one too', async () => {
  let finish = () => {};
  const commits = createGroupCommit<number, number>({
    name: 'test',
    log,
    group: 1,
    queue: 2,
    async run(items) {
      await new Promise<void>(resolve => (finish = resolve));
      return [...items];
    },
  });
  const first = commits.add(1);
  await Promise.resolve();
  await Promise.resolve();
  const rest = [2, 3].map(item => commits.add(item));
  const [overflow] = await outcomes([commits.add(4)]);
  assert.match(`${overflow}`, /overloaded/);
  const closing = commits[Symbol.asyncDispose]();
  const [late] = await outcomes([commits.add(5)]);
  assert.match(`${late}`, /shutting down/);
  for (const one of [first, ...rest]) {
    finish();
    await one;
    await Promise.resolve();
  }
  await closing;
});

test.run();
