// Who may connect: the handshake is parsed, counted and proved before a socket exists.
import { z } from 'zod';
import type { Refusal } from '#shared/protocol/errors.ts';
import { handshake } from '#shared/protocol/handshake.ts';
import { PROTOCOL } from '#shared/protocol/version.ts';
import { HubError, overloaded, spread, Unreachable } from '../hub/errors.ts';
import type { Log } from '../hub/ports.ts';
import type { Limits } from '../hub/ports-people.ts';
import type { Pressure } from '../hub/pressure.ts';
import type { SignedIn } from '../hub/sessions.ts';

/** Open sockets that one node, one person and one address may have. */
export interface ConnectionCaps {
  readonly total: number;
  readonly perUser: number;
  readonly perAddress: number;
}

/** A refused handshake; Socket.IO hands `data` to the client as `err.data`. */
export class RefusedHandshake extends Error {
  readonly data: Refusal;

  constructor(data: Refusal) {
    super(data.message);
    this.data = data;
  }
}

export interface Admission {
  /** Counts the socket in. @throws RefusedHandshake */
  admit(auth: unknown, address: string): Promise<SignedIn>;
  /** Counts it out. */
  leave(actor: SignedIn, address: string): void;
}

export function createAdmission(deps: {
  authenticate(token: string): Promise<SignedIn>;
  limits: Pick<Limits, 'take'>;
  caps: ConnectionCaps;
  pressure: Pressure;
  log: Log;
}): Admission {
  const { authenticate, limits, caps, pressure, log } = deps;
  let total = 0;
  const perUser = new Map<string, number>();
  const perAddress = new Map<string, number>();

  const full = (what: string): never => {
    throw new RefusedHandshake({ code: 'unavailable', message: what, retryAfterMs: spread(3000, 4000) });
  };

  const checkRoom = (address: string) => {
    if (total >= caps.total) full('This node is full.');
    if ((perAddress.get(address) ?? 0) >= caps.perAddress) full('Too many connections from your address.');
  };

  const authenticated = async (token: string): Promise<SignedIn> => {
    try {
      return await authenticate(token);
    } catch (error) {
      if (error instanceof HubError && error.code !== 'unavailable') {
        const expired = (error.details as { reason?: string } | undefined)?.reason === 'token_expired';
        throw new RefusedHandshake({
          code: expired ? 'token_expired' : 'unauthenticated',
          message: error.message,
        });
      }
      // Fails closed: without the database's word nobody comes in (attack 19).
      if (!(error instanceof Unreachable)) log.error({ err: error }, 'a handshake failed');
      throw new RefusedHandshake({
        code: 'unavailable',
        message: 'The hub cannot check sign-ins just now; try again.',
        retryAfterMs: spread(1000, 2000),
      });
    }
  };

  return {
    async admit(auth, address) {
      if (pressure.refuses('joins')) {
        const { message, retryAfterMs } = overloaded();
        throw new RefusedHandshake({ code: 'unavailable', message, ...(retryAfterMs && { retryAfterMs }) });
      }
      const taken = limits.take('handshake.address', address);
      if (!taken.ok) {
        const { retryAfterMs } = taken;
        throw new RefusedHandshake({
          code: 'rate_limited',
          message: 'Too many connections at once.',
          retryAfterMs,
        });
      }
      const named = z.object({ token: z.string(), protocol: z.unknown().optional() }).safeParse(auth);
      if (named.success && named.data.protocol !== PROTOCOL) {
        throw new RefusedHandshake({
          code: 'unsupported_protocol',
          message: `This hub speaks protocol ${PROTOCOL}: connect with auth: { token, protocol: ${PROTOCOL} }.`,
        });
      }
      const parsed = handshake.safeParse(auth);
      if (!parsed.success) {
        const message =
          'Connect with auth: { token, protocol: 1 }, the token being an access token of this hub.';
        throw new RefusedHandshake({ code: 'unauthenticated', message });
      }
      checkRoom(address);
      const actor = await authenticated(parsed.data.token);
      // Again: others may have come in meanwhile.
      checkRoom(address);
      if ((perUser.get(actor.id) ?? 0) >= caps.perUser) full('You have too many connections open.');
      total++;
      count(perUser, actor.id, 1);
      count(perAddress, address, 1);
      return actor;
    },
    leave(actor, address) {
      total--;
      count(perUser, actor.id, -1);
      count(perAddress, address, -1);
    },
  };
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + change;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}
