// What sign-in needs from the world: a store of people and sessions, a signer of tokens, a hasher of passwords, limits.
import type { Claims } from '#shared/protocol/handshake.ts';
import type { PlatformRole, User } from '#shared/protocol/models.ts';

export interface Person extends User {
  readonly email?: string;
  readonly disabled: boolean;
}

export interface NewSession {
  readonly user: string;
  /** The program that signs in, for people to tell their sessions apart. */
  readonly client?: string | undefined;
  readonly seconds: number;
  /** SHA-256 of the session's first refresh token, in hex; without it the session cannot be refreshed. */
  readonly refreshHash?: string;
}

export interface OpenedSession {
  readonly user: Person;
  readonly session: string;
}

export type Rotation =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'rotated' | 'ended' | 'reused'; readonly user: Person; readonly session: string };

/**
 * People, their sessions and their links, durable. Every method is one atomic step and rejects with `Unreachable` when the
 * database does not answer. Hashes are SHA-256 in hex: the store never sees a token.
 */
export interface PeopleStore {
  getUser(id: string): Promise<Person | null>;
  /**
   * Writes down someone unknown, never changes someone known. `ended`: the session is known and over, or it is not known, and all sign-ins
   * were ended after `issuedAt` (seconds since 1970). `role`: what an admin gave them, whatever a token says.
   */
  ensureUser(
    user: User & { session?: string | undefined; issuedAt?: number | undefined },
  ): Promise<{ user: Person; ended: boolean; role?: PlatformRole }>;
  registerUser(
    user: User & { email?: string; passwordHash?: string },
  ): Promise<{ user: Person } | { taken: 'id' | 'email' }>;
  /** A service that checks e-mail addresses says that this one is the user's; false when another account has it. */
  verifyEmail(user: string, email: string): Promise<boolean>;
  /** Whom a vendor's person is here; somebody new is written down under `id`. `taken`: the e-mail has an account that is not provably theirs. */
  enterByVendor(who: {
    vendor: string;
    remote: string;
    email: string;
    id: string;
    name: string;
  }): Promise<{ user: Person } | { taken: 'id' | 'email' }>;
  findLogin(email: string): Promise<{ user: Person; passwordHash: string } | null>;
  /** Null when the person is unknown or disabled. */
  openSession(session: NewSession): Promise<OpenedSession | null>;
  /** Makes a bot, or renews one and ends its other sessions; null when the id is not free for a bot. */
  openBot(bot: {
    id: string;
    name: string;
    seconds: number;
  }): Promise<(OpenedSession & { ended: string[] }) | null>;
  /** See the comment on `rotate_refresh` in the migrations for the scheme. Times are in seconds. */
  rotateRefresh(swap: { hash: string; nextHash: string; grace: number; seconds: number }): Promise<Rotation>;
  /** The id of the session that this call ended; null when there was none to end. */
  revokeSession(which: { session: string } | { hash: string }, reason: string): Promise<string | null>;
  /** Those of the sessions that are over, or whose person is disabled. */
  endedSessions(sessions: readonly string[]): Promise<string[]>;
  makeLink(link: { user: string; hash: string; seconds: number }): Promise<void>;
  /** Uses a link up and returns whom it signs in. */
  useLink(hash: string): Promise<string | null>;
}

export interface TokenSigner {
  /** @param seconds until it expires */
  sign(claims: Omit<Claims, 'exp' | 'iat'>, seconds: number): Promise<string>;
  /** @throws HubError `unauthenticated`; with `details.reason` `token_expired` when that is all that is wrong */
  verify(token: string): Promise<Claims>;
}

export interface PasswordHasher {
  /** Slow and memory-hard. @throws HubError `unavailable` when too many wait already */
  hash(password: string): Promise<string>;
  /** Takes as long without a hash as with one, and is then false. @throws HubError `unavailable` likewise */
  verify(hash: string | undefined, password: string): Promise<boolean>;
}

/** What is counted in the path of every call: of one socket here, of the others for all nodes together as far as can be known without waiting. */
export type FlowLimit =
  | 'call.socket'
  | 'call.user'
  | 'call.search'
  | 'call.bot'
  | 'call.hook'
  | 'call.room'
  | 'call.address'
  | 'ai.user'
  | 'ai.room'
  | 'bytes.socket'
  | 'handshake.address';

/** What is counted rarely, and may wait for the word of another machine. */
export type AttemptLimit = 'login.address' | 'login.account' | 'register.address' | 'refresh.address';

export type Taken = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

export interface Limits {
  /** Takes `cost` (1) from what the key may use. Never waits. A refused cost is not taken. */
  take(limit: FlowLimit, key: string, cost?: number): Taken;
  /** Counts one attempt. */
  attempt(limit: AttemptLimit, key: string): Promise<Taken>;
  /** Takes back an attempt that turned out well, so that only failures add up. */
  forgive(limit: AttemptLimit, key: string): Promise<void>;
}

/** How long things last, in seconds. */
export interface Lifetimes {
  readonly access: number;
  /** Since the last refresh. */
  readonly refresh: number;
  readonly bot: number;
  readonly link: number;
  /** For how long a refresh token that was used may be used again by another tab. */
  readonly grace: number;
}
