// Presence of everybody one has heard of: a person has one, in whatever rooms one shares.
import type { Presence } from '../../shared/protocol/models.ts';

export class PresenceBook {
  readonly #people = new Map<string, Presence>();

  get people(): ReadonlyMap<string, Presence> {
    return this.#people;
  }

  update(changes: readonly Presence[]): void {
    for (const presence of changes) this.#people.set(presence.user, presence);
  }

  /** All of `users` who are there; the others of them are not. */
  roster(users: readonly string[], there: readonly Presence[]): void {
    for (const user of users) this.#people.delete(user);
    this.update(there);
  }
}
