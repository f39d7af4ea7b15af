// The package as a program gets it: built, found by its name, run by plain Node, and type-checked from outside.
// takes: 12 s
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const HERE = import.meta.dirname;
const MODULES = path.join(HERE, '../../node_modules');
const run = promisify(execFile);
const bin = (name: string) => path.join(MODULES, '.bin', name);

const test = suite('the built package');
let home: string;
let built: string;

test.before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'first-court-sdk-'));
  const modules = path.join(home, 'node_modules');
  const installed = path.join(modules, '@first-court/client');
  built = path.join(installed, 'dist');
  await mkdir(installed, { recursive: true });
  await cp(path.join(HERE, 'package.json'), path.join(installed, 'package.json'));
  await run(bin('vite'), ['build', '--outDir', built, '--logLevel', 'error'], { cwd: HERE });
  await run(bin('tsc'), ['-p', 'tsconfig.build.json', '--outDir', path.join(built, 'types')], { cwd: HERE });
  const { dependencies } = JSON.parse(await readFile(path.join(HERE, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies))
    await symlink(path.join(MODULES, name), path.join(modules, name));
  await writeFile(path.join(home, 'package.json'), '{ "type": "module" }');
});

test.after(() => rm(home, { recursive: true }));

test('plain Node imports it and uses it', async () => {
  await writeFile(
    path.join(home, 'program.js'),
    `import { createClient, CallError } from '@first-court/client';
     const court = createClient({ url: 'http://127.0.0.1:1', getToken: () => 'token' });
     const { done } = court.room('lobby').send('hello');
     const error = await court.call('room:list', {}, { timeoutMs: 10 }).catch(error => error);
     console.log(error instanceof CallError, error.code, court.room('lobby').messages[0].text);
     await court.close();
     console.log((await done.catch(error => error)).code);`,
  );
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: home });
  assert.is(stdout, 'true not_sent hello\nunknown\n');
});

test('its types hold from outside: right use passes, wrong use does not', async () => {
  await writeFile(
    path.join(home, 'program.ts'),
    `import { type CallError, createClient, type RoomMessage } from '@first-court/client';
     await using court = createClient({ url: 'http://127.0.0.1:1', getToken: async ({ reason }) => reason });
     const { rooms } = await court.call('room:list', { scope: 'mine' });
     const titles: string[] = rooms.map(room => room.title);
     const room = court.room(titles[0] ?? 'lobby');
     room.on('message', message => message.text.toUpperCase());
     const { id, done } = room.send('hello', { replyTo: titles[0]! });
     const seq: number = (await done).seq;
     const messages: readonly RoomMessage[] = room.messages;
     export const failed: CallError | undefined = messages[seq]?.failed;
     // @ts-expect-error there is no such call
     court.call('room:burn', {});
     // @ts-expect-error a room is named by a text
     court.call('room:join', { room: 7 });
     // @ts-expect-error there is no such event
     room.on('massage', () => {});
     // @ts-expect-error an id is a text
     export const wrong: number = id;`,
  );
  await writeFile(
    path.join(home, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'esnext',
        module: 'nodenext',
        lib: ['esnext', 'dom'],
        types: [],
      },
      include: ['program.ts'],
    }),
  );
  const { stdout } = await run(bin('tsc'), ['-p', '.'], { cwd: home }).catch(error => error);
  assert.is(stdout, '');
});

test('it brings no schemas to the browser, and leaves its dependencies outside', async () => {
  const code = await readFile(path.join(built, 'index.js'), 'utf8');
  const imports = [...code.matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)].map(match => match[1]);
  assert.equal([...new Set(imports)].sort(), ['idb', 'socket.io-client', 'tus-js-client']);
  assert.not.match(code, /zod/);
});

test.run();
