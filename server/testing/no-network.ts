// Preloaded into every test process: nothing but this machine can be reached, so that no test depends on the internet or talks to it.
import dns from 'node:dns';
import net from 'node:net';

const LOOPBACK = new net.BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');
// "Any address" as a target means this machine.
LOOPBACK.addAddress('0.0.0.0');
LOOPBACK.addAddress('::', 'ipv6');

function isHere(host: string): boolean {
  const version = net.isIP(host);
  if (version === 0) return /^(.+\.)?localhost\.?$/i.test(host) || host === '';
  return LOOPBACK.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

function refusal(what: string, host: string): Error {
  return Object.assign(
    new Error(
      `A test tried to ${what} ${host}. Tests reach only this machine (server/testing/no-network.ts).`,
    ),
    {
      code: 'ENETUNREACH',
    },
  );
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const host = targetHost(args);
  if (host !== undefined && !isHere(host)) {
    process.nextTick(() => this.destroy(refusal('connect to', host)));
    return this;
  }
  return Reflect.apply(connect, this, args);
} as typeof connect;

/** Of `connect(options)`, `connect(port, host)` and `connect(path)`, plain or as the list that net.connect makes of them; undefined: a path. */
function targetHost(args: unknown[]): string | undefined {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object' && first !== null) {
    const { path, host } = first as { path?: string; host?: string };
    return path ? undefined : (host ?? 'localhost');
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return undefined;
  return typeof second === 'string' ? second : 'localhost';
}

const lookup = dns.lookup;
dns.lookup = ((host: string, ...rest: unknown[]) => {
  if (isHere(host)) return Reflect.apply(lookup, dns, [host, ...rest]);
  const callback = rest.at(-1) as (error: Error) => void;
  process.nextTick(callback, refusal('look up', host));
}) as typeof lookup;

const lookupPromise = dns.promises.lookup;
dns.promises.lookup = (async (host: string, ...rest: unknown[]) => {
  if (!isHere(host)) throw refusal('look up', host);
  return Reflect.apply(lookupPromise, dns.promises, [host, ...rest]);
}) as typeof lookupPromise;
