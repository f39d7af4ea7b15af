// Where Redis is, as REDIS_URL says it: one server, or some nodes of a cluster with a comma between them.

export interface RedisAddress {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
}

/** `redis[s]://[user][:password@]host[:port][,host[:port]…][/database]`; undefined when the text is none. */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  const [, scheme, , user, password, hosts = '', db] =
    /^(rediss?):\/\/(([^:]*?)(?::(.*))?@)?([^/@?#]+)(?:\/(\d*))?$/.exec(text) ?? [];
  const nodes = hosts.split(',').map(part => node(part.trim()));
  if (!scheme || !nodes.every(one => one !== undefined)) return undefined;
  // A cluster has but one database.
  if (db && nodes.length > 1) return undefined;
  return {
    nodes,
    tls: scheme === 'rediss',
    ...(user && { username: decoded(user) }),
    ...(password && { password: decoded(password) }),
    ...(db && { db: Number(db) }),
  };
}

function node(text: string): RedisAddress['nodes'][number] | undefined {
  if (!text || !URL.canParse(`redis://${text}`)) return undefined;
  const { hostname, port } = new URL(`redis://${text}`);
  if (!hostname || port === '0') return undefined;
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 6379) };
}

/** A password that nobody encoded stands as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
