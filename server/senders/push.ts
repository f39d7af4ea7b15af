// Web Push: encrypted for the browser (RFC 8291), signed by this hub (VAPID), with a topic made of its key so that a second one takes the place of the
// first (RFC 8030).
import { createHash } from 'node:crypto';
import { type Letter, type Parcel, SendError, type Sender } from '../hub/ports-outbox.ts';
import { type Guard, retryAfter } from './guard.ts';
import { inOrder } from './letters.ts';

export interface VapidKeys {
  /** Base64url, as browsers want it. */
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface PushOptions {
  readonly guard: Guard;
  readonly keys: VapidKeys;
  /** Whom a push service may turn to: an address that begins with https: or mailto:. */
  subject(): string;
}

/** Seconds for which a push service keeps it for a browser that is off. */
const KEPT = 86_400;
/** Characters; a push holds 3,993 bytes. */
const TEXT = 700;
const TITLE = 120;

export function createPush({ guard, keys, subject }: PushOptions): Sender {
  return {
    channel: 'push',
    async send({ key, to, payloads, at, expiresAt }: Parcel) {
      if (!to.device) throw new SendError('gone', 'There is no such device any more.');
      const { endpoint, keys: theirs } = to.device;
      const letters = payloads as readonly Letter[];
      const left = expiresAt ? Math.floor((Date.parse(expiresAt) - Date.now()) / 1000) : KEPT;
      const urgent = letters.some(({ level }) => level === 'critical' || level === 'warning');
      const tag = createHash('sha256').update(key).digest('base64url').slice(0, 32);
      const { default: webPush } = await import('web-push');
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: theirs },
        JSON.stringify({ ...shown(letters), tag, at }),
        {
          vapidDetails: { subject: subject(), ...keys },
          TTL: Math.max(0, Math.min(KEPT, left)),
          topic: tag,
          urgency: urgent ? 'high' : 'normal',
        },
      );
      const sent = {
        ...(headers as unknown as Record<string, string>),
        'Content-Type': 'application/octet-stream',
      };
      const reply = await guard.post(endpoint, sent, body ?? Buffer.alloc(0));
      const { status } = reply;
      if (status >= 200 && status < 300) return;
      const words = `The push service answered with ${status}.`;
      if (status === 404 || status === 410) throw new SendError('gone', words);
      if (status === 429 || status >= 500) throw new SendError('later', words, retryAfter(reply));
      throw new SendError('never', words);
    },
    // Each browser has its own push service; there is none to ask.
    probe: async () => ({ state: 'ok' }),
    async [Symbol.asyncDispose]() {
      guard[Symbol.dispose]();
    },
  };
}

/** What the service worker shows (clients/web/public/push.js). */
function shown(letters: readonly Letter[]) {
  const newest = inOrder(letters).at(-1) as Letter;
  const more = letters.length - 1;
  return {
    title: cut(more > 0 ? `${newest.title}, and ${more} more` : newest.title, TITLE),
    body: cut(newest.text, TEXT),
    place: newest.place ?? '/',
    level: newest.level ?? 'info',
  };
}

function cut(text: string, most: number): string {
  const signs = [...text];
  return signs.length > most ? `${signs.slice(0, most).join('')}…` : text;
}
