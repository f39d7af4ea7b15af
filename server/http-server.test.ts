// An address or certificate that cannot be used stops the start with one line: the variable, what is wrong, an example.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, readConfig } from './config.ts';
import { createHttpServer, listen } from './http-server.ts';

const test = suite('http server');
const app = () => {};

async function refusal(env: Record<string, string>): Promise<string> {
  const config = readConfig(env);
  try {
    const server = await createHttpServer(config, app);
    await listen(server, config);
    server.close();
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as Error).message;
  }
  throw new Error('it listened');
}

test('a port that is taken, an address of another machine', async () => {
  const other = createServer(app);
  const url = await listen(other, readConfig({ PORT: '0' }));
  const { port } = new URL(url);
  const message = await refusal({ PORT: port });
  assert.is(
    message,
    `PORT: ${port} is taken by another program on 127.0.0.1; example: PORT=${Number(port) + 1}`,
  );
  other.close();
  assert.match(
    await refusal({ PORT: '0', HOST: '192.0.2.1' }),
    /^HOST: "192.0.2.1" is not an address of this machine; example: HOST=/,
  );
});

test('a certificate that is not there, or is none', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'first-court-tls-'));
  const file = path.join(folder, 'cert.pem');
  const absent = await refusal({ PORT: '0', TLS_CERT: path.join(folder, 'none.pem'), TLS_KEY: file });
  assert.match(absent, /^TLS_CERT: ".*none.pem" cannot be read \(ENOENT\); example: TLS_CERT=/);
  await writeFile(file, 'not a certificate');
  assert.match(
    await refusal({ PORT: '0', TLS_CERT: file, TLS_KEY: file }),
    /^TLS_CERT: it and TLS_KEY are not a PEM/,
  );
  await rm(folder, { recursive: true });
});

test.run();
