// What announcements need from the database: each with the people it is owed to, and what time makes of them.
import type { FollowUpStep } from '#shared/follow-up.ts';
import type {
  Announced,
  Announcement,
  AnnouncementProgress,
  Audience,
  PendingPerson,
} from '#shared/protocol/announcements.ts';
import type { Channel } from '#shared/protocol/outbox.ts';

export interface NewAnnouncement {
  readonly key: string;
  /** Of all that was asked for; the same key with another digest is a conflict. */
  readonly digest: string;
  readonly by: string;
  readonly text: string;
  readonly level: Announcement['level'];
  readonly audience: Audience;
  readonly requireAck: boolean;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly followUp: Partial<Record<FollowUpStep, number>>;
  /** It is enough to be owner or moderator of all rooms of the audience; without it, the caller has checked who announces. */
  readonly keeper?: true;
}

/** What one person has neither acknowledged nor dismissed. */
export interface Owed {
  readonly id: string;
  readonly user: string;
  /** How often they were to be shown it again. */
  readonly reminders: number;
  readonly delivered: boolean;
}

/** `version` grows with everything that nodes have to tell their sockets. */
export type Running = Omit<Announcement, 'reminder'> & { readonly version: number };
export type Greeting = Omit<Announcement, 'reminder'> & Pick<Owed, 'reminders' | 'delivered'>;

export interface Answer {
  readonly id: string;
  readonly user: string;
  readonly dismiss: boolean;
}

/** Durable; every method is one atomic step and rejects with `Unreachable` when the database does not answer, with `HubError` when it refuses. */
export interface AnnouncementStore {
  /** Resolves whom it is for, when it begins at once. `fresh`: it was not there before. */
  announce(announcement: NewAnnouncement): Promise<AnnouncementProgress & { fresh: boolean }>;
  running(): Promise<Running[]>;
  owed(users: readonly string[], ids?: readonly string[]): Promise<Owed[]>;
  /** Makes somebody who has come one of those whom what runs is owed to, if it is for them. */
  greet(user: string): Promise<Greeting[]>;
  delivered(marks: readonly { id: string; user: string }[]): Promise<void>;
  /** Outcomes in the order of the answers. `fresh`: the first word of this person. */
  answered(
    answers: readonly Answer[],
  ): Promise<({ fresh: boolean } | { error: { code: never; message: string } })[]>;
  status(
    id: string,
    page: { after?: string | undefined; limit: number },
  ): Promise<(Announced & { pending: PendingPerson[]; cursor?: string }) | null>;
  progress(ids: readonly string[]): Promise<AnnouncementProgress[]>;
  list(of: { state?: string | undefined; before?: string | undefined; limit: number }): Promise<Announced[]>;
  cancel(id: string, by: string): Promise<void>;
  /** @param seconds between two times */
  remind(id: string, by: string, seconds: number): Promise<number>;
  /** Begins and ends what is due, and puts into the outbox what follows. `more`: there is more of it. */
  tick(
    channels: readonly Channel[],
    late: boolean,
    limit: number,
  ): Promise<{ changed: boolean; more: boolean }>;
}
