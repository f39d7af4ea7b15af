// How long Node's HTTP server waits for a slow client (attack 8): for `createServer(serverOptions, app)`.
import type { ServerOptions } from 'node:http';

export const serverOptions: ServerOptions = {
  /** Who connects and says nothing, or does not come to the end of the headers, is closed within 5 s, as is a mute WebSocket; */
  headersTimeout: 4_500,
  /** a whole body must be here in 30 s. Else it is answered 408 and closed. */
  requestTimeout: 30_000,
  /** How often the two are looked at. */
  connectionsCheckingInterval: 250,
};
