// The two connections to Redis, one that speaks and one that listens, to a single server or a cluster, whichever is found at the address.
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './redis-address.ts';
import { refusal, refused } from './redis-refusal.ts';

export type RedisClient = Redis | Cluster;

export interface RedisClients extends AsyncDisposable {
  readonly client: RedisClient;
  readonly subscriber: RedisClient;
  readonly isCluster: boolean;
}

/** Milliseconds. */
const PATIENCE = 3000;
const CONNECTING = 10_000;
const again = (attempt: number) => Math.min(50 * 2 ** attempt, 2000);

/** @throws RedisError when nothing there can be used now; later losses heal by themselves */
export async function connectRedis(address: RedisAddress): Promise<RedisClients> {
  const isCluster = await firstContact(address);
  const client = isCluster ? clusterOf(address) : serverOf(address);
  const subscriber = isCluster
    ? clusterOf(address, { shardedSubscribers: true, enableOfflineQueue: true })
    : serverOf(address, { enableOfflineQueue: true, autoResubscribe: false });
  const close = async () => {
    for (const one of [client, subscriber]) one.disconnect();
  };
  let last: Error | undefined;
  const remember = (error: Error) => {
    last = error;
  };
  for (const one of [client, subscriber]) one.on('error', remember);
  try {
    await inTime(Promise.all([client.connect(), subscriber.connect()]));
  } catch (error) {
    await close();
    throw refusal(error as Error, last);
  }
  return { client, subscriber, isCluster, [Symbol.asyncDispose]: close };
}

const optionsOf = ({ tls, username, password, db }: RedisAddress) =>
  ({
    lazyConnect: true,
    connectTimeout: PATIENCE,
    commandTimeout: PATIENCE,
    // Whichever version of IP the host has.
    family: 0,
    ...(tls && { tls: {} }),
    ...(username && { username }),
    ...(password && { password }),
    ...(db !== undefined && { db }),
    // What cannot be said now is not worth saying later: hints are replaced by the poll of heads.
    maxRetriesPerRequest: 0,
  }) satisfies RedisOptions;

const serverOf = (address: RedisAddress, options: RedisOptions = {}) =>
  new Redis({
    ...optionsOf(address),
    ...(address.nodes[0] as { host: string; port: number }),
    enableOfflineQueue: false,
    retryStrategy: again,
    ...options,
  });

const clusterOf = (address: RedisAddress, options: ClusterOptions = {}) =>
  new Cluster([...address.nodes], {
    redisOptions: optionsOf(address),
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: again,
    slotsRefreshTimeout: PATIENCE,
    slotsRefreshInterval: 10_000,
    maxRedirections: 5,
    // A host is looked up by the connection itself, which compares its name with the certificate.
    dnsLookup: (host, found) => found(null, host),
    ...options,
  });

/** Asks the first node that answers what it is part of. */
async function firstContact(address: RedisAddress): Promise<boolean> {
  const problems: Error[] = [];
  for (const node of address.nodes) {
    let last: Error | undefined;
    const contact = serverOf(
      { ...address, nodes: [node] },
      { retryStrategy: () => null, enableReadyCheck: false },
    );
    contact.on('error', error => {
      last = error;
    });
    try {
      await contact.connect();
      const isCluster = /cluster_enabled:1/.test(await contact.info('cluster'));
      if (isCluster && !/cluster_state:ok/.test(String(await contact.cluster('INFO'))))
        throw refused('the cluster does not serve now, as CLUSTER INFO says');
      if (!isCluster && address.nodes.length > 1)
        throw refused('several addresses are for a cluster, and what answers there is a single server');
      return isCluster;
    } catch (error) {
      problems.push(refusal(error as Error, last));
    } finally {
      contact.disconnect();
    }
  }
  throw problems[0];
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('connecting timed out')), CONNECTING);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
