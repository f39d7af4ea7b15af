// Works off the outbox: takes what is due, hands it to the sender of its channel at that channel's pace, and writes down what became of it. Open on
// one node; what it holds when it dies is due again half a minute later, and goes with the same key.
import { setTimeout as delay } from 'node:timers/promises';
import type { Channel } from '#shared/protocol/outbox.ts';
import { Unreachable } from './errors.ts';
import type { Log } from './ports.ts';
import {
  type Due,
  type OutboxStore,
  type Parcel,
  SendError,
  type Sender,
  type Settlement,
  type Verdict,
} from './ports-outbox.ts';

/** How fast things go, in milliseconds. */
export interface Tempo {
  /** Between two looks. */
  readonly look: number;
  /** Between two parcels of one channel. */
  readonly pace: Readonly<Record<Channel, number>>;
  /** The first wait after a failure and the longest; each is twice the one before, and spread. */
  readonly retry: { readonly least: number; readonly most: number };
  /** For which a whole channel rests when its service is away: likewise. */
  readonly rest: { readonly least: number; readonly most: number };
  /** After which one parcel is given up on, and counts as failed. */
  readonly patience: number;
}

const tempoOf = (given: Partial<Tempo> = {}): Tempo => ({
  look: 1000,
  pace: { email: 100, push: 10, sms: 200, webhook: 10 },
  retry: { least: 15_000, most: 3_600_000 },
  rest: { least: 2000, most: 300_000 },
  patience: 20_000,
  ...given,
});

/** Tries of one; with the default waits they take some two hours. */
const TRIES = 10;
/** Taken in one look, held for so long, and sent side by side. */
const LIMIT = 100;
const HOLD_SECONDS = 30;
const ABREAST: Readonly<Record<Channel, number>> = { email: 3, push: 16, sms: 3, webhook: 16 };
/** Milliseconds that what leaves one by one may take of a look; the rest has its turn in the next. */
const TURN = 5000;

export interface OutboxWorker extends AsyncDisposable {
  /** Looks now. */
  wake(): void;
}

