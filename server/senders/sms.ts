// SMS through a gateway of the operator's: a signed POST `{ id, to, text, at }`; the gateway sends what it has not sent under this id.
import { createHash } from 'node:crypto';
import { type Letter, type Parcel, SendError, type Sender } from '../hub/ports-outbox.ts';
import { type Reply, request, retryAfter } from './guard.ts';
import { inOrder } from './letters.ts';
import { signed } from './signature.ts';

export interface SmsOptions {
  /** Set by the operator, so it may be anywhere. */
  readonly url: string;
  /** Undefined: not signed. */
  readonly secret: string | undefined;
}

const PATIENCE = 10_000;
/** Characters, some three messages of a telephone. */
const TEXT = 450;

export function createSms({ url, secret }: SmsOptions): Sender {
  const ask = (method: string, headers: Record<string, string>, body = ''): Promise<Reply> =>
    request(new URL(url), {
      method,
      headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
      agent: false,
      body,
      patience: PATIENCE,
    });

  return {
    channel: 'sms',
    async send({ key, to, payloads }: Parcel) {
      const letters = inOrder(payloads as readonly Letter[]);
      const id = createHash('sha256').update(key).digest('hex').slice(0, 32);
      const words = letters.map(({ title, text }) => `${title}: ${text}`).join('\n');
      const text = [...words].length > TEXT ? `${[...words].slice(0, TEXT).join('')}…` : words;
      const now = Date.now();
      const body = JSON.stringify({ id, to: to.phone, text, at: new Date(now).toISOString() });
      const reply = await ask(
        'POST',
        { 'Content-Type': 'application/json', ...(secret && signed([secret], id, body, now)) },
        body,
      );
      const { status } = reply;
      if (status >= 200 && status < 300) return;
      const why = `The SMS gateway answered with ${status}.`;
      if (status === 401 || status === 403 || status === 404 || status === 429)
        throw new SendError('down', why, retryAfter(reply));
      if (status >= 400 && status < 500) throw new SendError('never', why);
      throw new SendError('later', why, retryAfter(reply));
    },

    async probe() {
      try {
        // Whatever it says to a question, somebody is there.
        await ask('OPTIONS', {});
        return { state: 'ok' };
      } catch (error) {
        return {
          state: 'failed',
          reason: `The SMS gateway cannot be reached: ${(error as Error).message}`,
          next: 'Check SMS_WEBHOOK_URL, and whether this machine may connect there.',
        };
      }
    },

    async [Symbol.asyncDispose]() {},
  };
}
