// What every driver must do when the database refuses, is cut off, or comes back.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RoomStore } from '../../hub/ports.ts';
import { DbError, DbUnavailable } from '../../store/db.ts';
import { createRoomStore } from '../../store/queries/rooms.ts';
import { addPeople, addRoom, append, message } from './drafts.ts';
import type { StoreUnderTest } from './store.ts';

async function failure(work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.then(
    answer => ({ answer }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  return assert.unreachable(`it should have failed: ${JSON.stringify(outcome.answer)}`);
}

export function faultsContract(driver: string, open: () => Promise<StoreUnderTest>): void {
  const test = suite<{ db: StoreUnderTest; store: RoomStore }>(`faults over ${driver}`);
  test.before(async context => {
    context.db = await open();
    context.store = createRoomStore(context.db);
    await addPeople(context.db, 'ada');
  });
  test.after(async ({ db }) => db[Symbol.asyncDispose]());

  test('json goes through a function and back unchanged, null too', async ({ db }) => {
    assert.is(await db.call('get_user', { id: 'nobody' }), null);
    const user = await db.call('get_user', { id: 'ada', more: [1, { a: null }] });
    assert.equal(user, { id: 'ada', name: 'ada', role: 'member', disabled: false });
  });

  test("the database's own refusals keep their code, and no value of a row is in them (attack 30)", async ({
    db,
  }) => {
    const wrong = (await failure(db.call('append_events', { drafts: 'canary' }))) as DbError;
    assert.instance(wrong, DbError);
    assert.is(wrong.code, '22023');
    const broken = (await failure(
      db.call('ensure_user', { id: 'x', name: 'canary', role: 'king' }),
    )) as DbError;
    assert.instance(broken, DbError);
    assert.is(broken.code, '23514');
    for (const error of [wrong, broken]) assert.not.match(JSON.stringify(error) + error.stack, 'canary');
    assert.instance(await failure(db.call('no_such_function', {})), DbError);
    assert.instance(await failure(db.call('now(); --', {})), TypeError);
  });

  test('a group whose link is cut while it runs has an unknown outcome, and repeating it resolves it (I3, I12)', async ({
    db,
    store,
  }) => {
    const room = await addRoom(store);
    for (let round = 0; round < 3; round++) {
      const draft = message(room, 'ada', `${round}`);
      const before = (await store.heads([room]))[room]?.head;
      await db.sql.begin(async tx => {
        await tx`select from rooms where id = ${room} for update`;
        const cut = failure(store.append([draft]));
        await waiter(db);
        db.cut();
        const error = (await cut) as DbUnavailable;
        assert.instance(error, DbUnavailable);
        assert.is(error.sent, true);
      });
      db.mend();
      const outcome = await repeat(() => store.append([draft]));
      const seq = 'event' in outcome ? outcome.event.seq : (outcome as { seq: number }).seq;
      assert.is(seq, (before ?? 0) + 1);
      assert.is((await store.heads([room]))[room]?.head, seq);
    }
  });

  test('what is said not to have been sent has not been done; all works again when the link is back (I12)', async ({
    db,
    store,
  }) => {
    const room = await addRoom(store);
    db.cut();
    const drafts = Array.from({ length: 8 }, (_, n) => message(room, 'ada', `${n}`));
    const errors = await Promise.all(drafts.map(one => failure(store.append([one]))));
    const unsent = new Set(
      drafts.filter((_, n) => (errors[n] as DbUnavailable).sent === false).map(({ id }) => id),
    );
    for (const error of errors) assert.instance(error, DbUnavailable);
    db.mend();
    await repeat(() => store.append([message(room, 'ada', 'back')]));
    const log = (await store.feedEvents(room, 0))?.items ?? [];
    assert.equal(
      log.filter(({ id }) => unsent.has(id)),
      [],
    );
    for (const one of drafts) await repeat(() => store.append([one]));
    assert.is((await store.feedEvents(room, 0))?.head, 2 + 1 + drafts.length);
  });

  test('many more calls than connections are all answered', async ({ db, store }) => {
    const room = await addRoom(store);
    const { seq } = await append(store, message(room, 'ada', 'here'));
    const answers = await Promise.all(Array.from({ length: 200 }, () => store.heads([room])));
    assert.equal(new Set(answers.map(answer => answer[room]?.head)), new Set([seq]));
    assert.ok(await db.call('probe', { node: 'n' }));
  });

  test.run();
}

/** Resolves when somebody waits for a lock in this database. */
async function waiter({ sql }: StoreUnderTest): Promise<void> {
  for (;;) {
    const { count } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    if (count > 0) return;
  }
}

/** As the log writer does: again while the database is away. */
async function repeat<T>(work: () => Promise<T[]>): Promise<T> {
  for (;;) {
    try {
      return (await work())[0] as T;
    } catch (error) {
      if (!(error instanceof DbUnavailable)) throw error;
    }
  }
}
