// time limit: 300 s
// The demo as somebody starts it: a process that shows what it promises to a socket, and leaves nothing behind, however it ends.
// takes: 60 s
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createClient } from '../clients/js/index.ts';
import { until } from '../server/testing/until.ts';
import { freePort } from './hub-process.ts';

const test = suite('demo');

interface Demo extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Where it keeps what it needs. */
  readonly folder: string;
  output(): string;
  /** What the first brackets match, once it is written. */
  shown(pattern: RegExp): Promise<string>;
  /** Its exit code, once its output is at an end too: nothing that it started holds that any more. */
  ended(): Promise<number | null>;
}

async function run(...args: string[]): Promise<Demo> {
  const folder = await mkdtemp(path.join(tmpdir(), 'demo-test-'));
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'demo.ts'), ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => written.push(text));
  const closed = once(child, 'close');
  return {
    child,
    folder,
    output: () => written.join(''),
    async shown(pattern) {
      for (;;) {
        const match = pattern.exec(written.join(''));
        if (match) return match[1] ?? '';
        const over = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          closed.then(() => true),
        ]);
        if (over) throw new Error(`It ended without ${pattern}: ${written.join('')}`);
      }
    },
    ended: async () => (await closed)[0],
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await closed;
      await rm(folder, { recursive: true });
    },
  };
}

const refuses = (url: string) =>
  fetch(url).then(
    () => false,
    () => true,
  );

test('its link signs in; presence comes from all three services, words from Slack; Ctrl-C leaves nothing', async () => {
  const port = await freePort();
  await using demo = await run('--port', port);
  const url = `http://127.0.0.1:${port}`;
  const page = await demo.shown(/watch them here: (\S+)/);
  const answer = await fetch(`${url}/api/auth/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: await demo.shown(/#signin=([\w-]+)/) }),
  });
  const { accessToken } = (await answer.json()) as { accessToken: string };
  const court = createClient({ url, getToken: () => accessToken });
  try {
    await court.connect();
    const room = court.room(await demo.shown(/\/room\/([\w-]+)\/people/));
    await room.join();
    const heard = new Set<string>();
    const hear = () => {
      for (const { user, status, text = '', sources } of court.presence.values())
        heard.add(`${user} ${status} ${text.replace(/\d\d:\d\d/, 'TIME')} ${sources[0]}`);
    };
    const expected = [
      'ada dnd In a meeting until TIME google',
      'grace dnd In a huddle slack',
      'alan active In the fountain court (Gather) socket',
      'mary away Lunch by the river slack',
    ];
    await until(() => {
      hear();
      return expected.every(one => heard.has(one));
    });
    const said = (by: string, words: RegExp) =>
      room.messages.some(message => message.by === by && words.test(message.text));
    await until(() => said('grace', /\*\*loom cards\*\*/));
    await until(() => room.messages.filter(({ by }) => !/^(ada|grace|emmy|mary)$/.test(by)).length > 10);
  } finally {
    await court.close();
  }
  assert.not.ok(await refuses(page));
  demo.child.kill('SIGINT');
  assert.is(await demo.ended(), 0, demo.output());
  assert.ok(await refuses(url));
  assert.ok(await refuses(page));
  assert.equal(await readdir(demo.folder), []);
});

test('a start that fails says why in a line, and leaves nothing', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    const { port } = other.address() as { port: number };
    await using demo = await run('--port', String(port));
    assert.is(await demo.ended(), 1, demo.output());
    assert.match(demo.output(), new RegExp(`${port}`));
    assert.equal(await readdir(demo.folder), []);
  } finally {
    other.close();
  }
});

test.run();
