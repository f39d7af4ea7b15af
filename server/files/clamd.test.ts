import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ClamdSimulator, EICAR, openClamdSimulator } from '../../scripts/simulators/clamd/simulator.ts';
import { parseClamavAddress } from '../clamav-address.ts';
import type { HubError } from '../hub/errors.ts';
import { until } from '../testing/until.ts';
import { type ClamdTempo, createClamd } from './clamd.ts';

const test = suite('virus scanner');

const scannerOf = (url: string, tempo?: Partial<ClamdTempo>) => {
  const address = parseClamavAddress(url);
  if (!address) throw new Error(url);
  return createClamd({ address, ...(tempo && { tempo }) });
};
const file = (...pieces: (string | Uint8Array)[]) => Readable.from(pieces.map(piece => Buffer.from(piece)));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: HubError) => error.code,
  );
const letGo = (clamd: ClamdSimulator) => until(() => clamd.open === 0, 'connections are closed');

test('an address is a host with its port, or a socket file', () => {
  assert.equal(parseClamavAddress('tcp://clamav'), { host: 'clamav', port: 3310 });
  assert.equal(parseClamavAddress('tcp://[::1]:3311'), { host: '::1', port: 3311 });
  assert.equal(parseClamavAddress('unix:/run/clamd.ctl'), { path: '/run/clamd.ctl' });
  for (const bad of ['clamav:3310', 'http://clamav', 'tcp://', 'tcp://a:0', 'tcp://a/b', 'unix:run', 'unix:'])
    assert.is(parseClamavAddress(bad), undefined, bad);
});

test('a virus is named, also when it comes in pieces; what has none passes', async () => {
  await using clamd = await openClamdSimulator();
  const scanner = scannerOf(clamd.url);
  await scanner.probe();
  assert.is(await scanner.scan(file('hello')), undefined);
  assert.is(await scanner.scan(file()), undefined);
  assert.is(await scanner.scan(file(EICAR.slice(0, 20), '', EICAR.slice(20))), 'Eicar-Test-Signature');
  assert.is(await scanner.scan(file(...Array(300).fill(Buffer.alloc(65_536, 'x')))), undefined);
  assert.is(clamd.scanned, 4);
  await letGo(clamd);
});

test('a scanner that fails has passed nothing: every fault is told as one', async () => {
  await using clamd = await openClamdSimulator();
  const scanner = scannerOf(clamd.url, { pieceMs: 200, verdictMs: 200 });
  for (const fault of ['mute', 'cut', 'garbage', 'babble', 'error'] as const) {
    clamd.fault = fault;
    assert.is(await codeOf(scanner.scan(file(EICAR))), 'unavailable', fault);
  }
  for (const fault of ['mute', 'garbage', 'babble'] as const) {
    clamd.fault = fault;
    assert.is(await codeOf(scanner.probe()), 'unavailable', fault);
  }
  clamd.fault = undefined;
  clamd.slowness = 1000;
  assert.is(await codeOf(scanner.scan(file('slow'))), 'unavailable');
  clamd.slowness = 0;
  clamd.maxLength = 1000;
  assert.is(await codeOf(scanner.scan(file(Buffer.alloc(5000)))), 'too_large');
  const endless = new Readable({ read: () => void endless.push(Buffer.alloc(65_536)) });
  assert.is(await codeOf(scanner.scan(endless)), 'too_large');
  assert.ok(endless.destroyed);
  assert.is(await scanner.scan(file('well again')), undefined);
  await letGo(clamd);
  await clamd[Symbol.asyncDispose]();
  assert.is(await codeOf(scanner.scan(file('x'))), 'unavailable');
});

test("a storage that fails in the middle is the storage's failure, and leaves no connection", async () => {
  await using clamd = await openClamdSimulator();
  const broken = new Readable({ read: () => void broken.destroy(new Error('gone')) });
  const seen = await scannerOf(clamd.url)
    .scan(broken)
    .catch(error => error);
  assert.is(seen.message, 'gone');
  const mute = new Readable({ read() {} });
  assert.is(await codeOf(scannerOf(clamd.url, { pieceMs: 100 }).scan(mute)), 'unavailable');
  assert.ok(mute.destroyed);
  await letGo(clamd);
});

const CLAMD = ['/usr/sbin/clamd', '/usr/local/sbin/clamd', '/usr/bin/clamd'].find(existsSync);

if (CLAMD)
  test('a real clamd with a signature of our own agrees with the simulated one', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'clamd-'));
    const socket = path.join(folder, 'clamd.ctl');
    await writeFile(path.join(folder, 'own.ndb'), `Own-Eicar:0:*:${Buffer.from(EICAR).toString('hex')}\n`);
    const settings = {
      Foreground: 'yes',
      LocalSocket: socket,
      DatabaseDirectory: folder,
      TemporaryDirectory: folder,
      StreamMaxLength: '1M',
      MaxThreads: '2',
    };
    const lines = Object.entries(settings).map(pair => `${pair.join(' ')}\n`);
    await writeFile(path.join(folder, 'clamd.conf'), lines.join(''));
    const clamd = spawn(CLAMD, ['-c', path.join(folder, 'clamd.conf')], { stdio: 'ignore' });
    try {
      const scanner = scannerOf(`unix:${socket}`);
      await until(
        () =>
          scanner.probe().then(
            () => true,
            () => false,
          ),
        'clamd answers',
      );
      assert.is(await scanner.scan(file('hello')), undefined);
      assert.match((await scanner.scan(file('x'.repeat(10), EICAR))) ?? '', /^Own-Eicar/);
      const large = () => codeOf(scanner.scan(file(...Array(50).fill(Buffer.alloc(65_536)))));
      await until(
        async () => (await large()) === 'too_large',
        'a file that is too large is told from a fault',
      );
    } finally {
      clamd.kill();
      await once(clamd, 'exit');
      await rm(folder, { recursive: true });
    }
  });

test.run();
