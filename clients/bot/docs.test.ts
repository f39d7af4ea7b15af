// The examples of docs/bots.md, as they stand there: each file of them is written down and run.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openClaudeSimulator } from '../../scripts/simulators/claude/simulator.ts';
import { createTestHub } from './testing/hub.ts';

const test = suite('examples in the docs');
const ROOT = path.join(import.meta.dirname, '../..');
const run = promisify(execFile);
let home: string;
const lines = new Map<string, number>();

test.before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'first-court-docs-'));
  const modules = path.join(home, 'node_modules');
  const sdk = path.join(modules, '@first-court/bot');
  await mkdir(sdk, { recursive: true });
  for (const name of ['@anthropic-ai', 'uvu'])
    await symlink(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  // As a package that is installed, but for the build.
  const { exports } = JSON.parse(await readFile(path.join(import.meta.dirname, 'package.json'), 'utf8'));
  assert.equal(Object.keys(exports), ['.', './testing']);
  await writeFile(
    path.join(sdk, 'package.json'),
    '{ "type": "module", "exports": { ".": "./index.js", "./testing": "./testing.js" } }',
  );
  for (const [file, source] of [
    ['index.js', 'index.ts'],
    ['testing.js', 'testing/hub.ts'],
  ] as const)
    await writeFile(
      path.join(sdk, file),
      `export * from ${JSON.stringify(path.join(import.meta.dirname, source))};`,
    );
  await writeFile(path.join(home, 'package.json'), '{ "type": "module" }');
  const docs = await readFile(path.join(ROOT, 'docs/bots.md'), 'utf8');
  for (const [, file, code] of docs.matchAll(/^```ts file=(\S+)\n(.*?)^```$/gms)) {
    lines.set(file as string, (code as string).split('\n').filter(line => line.trim() !== '').length);
    await writeFile(path.join(home, file as string), code as string);
  }
});
test.after(() => rm(home, { recursive: true, force: true }));

test('they are as short as they are said to be', () => {
  assert.equal([...lines.keys()], ['claude.ts', 'echo.ts', 'echo.test.ts']);
  assert.ok((lines.get('claude.ts') ?? 99) <= 20, `${lines.get('claude.ts')}`);
  assert.ok((lines.get('echo.ts') ?? 99) <= 15, `${lines.get('echo.ts')}`);
  assert.ok((lines.get('echo.test.ts') ?? 99) <= 20, `${lines.get('echo.test.ts')}`);
});

test('the smallest bot passes its own test', async () => {
  const { stdout } = await run(process.execPath, ['echo.test.ts'], { cwd: home });
  assert.match(stdout, /Passed: +1/);
});

test('the AI bot streams what Claude says', async () => {
  await using hub = await createTestHub();
  await using claude = await openClaudeSimulator();
  claude.writer = (_, told) => [
    { text: `You asked "${told}". The court opens on Friday, as was said.`, cites: [] },
  ];
  const { url, token } = await hub.bot('claude');
  const bot: ChildProcess = spawn(process.execPath, ['claude.ts'], {
    cwd: home,
    stdio: 'ignore',
    env: {
      ...process.env,
      COURT_URL: url,
      COURT_TOKEN: token,
      ANTHROPIC_API_KEY: claude.apiKey,
      ANTHROPIC_BASE_URL: claude.url,
    },
  });
  try {
    const ada = await hub.person('Ada');
    const drafts: string[] = [];
    ada.court.on('push', push => push.name === 'message:draft' && drafts.push(push.payload.text));
    const { id } = await ada.say('@claude When do we open?');
    assert.is(
      await ada.hears('Friday'),
      '- You asked "When do we open?". The court opens on Friday, as was said.',
    );
    assert.is(ada.court.room('lobby').messages.at(-1)?.replyTo, id);
    assert.ok(drafts.length > 0);
  } finally {
    bot.kill('SIGTERM');
    await once(bot, 'exit');
  }
});

test.run();
