import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Outcome, runFile } from './test-file.ts';

const test = suite<{ folder: string }>('scripts/test-file');
const cache = path.join(import.meta.dirname, '../../node_modules/.cache/first-court');

test.before(async context => {
  await mkdir(cache, { recursive: true });
  context.folder = await mkdtemp(path.join(cache, 'test-file-'));
});
test.after(({ folder }) => rm(folder, { recursive: true }));

const HEAD = `import { suite } from 'uvu';\nconst test = suite('x');\ntest('one', () => {});\n`;

async function run(
  folder: string,
  text: string,
  given: { grace?: number; times?: boolean } = {},
): Promise<Outcome & { left: number }> {
  await writeFile(path.join(folder, 'x.test.mjs'), text);
  const groups = new Set<number>();
  const outcome = await runFile(
    folder,
    'x.test.mjs',
    { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
    groups,
    given,
  );
  return { ...outcome, left: groups.size };
}

const counts = ({ passed, failed, skipped }: Outcome) => [passed, failed, skipped];

test('counts what passed, failed and was skipped, with the reasons given', async ({ folder }) => {
  const good = await run(folder, `${HEAD}test.run();`);
  assert.equal([...counts(good), good.problem, good.left], [1, 0, 0, undefined, 0]);
  const bad = await run(folder, `${HEAD}test('two', () => { throw new Error('broken'); });\ntest.run();`);
  assert.equal(counts(bad), [1, 1, 0]);
  assert.match(bad.output, 'broken');
  const skipping = await run(
    folder,
    `${HEAD}console.log('# skip no browser here');\ntest.skip('two');\ntest.skip('three');\ntest.run();`,
  );
  assert.equal([...counts(skipping), skipping.reasons], [1, 0, 2, ['no browser here']]);
});

test('a hook that throws is a failure with its message, although uvu swallows it', async ({ folder }) => {
  for (const hook of ['before', 'after', 'before.each', 'after.each']) {
    const outcome = await run(
      folder,
      `${HEAD}test.${hook}(() => { throw new Error('hook broke'); });\ntest.run();`,
    );
    assert.ok(outcome.failed > 0, hook);
    assert.match(outcome.output, 'hook broke', hook);
  }
});

test('a file that never gets to the end of its tests fails', async ({ folder }) => {
  assert.match((await run(folder, HEAD)).problem ?? '', 'never called test.run()');
  assert.match(
    (await run(folder, `${HEAD}test('exit', () => process.exit(0));\ntest.run();`)).problem ?? '',
    'before its tests did',
  );
  assert.match((await run(folder, 'throw new Error("at once");')).problem ?? '', 'exit code 1');
  const late = await run(folder, `${HEAD}process.on('exit', () => { process.exitCode = 3; });\ntest.run();`);
  assert.equal([counts(late), late.problem], [[1, 1, 0], 'it ended with exit code 3']);
});

test('a file that leaves a timer or a process behind fails, and the process is ended', async ({ folder }) => {
  const timer = await run(folder, `${HEAD}setInterval(() => {}, 1000);\ntest.run();`, { grace: 200 });
  assert.match(timer.problem ?? '', /did not end within 0\.2 s after its last test/);
  const child = `import { spawn } from 'node:child_process';\n${HEAD}spawn('sleep', ['300'], { stdio: 'ignore' }).unref();\ntest.run();`;
  const parent = await run(folder, child);
  assert.match(parent.problem ?? '', /left processes behind:\n.*sleep 300/);
  assert.is(parent.left, 0);
});

test('what a file and its processes worked is measured where it is asked for, and changes nothing else', async ({
  folder,
}) => {
  const work = 'const end = Date.now() + 300; while (Date.now() < end);';
  const text = `import { execFileSync } from 'node:child_process';\n${HEAD}execFileSync(process.execPath, ['-e', '${work}']);`;
  const good = await run(folder, `${text}test.run();`, { times: true });
  assert.equal([...counts(good), good.problem, good.left], [1, 0, 0, undefined, 0]);
  assert.ok((good.cpuMs ?? 0) >= 250, `${good.cpuMs} ms`);
  const late = await run(folder, `${HEAD}process.on('exit', () => { process.exitCode = 3; });\ntest.run();`, {
    times: true,
  });
  assert.is(late.problem, 'it ended with exit code 3');
  assert.is((await run(folder, `${HEAD}test.run();`)).cpuMs, undefined);
});

test('a file that hangs is ended at the limit it names', async ({ folder }) => {
  const outcome = await run(
    folder,
    `// time limit: 1 s\n${HEAD}test('hang', () => new Promise(resolve => setTimeout(resolve, 60_000)));\ntest.run();`,
  );
  assert.equal([outcome.failed, outcome.problem], [1, 'it took longer than 1 s']);
});

test.run();
