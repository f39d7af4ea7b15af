// What nodes tell each other early: hints. Losing one costs time, never truth, which stands in the database.
import type { FileProgress } from '#shared/protocol/files.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import type { BotPushHint } from './bot-pushes.ts';
import type { LinkChange } from './links.ts';
import type { Batch } from './log-writer.ts';
import type { Vendor, VendorState } from './ports-integrations.ts';
import type { ManualClaim, VendorClaim } from './presence-claims.ts';
import type { DraftHint } from './streams.ts';
import type { SummaryHint } from './summary-book.ts';

/** What one node knows of a person from its own sockets and adapters. */
export interface NodeClaim {
  readonly user: string;
  /** A socket is open there, or its grace has not ended. */
  readonly there: boolean;
  readonly manual?: ManualClaim | undefined;
  /** When the person said so, in ms since 1970; of two the later holds. */
  readonly manualAt: number;
  /** What vendors say of them that run on that node. */
  readonly vendors?: readonly VendorClaim[];
}

export interface Hints {
  log: readonly Batch[];
  /** `whole`: whoever is not named is not there. */
  presence: { readonly node: string; readonly whole: boolean; readonly people: readonly NodeClaim[] };
  typing: { readonly room: string; readonly user: string; readonly on: boolean };
  read: { readonly room: string; readonly user: string; readonly seq: number };
  /** A sign-in is over. */
  sessionEnded: { readonly session: string };
  /** Something was decided, or asked, that every node finds in the database: it need not wait for its next look. */
  look: object;
  /** A vendor's person and a user are linked, or no longer. */
  link: LinkChange;
  /** A vendor told this node of something that the node which runs its adapter should look at. */
  pushed: { readonly vendor: Vendor; readonly about: string };
  /** How a vendor's connection stands on the node that runs it. */
  integration: { readonly vendor: Vendor; readonly node: string; readonly state: VendorState };
  /** News of a summary that another node writes, for those who asked for it. */
  summary: SummaryHint;
  /** Who asked for it wants it no more; for the node that writes it. */
  summaryCancelled: { readonly id: string; readonly user: string };
  /** How far an upload is that another node takes in. */
  fileProgress: FileProgress;
  /** A request there waits for the lock of this upload. */
  fileWanted: { readonly file: string };
  /** Something is new about announcements, or, with `gone`, it is over for these people. */
  announcement: {
    readonly gone?: {
      readonly id: string;
      readonly users: readonly string[];
      readonly reason: Push<'announcement:gone'>['reason'];
    };
  };
  /** Something for a bot, or from a bot for one person, whose sockets may be there. */
  botPush: BotPushHint;
  /** A bot has a command; for the node where its caller waits. */
  commandTaken: { readonly id: string; readonly answer?: string };
  /** A message that a bot is still writing has grown. */
  draft: DraftHint;
  /** What is reported in a room has changed, for these people. */
  reports: { readonly room: string; readonly users: readonly string[] };
  /** A node has come and knows nothing yet. */
  hello: { readonly node: string };
}

export type HintHandlers = { [K in keyof Hints]: (hint: Hints[K]) => void };

/**
 * Carries hints to the other nodes, at most once each, in any order, never back to this one. While it cannot, hints are dropped.
 * `publish` never throws and never rejects; a handler that throws is logged.
 */
export interface Bus {
  publish<K extends keyof Hints>(kind: K, hint: Hints[K]): void;
  /** Replaces the handlers. */
  listen(handlers: HintHandlers): void;
}

/** Of a node that is alone. */
export const noBus: Bus = { publish: () => {}, listen: () => {} };
