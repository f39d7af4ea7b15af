// The one HTTP server that both doors share: plain or TLS, and the sentences for what can be wrong with its address.
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Config, ConfigError } from './config.ts';
import { serverOptions } from './http/server-options.ts';

/** @throws ConfigError when the certificate or its key cannot be used */
export async function createHttpServer({ tls }: Config, app: RequestListener): Promise<Server> {
  if (!tls) return createServer(serverOptions, app);
  const read = (name: string, file: string) =>
    readFile(file).catch((error: NodeJS.ErrnoException) => {
      throw new ConfigError([
        `${name}: "${file}" cannot be read (${error.code}); example: ${name}=/etc/first-court/${name}.pem`,
      ]);
    });
  const [cert, key] = await Promise.all([read('TLS_CERT', tls.cert), read('TLS_KEY', tls.key)]);
  try {
    return createSecureServer({ ...serverOptions, cert, key }, app);
  } catch (error) {
    throw new ConfigError([
      `TLS_CERT: it and TLS_KEY are not a PEM certificate and its key (${(error as Error).message})`,
    ]);
  }
}

/** Listens, and returns the address as people write it. @throws ConfigError when that address cannot be had */
export async function listen(server: Server, { host, port, tls }: Config): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  return `${tls ? 'https' : 'http'}://${urlHost(host)}:${(server.address() as AddressInfo).port}`;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigError([
        `PORT: ${port} is taken by another program on ${host}; example: PORT=${port + 1}`,
      ]);
    case 'EACCES':
      return new ConfigError([`PORT: ${port} may not be used by this account; example: PORT=3000`]);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError([`HOST: "${host}" is not an address of this machine; example: HOST=127.0.0.1`]);
    default:
      return error;
  }
}

/** A host as it stands in a URL; what listens everywhere is reached as localhost. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
