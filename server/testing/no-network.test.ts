import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('testing/no-network');
const preload = pathToFileURL(path.join(import.meta.dirname, 'no-network.ts')).href;

/** What a test process prints that has the guard. */
function run(code: string): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, '--input-type=module', '-e', code],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  return stdout + stderr;
}

const tell = '.then(x => console.log("reached"), e => console.log(e.cause?.message ?? e.message))';
const REFUSED =
  /^A test tried to (connect to|look up) (192\.0\.2\.1|2001:db8::1|example\.com)\. Tests reach only this machine/;

test('no way out: sockets, TLS, HTTP, fetch and name look-ups fail with a sentence', () => {
  const socket = (call: string) =>
    `import net from 'node:net'; import tls from 'node:tls'; import http from 'node:http';
     await new Promise((resolve, reject) => ${call}.on('error', reject).on('connect', resolve).on('response', resolve))${tell}`;
  for (const code of [
    socket(`net.connect(80, '192.0.2.1')`),
    socket(`net.connect({ port: 80, host: '2001:db8::1' })`),
    socket(`new net.Socket().connect(80, 'example.com')`),
    socket(`tls.connect(443, 'example.com')`),
    socket(`http.get('http://192.0.2.1/')`),
    `await fetch('http://example.com/')${tell}`,
    `import dns from 'node:dns/promises'; await dns.lookup('example.com')${tell}`,
    `import dns from 'node:dns'; await new Promise((a, b) => dns.lookup('example.com', e => e ? b(e) : a()))${tell}`,
  ]) {
    assert.match(run(code), REFUSED, code);
  }
});

test('this machine stays reachable, by address and by name', () => {
  const code = `
    import http from 'node:http';
    const server = http.createServer((_, response) => response.end('here')).listen(0);
    await new Promise(resolve => server.on('listening', resolve));
    for (const host of ['127.0.0.1', 'localhost']) console.log(await (await fetch(\`http://\${host}:\${server.address().port}/\`)).text());
    server.close(); server.closeAllConnections();`;
  assert.is(run(code), 'here\nhere\n');
});

test.run();