export function openOutboxWorker(deps: {
  store: OutboxStore;
  senders: readonly Sender[];
  unsubscribe(user: string, channel: Channel, topic: string): string | undefined;
  tempo?: Partial<Tempo> | undefined;
  log: Log;
}): OutboxWorker {
  const { store, senders, unsubscribe, log } = deps;
  const tempo = tempoOf(deps.tempo);
  const closing = new AbortController();
  const lines = senders.map(sender => openLine(sender));

  function openLine(sender: Sender) {
    const { channel } = sender;
    let waking: AbortController | undefined;
    let restUntil = 0;
    let failures = 0;
    let nextAt = 0;

    const sleep = async (ms: number) => {
      waking = new AbortController();
      const signal = AbortSignal.any([closing.signal, waking.signal]);
      await delay(ms, undefined, { signal }).catch(() => {});
    };

    const paced = async () => {
      const wait = nextAt - performance.now();
      nextAt = Math.max(nextAt, performance.now()) + tempo.pace[channel];
      if (wait > 0) await delay(wait, undefined, { signal: closing.signal }).catch(() => {});
    };

    /** What a failure means for all that is in the parcel. */
    const judge = (error: unknown, { attempts }: Due): Verdict => {
      const known = error instanceof SendError ? error : new SendError('later', explain(error));
      if (known.kind === 'gone') return { outcome: 'cancelled', error: known.message };
      if (known.kind === 'never') return { outcome: 'dead', error: known.message };
      if (known.kind === 'down') {
        failures++;
        restUntil = performance.now() + Math.max(known.retryAfterMs ?? 0, spread(tempo.rest, failures));
        log.warn({ channel, reason: known.message }, 'a channel of the outbox rests');
        const retryMs = Math.max(0, restUntil - performance.now());
        return { outcome: 'retry', error: known.message, retryMs, counts: false };
      }
      if (attempts >= TRIES) return { outcome: 'dead', error: `${known.message} (after ${attempts} tries)` };
      const retryMs = Math.max(known.retryAfterMs ?? 0, spread(tempo.retry, attempts));
      return { outcome: 'retry', error: known.message, retryMs, counts: true };
    };

    const deliver = async (items: readonly Due[]): Promise<Settlement[]> => {
      const [first] = items as [Due];
      const settle = (verdict: Verdict): Settlement[] => items.map(({ key }) => ({ key, ...verdict }));
      const resting = restUntil - performance.now();
      if (resting > 0)
        return settle({ outcome: 'retry', error: 'The channel rests.', retryMs: resting, counts: false });
      await paced();
      if (closing.signal.aborted)
        return settle({ outcome: 'retry', error: 'The node was closing.', retryMs: 0, counts: false });
      const { user, topic } = first;
      const parcel: Parcel = {
        key: first.key,
        to: first,
        topic,
        payloads: items.map(({ payload }) => payload),
        at: first.at,
        expiresAt: first.expiresAt,
        ...(user !== undefined && topic !== 'confirm' && { unsubscribe: unsubscribe(user, channel, topic) }),
      };
      try {
        await patient(sender.send(parcel), tempo.patience);
        failures = 0;
        return settle({ outcome: 'sent' });
      } catch (error) {
        if (error instanceof SendError && error.kind === 'gone' && first.device)
          await store.pushUnsubscribe({ id: first.device.id });
        return settle(judge(error, first));
      }
    };

    /** One by one; what stands behind one that waits goes on waiting with it, which is no try of it. */
    const deliverInTurn = async (items: readonly Due[]) => {
      const began = performance.now();
      for (const [i, item] of items.entries()) {
        const late = performance.now() - began > TURN;
        const [settled] = late ? [later(item)] : await deliver([item]);
        const behind = settled?.outcome === 'retry' ? items.slice(i + 1).map(one => later(one, settled)) : [];
        await store.settleOut([...(settled ? [settled] : []), ...behind]);
        if (settled?.outcome === 'retry') return;
      }
    };

    const work = (items: readonly Due[]) => {
      const { order } = sender;
      if (!order) return deliver(items).then(settled => store.settleOut(settled));
      return deliverInTurn(items.toSorted((a, b) => order(a.payload) - order(b.payload)));
    };

    const run = async () => {
      while (!closing.signal.aborted) {
        let taken = 0;
        try {
          const resting = restUntil - performance.now();
          const due = resting > 0 ? [] : await store.claimOut([channel], LIMIT, HOLD_SECONDS);
          taken = due.length;
          const parcels = bundles(due);
          // What waits for its turn may not be held beyond its hold, so each is settled as it goes.
          await abreast(parcels, ABREAST[channel], work);
        } catch (error) {
          const level = error instanceof Unreachable ? 'warn' : 'error';
          log[level]({ err: error, channel }, 'the outbox waits for the next look');
        }
        if (taken < LIMIT) await sleep(tempo.look);
      }
    };
    return { done: run(), wake: () => waking?.abort() };
  }

  return {
    wake() {
      for (const line of lines) line.wake();
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.all(lines.map(({ done }) => done));
    },
  };
}

/** What has the same bundle, and goes to the same device, is one parcel. */
function bundles(due: readonly Due[]): Due[][] {
  const parcels = new Map<string, Due[]>();
  for (const one of due) {
    const name = one.bundle === undefined ? `one ${one.key}` : `all ${one.device?.id} ${one.bundle}`;
    const parcel = parcels.get(name);
    if (parcel) parcel.push(one);
    else parcels.set(name, [one]);
  }
  return [...parcels.values()];
}

const later = ({ key }: Due, behind?: { retryMs: number }): Settlement => ({
  key,
  outcome: 'retry',
  error: 'Its turn has not come.',
  retryMs: behind?.retryMs ?? 0,
  counts: false,
});

/** Half of it or more, so that what failed together does not come back together. */
const spread = ({ least, most }: Tempo['retry'], attempt: number) =>
  Math.min(most, least * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);

async function abreast<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const hand = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: most }, hand));
}

async function patient<T>(work: Promise<T>, ms: number): Promise<T> {
  const over = new AbortController();
  const late = delay(ms, undefined, { signal: over.signal }).then(() => {
    throw new SendError('later', `No answer within ${ms / 1000} s.`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

const explain = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, 300);
