// takes: 9 s
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { batchesOf, runBatch } from './test-batch.ts';

const test = suite<{ folder: string }>('scripts/test-batch');
const cache = path.join(import.meta.dirname, '../../node_modules/.cache/first-court');

test.before(async context => {
  await mkdir(cache, { recursive: true });
  context.folder = await mkdtemp(path.join(cache, 'test-batch-'));
});
test.after(({ folder }) => rm(folder, { recursive: true }));

const HEAD = `import { suite } from 'uvu';\nconst test = suite('x');\n`;
const GOOD = `${HEAD}test('one', () => console.log('in ' + process.pid));\ntest.run();`;

/** Files by their texts, run together: of each what passed, failed and was wrong, and what was written. */
async function run(folder: string, texts: readonly string[], given: { grace?: number } = {}) {
  const names = texts.map((_, at) => `${'abc'[at]}.test.mjs`);
  for (const [at, text] of texts.entries()) await writeFile(path.join(folder, names[at] as string), text);
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' };
  const groups = new Set<number>();
  const outcomes = await runBatch(folder, names, env, groups, given);
  assert.is(groups.size, 0);
  return {
    results: outcomes.map(({ name, passed, failed, problem }) => [name, passed, failed, problem]),
    outputs: outcomes.map(({ output }) => String(output)),
  };
}

test('files that share a process are told apart, and one that fails does not touch the others', async ({
  folder,
}) => {
  const bad = `${HEAD}test('two', () => { throw new Error('broken'); });\ntest.run();`;
  const { results, outputs } = await run(folder, [GOOD, bad, GOOD]);
  assert.equal(results, [
    ['a.test.mjs', 1, 0, undefined],
    ['b.test.mjs', 0, 1, undefined],
    ['c.test.mjs', 1, 0, undefined],
  ]);
  assert.match(outputs[1] ?? '', /broken[\s\S]*in one process, after a\.test\.mjs/);
  assert.is(/in \d+/.exec(outputs[0] ?? '')?.[0], /in \d+/.exec(outputs[2] ?? '')?.[0]);
});

test('a hook that throws, and a file that never runs its tests, fail here as they do alone', async ({
  folder,
}) => {
  const hook = `${HEAD}test.after(() => { throw new Error('hook broke'); });\ntest('one', () => {});\ntest.run();`;
  const { results, outputs } = await run(folder, [hook, HEAD, GOOD]);
  assert.equal(
    results.map(([, , failed]) => failed),
    [1, 1, 0],
  );
  assert.match(outputs[0] ?? '', 'hook broke');
  assert.match(String(results[1]?.[3]), 'never called test.run()');
});

test('a file that ends the process, or leaves something open, is found by running each alone', async ({
  folder,
}) => {
  const dying = `${HEAD}test('exit', () => process.exit(0));\ntest.run();`;
  assert.equal((await run(folder, [GOOD, dying, GOOD])).results, [
    ['a.test.mjs', 1, 0, undefined],
    ['b.test.mjs', 0, 1, 'it ended with exit code 1 before its tests did'],
    ['c.test.mjs', 1, 0, undefined],
  ]);
  const holding = `${HEAD}setInterval(() => {}, 1000);\ntest('one', () => {});\ntest.run();`;
  const { results } = await run(folder, [holding, GOOD], { grace: 3000 });
  assert.match(String(results[0]?.[3]), 'a timer, socket or process is still open');
  assert.equal(results[1], ['b.test.mjs', 1, 0, undefined]);
});

test('what goes wrong only together is a failure too', async ({ folder }) => {
  const marks = `${HEAD}globalThis.marked = true;\ntest('one', () => {});\ntest.run();`;
  const minds = `${HEAD}test('one', () => { if (globalThis.marked) process.exit(3); });\ntest.run();`;
  const { results } = await run(folder, [marks, minds]);
  assert.equal(results.slice(0, 2), [
    ['a.test.mjs', 1, 0, undefined],
    ['b.test.mjs', 1, 0, undefined],
  ]);
  assert.equal(results[2], [
    'a.test.mjs, b.test.mjs',
    1,
    1,
    'it ended with exit code 3; alone, each of its files is well',
  ]);
});

test('neighbours share a process, as many as may take long enough together', () => {
  const sizes = (times: number[], most: number) =>
    batchesOf(
      times.map(takes => ({ takes })),
      most,
    ).map(batch => batch.map(({ takes }) => takes));
  assert.equal(sizes([2, 2, 3, 1, 1, 9, 1], 5), [[2, 2], [3, 1, 1], [9], [1]]);
  assert.equal(sizes([], 5), []);
});

test.run();
