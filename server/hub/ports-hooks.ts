// What webhooks need from the world: a store of them, and a courier that posts to addresses that people gave.
import type { EventType, LogEvent } from '#shared/protocol/events.ts';
import type { Hook } from '#shared/protocol/hooks.ts';
import type { PlatformRole } from '#shared/protocol/models.ts';
import type { Actor, Outcome } from './ports.ts';
import type { Sealed } from './ports-court.ts';

interface NamedHook {
  readonly id: string;
  readonly room: string;
  readonly name: string;
}
export type NewHook =
  /** `speaker`: the id of the user it will be. `hash`: SHA-256 of its token, in hex. */
  | (NamedHook & { readonly direction: 'in'; readonly speaker: string; readonly hash: string })
  | (NamedHook & {
      readonly direction: 'out';
      readonly site: string;
      readonly address: Sealed;
      readonly secret: Sealed;
      readonly types?: readonly EventType[] | undefined;
    });

/** One that speaks, as its token finds it. */
export interface Speaker {
  readonly id: string;
  readonly room: string;
  readonly user: { readonly id: string; readonly name: string };
  /** Whoever looks after it is still there. */
  readonly kept: boolean;
  /** It is still in its room. */
  readonly member: boolean;
}

/** Where something goes, and what it is; without an entry it is a trial. */
export interface Delivery {
  readonly address: Sealed;
  /** All that sign, the newest first. */
  readonly secrets: readonly Sealed[];
  readonly name: string;
  readonly room: { readonly id: string; readonly title: string };
  readonly event?: LogEvent;
  readonly author?: { readonly id: string; readonly name: string; readonly role: PlatformRole };
}

/** How one try went. */
export interface Tried {
  readonly ok: boolean;
  readonly status?: number | undefined;
  readonly error?: string | undefined;
  /** The receiver said that it is gone for good. */
  readonly gone: boolean;
}

/**
 * Durable; every method is one atomic step and rejects with `Unreachable` when the database does not answer, and with `HubError` when it
 * refuses: `not_found` of a webhook that the actor may not look after.
 */
export interface HookStore {
  /** What came into the room's log with it: the outcome of one entry. */
  createHook(actor: Actor, hook: NewHook, most: number): Promise<Outcome | undefined>;
  hooks(actor: Actor, room: string | undefined): Promise<Hook[]>;
  hook(actor: Actor, id: string): Promise<Hook>;
  removeHook(actor: Actor, id: string): Promise<{ room: string; outcome?: Outcome }>;
  /** Takes the one of the two that it needs; an old secret signs for so many seconds more. */
  renewHook(
    actor: Actor,
    id: string,
    by: { hash: string; secret: Sealed; seconds: number },
  ): Promise<{ direction: Hook['direction']; until?: string }>;
  resumeHook(actor: Actor, id: string, skip: boolean): Promise<Hook>;
  findHook(hash: string): Promise<Speaker | null>;

  /** Puts into the outbox what those that hear have still to get, `limit` entries of each; nothing of who has something waiting. */
  stepHooks(limit: number, hops: number): Promise<{ put: number; more: boolean; rooms: string[] }>;
  /** `over`: why it goes nowhere. Asked right before it is sent, since rights end at once (I9). */
  hookDelivery(hook: string, seq?: number): Promise<Delivery | { readonly over: string }>;
  /** After `most` failures in a row it is paused, and whoever looks after it is told by these channels. */
  hookTried(hook: string, tried: Tried, most: number, channels: readonly string[]): Promise<void>;
}

/** The way out. */
export interface Courier {
  /** @throws HubError `bad_request` when nothing may ever be sent there */
  check(url: string): void;
  /** Tries once, now. Never rejects for what the other side does. */
  trial(hook: string, delivery: Delivery): Promise<Tried>;
}

/** What a sealed part of a webhook belongs to, so that it opens nowhere else. */
export const hookContext = (id: string, part: 'address' | 'secret'): string => `webhook ${id} ${part}`;
