// The bus over Socket.IO's adapter: a hint is one `serverSideEmit`, signed, since whoever can write to Redis could else speak as anybody.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Bus, HintHandlers, Hints } from '../hub/bus.ts';
import type { Log } from '../hub/ports.ts';
import type { HubServer } from './io.ts';

/** What is sent under another version is not understood here, and dropped: nodes of two releases run side by side during a roll. */
const VERSION = 1;

export function createBus(deps: { io(): HubServer; secret: string; log: Log }): Bus & {
  /** Takes a hint off the wire. */
  receive(text: unknown, signature: unknown): void;
} {
  const { log } = deps;
  const key = createHmac('sha256', deps.secret).update(`first-court hint ${VERSION}`).digest();
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  let handlers: HintHandlers | undefined;

  return {
    publish(kind, hint) {
      const text = JSON.stringify([kind, hint]);
      deps.io().serverSideEmit('hint', text, sign(text));
    },
    listen(next) {
      handlers = next;
    },
    receive(text, signature) {
      if (typeof text !== 'string' || typeof signature !== 'string' || !same(sign(text), signature)) {
        log.warn({}, 'a hint without our signature was dropped');
        return;
      }
      try {
        const [kind, hint] = JSON.parse(text) as [keyof Hints, never];
        if (handlers && Object.hasOwn(handlers, kind)) handlers[kind](hint);
      } catch (error) {
        log.error({ err: error }, 'a hint could not be taken');
      }
    },
  };
}

const same = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
