// Requests to addresses that people or other services gave us: only to the public internet, decided when the connection is made (attack 23).
import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { HubError } from '../hub/errors.ts';
import { SendError } from '../hub/ports-outbox.ts';

/** Whatever the other side does, it gets so many milliseconds and may say so many bytes. */
const PATIENCE = 3000;
const REPLY_BYTES = 512 * 1024;

/** Networks that are no part of the public internet, as the IANA's registries of special addresses have them. */
const PRIVATE = [
  ...[
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
  ],
  ...[
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
  ],
  ...['224.0.0.0/4', '240.0.0.0/4'],
  // Of version 6 only 2000::/3 is given out; within it, tunnels lead anywhere.
  ...['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
];

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Guard extends Disposable {
  /** @throws HubError `bad_request` when nothing may ever be sent there */
  check(url: string): void;
  /** Follows no redirect, unpacks nothing. @throws SendError */
  post(url: string, headers: Record<string, string>, body: Buffer | string): Promise<Reply>;
}

/** @param allowed addresses and networks that may be reached although they are private, e.g. `10.1.0.0/16` */
export function createGuard(allowed: readonly string[], patience = PATIENCE): Guard {
  const isBlocked = listOf(PRIVATE);
  const isAllowed = listOf(allowed);
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };

  const isOpen = (address: string) => isAllowed(address) || !isBlocked(plain(address));

  /** Looked at where the connection is made, so that a name cannot mean something else a moment later. */
  const lookup: net.LookupFunction = (name, options, done) => {
    dns.lookup(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const open = found.filter(({ address }) => isOpen(address));
      const [first] = open;
      if (!first) return done(new SendError('never', `${name} is an address of a private network.`), '');
      if (options.all) done(null, open);
      else done(null, first.address, first.family);
    });
  };

  const check = (text: string): URL => {
    const url = new URL(text);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isAddress = net.isIP(host) > 0;
    if (isAddress && !isOpen(host))
      throw new HubError(
        'bad_request',
        'This is an address of a private network. The operator can allow it with PRIVATE_TARGETS.',
      );
    if (url.protocol !== 'https:' && !(isAddress && isAllowed(host)))
      throw new HubError('bad_request', 'Only addresses that begin with https: are used.');
    if (url.username || url.password)
      throw new HubError('bad_request', 'A name and password must not stand in the address.');
    return url;
  };

  return {
    check: url => void check(url),
    async post(text, headers, body) {
      let url: URL;
      try {
        url = check(text);
      } catch (error) {
        throw new SendError('never', (error as Error).message);
      }
      return request(url, {
        method: 'POST',
        headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
        agent: agents[url.protocol as keyof typeof agents],
        lookup,
        body,
        patience,
      });
    },
    [Symbol.dispose]() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** One request, with an end to its patience and to what it reads. @throws SendError `later`, or what `lookup` failed with */
export function request(
  url: URL,
  { body, patience, ...options }: http.RequestOptions & { body: Buffer | string; patience: number },
): Promise<Reply> {
  const { request: begin } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(patience);
    const fail = (error: Error) => {
      if (error instanceof SendError) reject(error);
      else if (signal.aborted) reject(new SendError('later', `No answer within ${patience / 1000} s.`));
      else
        reject(
          new SendError(
            'later',
            `No connection (${(error as NodeJS.ErrnoException).code ?? error.message}).`,
          ),
        );
    };
    const sent = begin(url, { ...options, signal }, answer => {
      const read: Buffer[] = [];
      let bytes = 0;
      answer.on('error', fail);
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > REPLY_BYTES) answer.destroy(new SendError('later', 'The answer was too long.'));
        else read.push(chunk);
      });
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(read).toString(),
        }),
      );
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

/** `Retry-After` in seconds or as a date, in milliseconds from now. */
export function retryAfter({ headers }: Reply): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 86_400_000) : undefined;
}

/** An address of version 4 in one of version 6 is judged as what it leads to. */
function plain(address: string): string {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (high === undefined || low === undefined) return address.replace(/^::ffff:(?=\d+\.)/i, '');
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [24, 16, 8, 0].map(shift => (bits >>> shift) & 255).join('.');
}

/**
 * Whether an address is in one of the networks. One list for each version: a list of both would find every address of version 4 in a network of
 * version 6 that is as wide as `::/3`.
 */
function listOf(networks: readonly string[]): (address: string) => boolean {
  const lists = { ipv4: new net.BlockList(), ipv6: new net.BlockList() };
  const family = (address: string) => (net.isIPv6(address) ? 'ipv6' : 'ipv4');
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const version = family(address);
    if (bits === undefined) lists[version].addAddress(address, version);
    else lists[version].addSubnet(address, Number(bits), version);
  }
  return address => lists[family(address)].check(address, family(address));
}
