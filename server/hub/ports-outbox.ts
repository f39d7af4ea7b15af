// What the outbox needs from the world: a store of what is to be sent, and senders that carry it to people outside the hub.
import type { Channel, OutboxEntry, PushSubscription, Topic } from '#shared/protocol/outbox.ts';

/** One thing to say, ready to be read. `place` is where it leads in the web client, e.g. `/room/lobby`. */
export interface Letter {
  readonly title: string;
  readonly text: string;
  readonly level?: 'info' | 'warning' | 'critical';
  readonly place?: string;
  /** ISO 8601. */
  readonly at?: string;
  /** Instead of a place: an address of the hub itself, and what going there does. */
  readonly action?: { readonly path: string; readonly says: string };
}

/** Something to be put into the outbox. What has no address to go to is left out. */
export interface Posting {
  /** Names it for ever: the same key again is the same posting. Ids within it go through `keyPart`. For Web Push each device gets `:DEVICE` added. */
  readonly key: string;
  readonly channel: Channel;
  /** `confirm`: asks whether an address is somebody's; the only mail that goes to one of which nobody knows it. */
  readonly topic: Topic | 'webhook' | 'confirm';
  /** Whom it is for; their address is looked up when it is sent. */
  readonly user?: string;
  /** A `Letter` for people; for webhooks what their sender understands. */
  readonly payload: object;
  /** Milliseconds to hold it back, in which it can be cancelled and others join its bundle. */
  readonly waitMs?: number;
  /** ISO 8601; later it is not sent. */
  readonly expiresAt?: string;
  /** All that waits in one bundle leaves as one, when the first of it is due. For one person, channel and topic. */
  readonly bundle?: string;
}

/** Something that is due, with the address as it is now. */
export interface Due {
  readonly key: string;
  readonly channel: Channel;
  readonly topic: string;
  readonly user?: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly device?: { readonly id: string } & PushSubscription;
  readonly bundle?: string;
  readonly payload: object;
  /** This one included. */
  readonly attempts: number;
  readonly at: string;
  readonly expiresAt?: string;
}

/** What became of something. */
export type Verdict =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'dead' | 'cancelled'; readonly error: string }
  /** `counts: false`: the channel was at fault, not this one. */
  | { readonly outcome: 'retry'; readonly error: string; readonly retryMs: number; readonly counts: boolean };
export type Settlement = Verdict & { readonly key: string };

/** Durable; every method is one atomic step and rejects with `Unreachable` when the database does not answer. */
export interface OutboxStore {
  putOut(postings: readonly Posting[]): Promise<{ put: number }>;
  /** Takes back what waits under keys that begin so. */
  cancelOut(prefixes: readonly string[], reason: string): Promise<number>;
  /** Takes what is due, with its bundles, and holds it for so long: who dies leaves it to the next. */
  claimOut(channels: readonly Channel[], limit: number, holdSeconds: number): Promise<Due[]>;
  settleOut(settlements: readonly Settlement[]): Promise<void>;
  listOut(of: {
    state?: string | undefined;
    channel?: Channel | undefined;
    prefix?: string | undefined;
    limit: number;
  }): Promise<{ entries: OutboxEntry[]; counts: Record<'waiting' | 'sent' | 'dead' | 'cancelled', number> }>;
  /** Tries again what was given up. */
  retryOut(prefix: string, by: string): Promise<number>;
  sweepOut(): Promise<number>;

  /** Of many devices the oldest goes. @throws HubError `conflict` when the address is another's */
  pushSubscribe(
    user: string,
    device: PushSubscription & { device?: string | undefined },
    most: number,
  ): Promise<string>;
  /** Without a user, whosever it is. */
  pushUnsubscribe(which: { id: string } | { endpoint: string }, user?: string): Promise<void>;
  pushDevices(user: string): Promise<{ id: string; device?: string; at: string }[]>;
  contact(user: string): Promise<{
    email?: string;
    confirmed?: boolean;
    phone?: string;
    off: { channel: Channel; topic: Topic }[];
  }>;
  setPhone(user: string, phone: string | null, by: string): Promise<void>;
  subscribe(user: string, channel: Channel, topic: Topic, on: boolean): Promise<void>;
}

/** What leaves at once: one thing, or all of a bundle. */
export interface Parcel {
  /** Goes along, so that a receiver sees a second time for what it is (I14): Message-ID, Topic, webhook-id. */
  readonly key: string;
  readonly to: Pick<Due, 'user' | 'name' | 'email' | 'phone' | 'device'>;
  readonly topic: string;
  /** At least one. */
  readonly payloads: readonly object[];
  /** ISO 8601. */
  readonly at: string;
  readonly expiresAt?: string | undefined;
  /** Where the person unsubscribes from this topic on this channel. */
  readonly unsubscribe?: string | undefined;
}

/** Sentences are for the operator and hold no secrets. */
export type Health =
  | { readonly state: 'ok' }
  | { readonly state: 'failed'; readonly reason: string; readonly next: string };

/** The way out by one channel. */
export interface Sender extends AsyncDisposable {
  readonly channel: Channel;
  /**
   * With it, what has one bundle does not leave as one, but one by one by this number, and nothing before what has to be tried again. Who puts
   * in more while some of it waits gets it out of order.
   */
  order?(payload: object): number;
  /** Resolves when the other side has taken it. @throws SendError; whatever else is thrown counts as `later` */
  send(parcel: Parcel): Promise<void>;
  /** Whether it would work now; sends nothing. */
  probe(signal?: AbortSignal): Promise<Health>;
}

/**
 * Why something was not sent. `later`: try this one again. `down`: the service is away or does not let us in, so none would go. `never`: it
 * will not be taken. `gone`: there is nobody at this address any more.
 */
export class SendError extends Error {
  override readonly name = 'SendError';
  readonly kind: 'later' | 'down' | 'never' | 'gone';
  readonly retryAfterMs: number | undefined;

  constructor(kind: SendError['kind'], message: string, retryAfterMs?: number) {
    super(message);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}
