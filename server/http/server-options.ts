// How long Node's HTTP server waits for a slow client (attack 8): for `createServer(serverOptions, app)`, with boundBodies beside it.
import type { ServerOptions } from 'node:http';

export const serverOptions: ServerOptions = {
  /** Who connects and says nothing, or does not come to the end of the headers, is closed within 5 s, as is a mute WebSocket. */
  headersTimeout: 4_500,
  /** One time for all bodies would cut long uploads: see slow-bodies.ts. */
  requestTimeout: 0,
  /** How often it is looked at. */
  connectionsCheckingInterval: 250,
};
