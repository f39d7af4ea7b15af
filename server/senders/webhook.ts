// Webhooks that hear: a signed POST for each entry, to whatever address somebody gave, by a guard that reaches the public internet alone. What is
// posted is read from the room's log right before, so that nothing leaves that was deleted, or that its keeper may read no more (I9).
import { createHash, randomUUID } from 'node:crypto';
import { hopsOf } from '#shared/hops.ts';
import type { HookBody } from '#shared/protocol/hooks.ts';
import type { Sealer } from '../hub/ports-court.ts';
import { type Courier, type Delivery, type HookStore, hookContext, type Tried } from '../hub/ports-hooks.ts';
import { type Parcel, SendError, type Sender } from '../hub/ports-outbox.ts';
import { type Guard, type Reply, retryAfter } from './guard.ts';
import { signed } from './signature.ts';

export interface WebhookOptions {
  readonly guard: Guard;
  readonly store: Pick<HookStore, 'hookDelivery' | 'hookTried'>;
  readonly sealer: Pick<Sealer, 'open'>;
  /** By which whoever looks after one that was paused is told. */
  channels(): readonly string[];
}

/** What stands in the outbox. */
interface Place {
  readonly hook: string;
  readonly seq: number;
}

/** Failures in a row after which one is paused: with the outbox's own waits some two hours. */
const MOST_FAILURES = 10;
/** Bytes; an entry whose data is longer goes without it. */
const BODY_BYTES = 256 * 1024;
/** What the body itself is to blame for, and would be again. */
const REFUSED = new Set([400, 413, 422]);
const GONE = 410;

export function createWebhook({ guard, store, sealer, channels }: WebhookOptions): Sender & Courier {
  const post = (hook: string, delivery: Delivery, id: string): Promise<Reply> => {
    const open = (sealed: Delivery['address'], part: 'address' | 'secret') =>
      sealer.open(sealed, hookContext(hook, part));
    const { event } = delivery;
    const keys = delivery.secrets.map(sealed => keyOf(open(sealed, 'secret')));
    const body = bodyOf(hook, delivery);
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'first-court',
      'X-Court-Hops': String(event?.type === 'message.created' ? hopsOf(event.data.meta) : 0),
      ...signed(keys, id, body, Date.now()),
    };
    return guard.post(open(delivery.address, 'address'), headers, body);
  };

  /** One try, with all that can come of it. */
  const attempt = async (
    hook: string,
    delivery: Delivery,
    id: string,
  ): Promise<Tried & { reply?: Reply }> => {
    try {
      const reply = await post(hook, delivery, id);
      const { status } = reply;
      if (status >= 200 && status < 300) return { ok: true, status, gone: false, reply };
      const gone = status === GONE;
      const error = gone
        ? 'The receiver is gone for good (410).'
        : `The receiver answered with ${status}${status >= 300 && status < 400 ? ', and no redirect is followed' : ''}.`;
      return { ok: false, status, error, gone, reply };
    } catch (error) {
      return { ok: false, error: (error as Error).message.slice(0, 300), gone: false };
    }
  };

  return {
    channel: 'webhook',
    order: payload => (payload as Place).seq,
    async send({ key, payloads }: Parcel) {
      const [{ hook, seq }] = payloads as readonly [Place];
      const delivery = await store.hookDelivery(hook, seq);
      if ('over' in delivery) throw new SendError('gone', delivery.over);
      // An entry's own id is in it: after a restore the same place may hold another entry.
      const id = createHash('sha256').update(`${key}:${delivery.event?.id}`).digest('hex').slice(0, 32);
      const { reply, ...tried } = await attempt(hook, delivery, id);
      await store.hookTried(hook, tried, MOST_FAILURES, channels());
      const { ok, status, error = '', gone } = tried;
      if (ok) return;
      if (gone) throw new SendError('gone', error);
      if (status !== undefined && REFUSED.has(status)) throw new SendError('never', error);
      throw new SendError('later', error, reply && retryAfter(reply));
    },
    // Each has a receiver of its own; there is none to ask.
    probe: async () => ({ state: 'ok' }),
    check: guard.check,
    async trial(hook, delivery) {
      const { reply: _, ...tried } = await attempt(hook, delivery, `test-${randomUUID()}`);
      return tried;
    },
    async [Symbol.asyncDispose]() {
      guard[Symbol.dispose]();
    },
  };
}

/** As Standard Webhooks writes secrets: the bytes stand in Base64 behind a word that names them. */
const keyOf = (secret: string) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

function bodyOf(hook: string, { name, room, event, author }: Delivery): string {
  const about = { hook: { id: hook, name }, room };
  const body = (data: HookBody['data']) => {
    const type = event?.type ?? 'hook.test';
    return JSON.stringify({
      type,
      timestamp: event?.at ?? new Date().toISOString(),
      data,
    } satisfies HookBody);
  };
  const whole = body({ ...about, ...(author && { author }), ...(event && { event }) });
  if (!event || Buffer.byteLength(whole) <= BODY_BYTES) return whole;
  return body({ ...about, ...(author && { author }), event: { ...event, data: {} }, truncated: true });
}
