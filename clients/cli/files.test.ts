// time limit: 300 s
// Files by the command line: shared, listed and fetched; what was interrupted goes on with the same command.

import { hash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openProxy, type TcpProxy } from '../../scripts/lib/tcp-proxy.ts';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { connect } from '../../server/testing/client.ts';
import { until } from '../../server/testing/until.ts';
import { type Cli, openCli } from './fixture.ts';

const test = suite('court upload, download, files');
const MB = 1 << 20;
let hub: TestHub;
let proxy: TcpProxy;
let ada: Cli;

test.before(async () => {
  hub = await boot();
  proxy = await openProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
  ada = await openCli({
    COURT_URL: `http://127.0.0.1:${proxy.port}`,
    COURT_TOKEN: await hub.token('ada', { name: 'Ada' }),
  });
  await using owner = await connect(hub.url, { token: await hub.token('ada', { name: 'Ada' }) });
  await owner.call('room:create', { id: 'garden', title: 'Garden', kind: 'public' });
});
test.after(async () => {
  await ada?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

const sha = (bytes: Uint8Array) => hash('sha256', bytes, 'hex');
const at = (name: string) => path.join(ada.home.path, name);

test('files are shared as one message, listed, and fetched by message or by id; nothing is written over', async () => {
  await writeFile(at('plan.txt'), 'We meet at the gate.');
  await writeFile(at('seeds.csv'), 'name,row\nbasil,1\n');
  const [plan, seeds, message] = await ada.json([
    'upload',
    at('plan.txt'),
    at('seeds.csv'),
    '--room',
    'garden',
    '--text',
    'For today',
  ]);
  assert.equal([plan?.name, seeds?.name, message?.files], ['plan.txt', 'seeds.csv', [plan?.id, seeds?.id]]);
  const listed = await ada.json(['files', '--room', 'garden']);
  assert.equal(listed.map(({ name, seq, by }) => [name, seq, by]).sort(), [
    ['plan.txt', message?.seq, 'ada'],
    ['seeds.csv', message?.seq, 'ada'],
  ]);

  await mkdir(at('got'));
  await ada.json(['download', `garden#${message?.seq}`, '-o', at('got')]);
  assert.equal((await readdir(at('got'))).sort(), ['plan.txt', 'seeds.csv']);
  const again = await ada.run(['download', String(plan?.id), '-o', at('got/plan.txt')]);
  assert.is(again.code, 1);
  assert.match(again.stderr, /is there already.*--force/);
  assert.is((await ada.run(['download', String(plan?.id), '-o', '-'])).stdout, 'We meet at the gate.');
});

test('an upload that was interrupted goes on with the same command, and a download with what is there of it', async () => {
  const bytes = randomBytes(12 * MB);
  await writeFile(at('large.bin'), bytes);
  const upload = ['upload', at('large.bin'), '--room', 'garden'];
  const record = async () =>
    JSON.parse(await readFile(at('first-court/uploads.json'), 'utf8').catch(() => '[]'));
  const first = ada.start(upload);
  await until(async () => (await record())[0]?.id !== undefined, 'it has begun');
  const goOn = proxy.fallSilent();
  first.kill('SIGKILL');
  await once(first, 'exit');
  goOn();
  const [{ id }] = await record();
  const [file] = await ada.json(upload);
  assert.is(file?.id, id, 'the same upload');
  assert.equal(await record(), []);

  const target = at('back.bin');
  await writeFile(`${target}.${String(id).slice(0, 8)}.part`, bytes.subarray(0, 5 * MB));
  await ada.json(['download', String(id), '-o', target]);
  assert.is(sha(await readFile(target)), sha(bytes));
  assert.not.ok((await readdir(ada.home.path)).some(name => name.endsWith('.part')));
});

test.run();
