// An address or certificate that cannot be used stops the start with one line: the variable, what is wrong, an example.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHttpServer, listen, type ServerAddress, ServerError } from './server.ts';

const test = suite('http server');
const app = () => {};

const HERE = { host: '127.0.0.1', port: 0, tls: undefined };

async function refusal(part: Partial<ServerAddress>): Promise<string> {
  const config = { ...HERE, ...part };
  try {
    const server = await createHttpServer(config, app);
    await listen(server, config);
    server.close();
  } catch (error) {
    assert.instance(error, ServerError);
    return (error as Error).message;
  }
  throw new Error('it listened');
}

test('a port that is taken', async () => {
  const other = createServer(app);
  const url = await listen(other, HERE);
  const { port } = new URL(url);
  const message = await refusal({ port: Number(port) });
  assert.is(
    message,
    `PORT: ${port} is taken by another program on 127.0.0.1; example: PORT=${Number(port) + 1}`,
  );
  other.close();
});

test('a certificate that is not there, or is none', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'first-court-tls-'));
  const file = path.join(folder, 'cert.pem');
  const absent = await refusal({ tls: { cert: path.join(folder, 'none.pem'), key: file } });
  assert.match(absent, /^TLS_CERT: ".*none.pem" cannot be read \(ENOENT\); example: TLS_CERT=/);
  await writeFile(file, 'not a certificate');
  assert.match(await refusal({ tls: { cert: file, key: file } }), /^TLS_CERT: it and TLS_KEY are not a PEM/);
  await rm(folder, { recursive: true });
});

test.run();
