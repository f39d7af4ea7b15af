// How far each member has read, kept in groups: a room of a thousand readers costs one statement per commit.
import { HubError } from './errors.ts';
import { createGroupCommit } from './group-commit.ts';
import { isAdmin } from './policy.ts';
import type { Actor, Log, Mark, RoomStore } from './ports.ts';

export interface ReadCursors extends AsyncDisposable {
  /** Resolves with where the cursor stands then: never behind where it was, never beyond the head. @throws HubError */
  mark(actor: Actor, room: string, seq: number): Promise<{ readSeq: number; moved: boolean }>;
}

export function createReadCursors({
  store,
  log,
}: {
  store: Pick<RoomStore, 'markRead'>;
  log: Log;
}): ReadCursors {
  const commits = createGroupCommit<Mark, Awaited<ReturnType<RoomStore['markRead']>>[number]>({
    name: 'read cursors',
    log,
    run: marks => store.markRead(marks),
  });
  return {
    async mark(actor, room, seq) {
      const outcome = await commits.add({ room, user: actor.id, admin: isAdmin(actor), seq });
      if ('error' in outcome) throw new HubError(outcome.error.code, outcome.error.message);
      return outcome;
    },
    [Symbol.asyncDispose]: () => commits[Symbol.asyncDispose](),
  };
}
