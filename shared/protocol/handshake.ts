// What a client says when it connects, and what its access token holds.
import { z } from 'zod';
import { platformRole } from './models.ts';
import * as p from './primitives.ts';

export const handshake = z.object({
  token: z.string().min(1).max(8192),
  protocol: z.number(),
  /** Name and version of the program, e.g. `first-court-js/0.1.0`. */
  client: z.string().max(100).refine(p.storable, p.unstorable).optional(),
  /** Names the device for ever, so that presence can tell two tabs from two machines. */
  device: z.string().min(1).max(100).refine(p.storable, p.unstorable).optional(),
});
export type Handshake = z.infer<typeof handshake>;

/** Claims of the hub's own access tokens, beside `iss` and `aud`, which the verifier checks. */
export const claims = z.object({
  sub: p.userId,
  name: p.userName,
  role: platformRole,
  sid: z.string().max(128).optional(),
  exp: z.number(),
});
export type Claims = z.infer<typeof claims>;
