// How long Node's HTTP server waits for a slow client (attack 8): for `createServer(serverOptions, app)`.
import type { ServerOptions } from 'node:http';

export const serverOptions: ServerOptions = {
  /** All headers of a request must be here in 10 s, */
  headersTimeout: 10_000,
  /** and its whole body in 30 s; else it is answered 408 and closed. */
  requestTimeout: 30_000,
  /** How often the two are looked at. */
  connectionsCheckingInterval: 2_000,
};
