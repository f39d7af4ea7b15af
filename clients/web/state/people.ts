// The people one has met: names and roles by id, asked for in batches when something shows somebody unknown.

import type { Court, Member, PlatformRole, User } from '../../js/index.ts';
import { handleOf } from './mentions.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** Known only once the hub was asked. */
  readonly role?: PlatformRole;
}

export interface People {
  readonly subscribe: (listener: () => void) => () => void;
  get(id: string): Person | undefined;
  /** By id or handle, in lower case. */
  find(name: string): Person | undefined;
  /** Asks the hub, soon, about somebody of whom more could be known. */
  want(id: string): void;
  learn(members: readonly Member[]): void;
  all(): readonly Person[];
}

const BATCH_MS = 50;
const BATCH = 200;

export function createPeople(court: Court, me: User): People {
  const people = new Map<string, Person>([[me.id, me]]);
  const listeners = new Set<() => void>();
  const asked = new Set<string>([me.id]);
  const waiting: string[] = [];

  const changed = () => {
    for (const listener of [...listeners]) listener();
  };

  const ask = async () => {
    const users = waiting.splice(0, BATCH);
    if (waiting.length > 0) setTimeout(ask, BATCH_MS);
    try {
      const answer = await court.call('user:get', { users });
      for (const user of answer.users) people.set(user.id, user);
      changed();
    } catch {
      // The next one to show them asks again.
      for (const user of users) asked.delete(user);
    }
  };

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get: id => people.get(id),
    find: name =>
      [...people.values()].find(
        person => person.id.toLowerCase() === name || handleOf(person.name).toLowerCase() === name,
      ),
    want(id) {
      if (asked.has(id)) return;
      asked.add(id);
      if (waiting.length === 0) setTimeout(ask, BATCH_MS);
      waiting.push(id);
    },
    learn(members) {
      const news = members.filter(({ user, name }) => people.get(user)?.name !== name);
      for (const { user, name } of news) people.set(user, { ...people.get(user), id: user, name });
      if (news.length > 0) changed();
    },
    all: () => [...people.values()],
  };
}
