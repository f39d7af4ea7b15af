// The one HTTP server that both doors share: plain or TLS, and the sentences for what can be wrong with its address.
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { isUpload } from './routes/files.ts';
import { serverOptions } from './server-options.ts';
import { boundBodies } from './slow-bodies.ts';

export interface ServerAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Files in PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

/** One line for the operator: the variable, what is wrong, an example. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly friendly = true;
}

/** @throws ServerError when the certificate or its key cannot be used */
export async function createHttpServer(
  { tls }: Pick<ServerAddress, 'tls'>,
  app: RequestListener,
): Promise<Server> {
  if (!tls) return bounded(createServer(serverOptions, app));
  const read = (name: string, file: string) =>
    readFile(file).catch((error: NodeJS.ErrnoException) => {
      throw new ServerError(
        `${name}: "${file}" cannot be read (${error.code}); example: ${name}=/etc/first-court/${name}.pem`,
      );
    });
  // One after the other, so that of two that are missing the same is named each time.
  const cert = await read('TLS_CERT', tls.cert);
  const key = await read('TLS_KEY', tls.key);
  try {
    return bounded(createSecureServer({ ...serverOptions, cert, key }, app));
  } catch (error) {
    throw new ServerError(
      `TLS_CERT: it and TLS_KEY are not a PEM certificate and its key (${(error as Error).message})`,
    );
  }
}

function bounded<S extends Server>(server: S): S {
  boundBodies(server, isUpload);
  return server;
}

/** Connections that may wait to be accepted: after the fall of another node its whole crowd comes, and who finds no place waits seconds for another try. */
const BACKLOG = 4096;

/** Listens, and returns the address as people write it. @throws ServerError when that address cannot be had */
export async function listen(server: Server, { host, port, tls }: ServerAddress): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, backlog: BACKLOG }, resolve);
    });
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  return `${tls ? 'https' : 'http'}://${urlHost(host)}:${(server.address() as AddressInfo).port}`;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ServerError(
        `PORT: ${port} is taken by another program on ${host}; example: PORT=${port + 1}`,
      );
    case 'EACCES':
      return new ServerError(`PORT: ${port} may not be used by this account; example: PORT=3000`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ServerError(`HOST: "${host}" is not an address of this machine; example: HOST=127.0.0.1`);
    default:
      return error;
  }
}

/** A host as it stands in a URL; what listens everywhere is reached as localhost. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
