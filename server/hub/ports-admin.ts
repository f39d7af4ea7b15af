// What those who look after the hub need from the database: people and their standing, bans, the audit log, and what nodes tell each other through it.
import type { Stretch } from '#shared/audit-chain.ts';
import type { AuditEntry, Figures } from '#shared/protocol/admin.ts';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { PlatformRole } from '#shared/protocol/models.ts';
import type { Actor } from './ports.ts';

/** What somebody did, as the audit log has it. */
export interface Deed {
  readonly action: string;
  readonly about: Readonly<Record<string, unknown>>;
}

/** Durable, and each change stands in the audit log. Every method is one atomic step; it rejects with `Unreachable` when the database does not
 * answer, and with `HubError` when it refuses. */
export interface AdminStore {
  accounts(of: ParsedInput<'user:list'>): Promise<CallData<'user:list'>>;
  account(user: string): Promise<CallData<'user:show'> | null>;
  /** @throws HubError `conflict` of the last admin, and of bots */
  giveRole(user: string, role: PlatformRole, by: string): Promise<CallData<'user:role'>>;
  /** @throws HubError `conflict` of the last admin */
  disable(of: ParsedInput<'user:disable'>, by: string): Promise<CallData<'user:disable'>>;
  enable(user: string, by: string): Promise<CallData<'user:enable'>>;
  /** The sessions that this ended. */
  signOut(user: string, by: string): Promise<string[]>;

  bans(actor: Actor, of: ParsedInput<'ban:list'>): Promise<CallData<'ban:list'>>;
  liftBan(actor: Actor, room: string, user: string): Promise<void>;
  room(actor: Actor, room: string): Promise<CallData<'room:show'>>;
  rooms(of: ParsedInput<'admin:rooms'>): Promise<CallData<'admin:rooms'>>;

  audit(of: Omit<ParsedInput<'admin:audit'>, 'verify'>): Promise<AuditEntry[]>;
  /** Of the lines after one, so many at most: how many there were, the number of the last, and of the first that is not as it was written. */
  verifyAudit(after: number, limit: number): Promise<Stretch>;
}

/** What was decided about a person by an admin; somebody about whom nothing was is not named. */
export interface Standing {
  readonly disabled: boolean;
  readonly role?: PlatformRole;
  /** Milliseconds since all their sign-ins were ended. */
  readonly signedOutMs?: number;
}

export type OrderBody =
  | {
      readonly kind: 'sessions';
      readonly body: Omit<ParsedInput<'admin:sessions'>, 'node'> & { readonly node?: string | undefined };
    }
  | {
      readonly kind: 'disconnect';
      readonly body: ParsedInput<'admin:disconnect'> & { readonly except: string };
    };

/** `ageMs`: milliseconds since it was given. */
export type Order = OrderBody & { readonly id: string; readonly ageMs: number };

/** Through which nodes know of each other, whatever becomes of Redis. It is forgotten within the hour. */
export interface NodeStore {
  /** Tells how this node stands; answers with what it has to know, and with orders of the last half minute that it has not answered yet. */
  look(
    node: string,
    report: Figures,
    users: readonly string[],
  ): Promise<{ people: Readonly<Record<string, Standing>>; orders: readonly Order[] }>;
  leave(node: string): Promise<void>;
  nodes(): Promise<{
    nodes: readonly { node: string; ageMs: number; report: Figures }[];
    outbox: { waiting: number; dead: number };
  }>;
  /** Names the nodes that should answer: those that told of themselves in the last ten seconds. */
  order(order: OrderBody, by: string, deed?: Deed): Promise<{ id: string; nodes: string[] }>;
  answer(id: string, node: string, answer: object): Promise<void>;
  answers(id: string): Promise<Readonly<Record<string, unknown>>>;
}

/** How what is around the hub stands. */
export interface Sight {
  readonly version: string;
  readonly draining: boolean;
  /** Undefined: none is configured. */
  readonly redis: string | undefined;
  readonly services: Readonly<Record<string, string>>;
}
