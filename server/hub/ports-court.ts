// What the court needs from the world: a store of what ties the hub to the services outside, and a sealer of their secrets.
import type { LogEvent } from '#shared/protocol/events.ts';
import type { PlatformRole, RoomRole, User } from '#shared/protocol/models.ts';
import type { Outcome } from './ports.ts';
import type { Binding, LinkedPerson, Vendor } from './ports-integrations.ts';

/** A secret as the database may see it. */
export interface Sealed {
  /** Names the key, without telling of it. */
  readonly keyId: string;
  /** Base64. */
  readonly box: string;
}

export interface Sealer {
  /** @param context what the secret belongs to: a box opens under the same words alone, so that it cannot be moved to another row */
  seal(secret: string, context: string): Sealed;
  /** @throws HubError `conflict` when the box was sealed with another key; Error when it or its context was changed */
  open(sealed: Sealed, context: string): string;
}

/** One vendor's person who is one of the hub's users. */
export interface Link {
  readonly vendor: Vendor;
  /** The vendor's. */
  readonly id: string;
  readonly user: string;
  readonly name: string;
  /** What it rests on: an admin's word, a code shown at the vendor, an e-mail checked on both sides. */
  readonly how: 'admin' | 'code' | 'email';
  readonly at: string;
}

/**
 * Links, bindings, pairs, cursors and sealed secrets, durable. Every method is one atomic step; it rejects with `Unreachable` when
 * the database does not answer, and with `HubError` when it refuses.
 */
export interface IntegrationStore {
  /** One vendor's person is one user, and the other way round: `conflict`. */
  link(link: Pick<Link, 'vendor' | 'id' | 'user' | 'how'>): Promise<void>;
  /** The user linked now, if their e-mail was checked here too and nobody took these two apart before. */
  introduce(vendor: Vendor, id: string, email: string): Promise<string | null>;
  /** The vendor's id that was linked. Their secret goes with it. */
  unlink(vendor: Vendor, user: string): Promise<string | null>;
  links(of: { user?: string | undefined; vendor?: Vendor | undefined }): Promise<Link[]>;
  makeCode(code: { vendor: Vendor; user: string; hash: string; seconds: number }): Promise<void>;
  /** Uses a code up and links its user. */
  redeemCode(vendor: Vendor, id: string, hash: string): Promise<string>;

  /** @param online who is there now */
  people(vendor: Vendor, online: readonly string[]): Promise<LinkedPerson[]>;
  /** The user linked to the vendor's person, else the guest, written down or renamed. */
  speaker(
    vendor: Vendor,
    id: string,
    guest: { id: string; name: string; role: PlatformRole },
  ): Promise<{ user: User; linked: boolean }>;
  /** Adds a speaker to a bound room in the name of who bound it; whom a moderator took out stays out. */
  join(vendor: Vendor, room: string, user: string): Promise<Outcome>;

  bindings(vendor: Vendor): Promise<Binding[]>;
  bind(vendor: Vendor, place: string, room: string, by: string): Promise<void>;
  unbind(vendor: Vendor, place: string, by: string): Promise<void>;
  roleIn(vendor: Vendor, room: string, id: string): Promise<RoomRole | undefined>;
  /** Of a room that is bound to this vendor. */
  events(
    vendor: Vendor,
    room: string,
    after: number,
    limit: number,
  ): Promise<{ events: LogEvent[]; head: number; names: Record<string, string> }>;

  cursor(vendor: Vendor, name: string): Promise<number>;
  moveCursor(vendor: Vendor, name: string, seq: number): Promise<void>;
  pair(vendor: Vendor, place: string, message: string, remote: string): Promise<void>;
  findPair(
    vendor: Vendor,
    place: string,
    by: { message: string } | { remote: string },
  ): Promise<{ message: string; remote: string } | null>;

  /** Null: forgets it. */
  keepSecret(vendor: Vendor, owner: string, sealed: Sealed | null): Promise<void>;
  secret(vendor: Vendor, owner: string): Promise<Sealed | null>;
  owners(vendor: Vendor): Promise<string[]>;
}
