// What every FileStore must do, whatever driver is below it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outcome } from '../../hub/ports.ts';
import type { FileStore } from '../../hub/ports-file-store.ts';
import type { Look } from '../../hub/ports-files.ts';
import { createFileStore } from '../../store/queries/files.ts';
import { createRoomStore } from '../../store/queries/rooms.ts';
import { refusal } from '../refusal.ts';
import { actor, addPeople, addRoom, draft, message, refusedAs } from './drafts.ts';
import type { StoreUnderTest } from './store.ts';

const MOST = { user: 1000, room: 2000, unfinished: 3 };
const LOOK: Look = { type: 'image/png', width: 4, height: 3, preview: true, text: false, inline: true };

export function filesContract(driver: string, open: () => Promise<StoreUnderTest>): void {
  const test = suite<{ db: StoreUnderTest; store: FileStore; room: string }>(`files over ${driver}`);
  test.before(async context => {
    context.db = await open();
    context.store = createFileStore(context.db);
    await addPeople(context.db, 'ada', 'bob', 'eve');
  });
  test.before.each(async context => {
    await context.db.sql`delete from files`;
    context.room = await addRoom(createRoomStore(context.db), { kind: 'private', members: ['bob'] });
  });
  test.after(async ({ db }) => db[Symbol.asyncDispose]());

  const begin = async (store: FileStore, room: string, size = 10, user = 'ada') =>
    (await store.begin(actor(user), { id: crypto.randomUUID(), room, name: 'a.png', size }, MOST)).file.id;
  const finished = async (store: FileStore, room: string) => {
    const id = await begin(store, room);
    await store.finish(id, LOOK, 'ready');
    return id;
  };

  test('room is given to files while there is some, also to many at once, and taken back by what goes', async ({
    store,
    room,
  }) => {
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => begin(store, room, 400)));
    assert.is(tries.filter(({ status }) => status === 'fulfilled').length, 2);
    const { code, details } = await refusal(begin(store, room, 201));
    assert.equal([code, details], ['too_large', { of: 'user', used: 800, limit: 1000 }]);
    await begin(store, room, 1);
    assert.is((await refusal(begin(store, room, 1))).code, 'rate_limited');
    const [first] = tries.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
    assert.is(await store.drop('bob', first as string), false);
    assert.is(await store.drop('ada', first as string), true);
    await begin(store, room, 400);
    assert.is((await refusal(begin(store, room, 1, 'eve'))).code, 'not_found');
  });

  test('one that no message names is its owner’s, one that a message names is for who may read it (I9)', async ({
    db,
    store,
    room,
  }) => {
    const rooms = createRoomStore(db);
    const id = await finished(store, room);
    assert.equal((await store.find('ada', id))?.file, { id, name: 'a.png', size: 10, ...LOOK_FILE });
    assert.is(await store.find('bob', id), null);
    const say = message(room, 'ada', 'see', { data: { files: [id] } });
    assert.is(refusedAs((await rooms.append([{ ...say, by: 'bob' }]))[0]), 'not_found');
    const [outcome] = await rooms.append([say]);
    const { event, more } = outcome as Extract<Outcome, { event: unknown }>;
    assert.equal(
      more?.map(entry => [entry.seq, entry.id]),
      [[event.seq + 1, id]],
    );
    assert.is(
      refusedAs((await rooms.append([message(room, 'ada', 'again', { data: { files: [id] } })]))[0]),
      'conflict',
    );
    assert.is((await store.find('bob', id))?.shared, true);
    assert.is(await store.drop('ada', id), false);
    await rooms.append([draft(room, 'ada', 'member.joined', { data: { user: 'eve', role: 'member' } })]);
    assert.is(await store.find('eve', id), null, 'who came later');
    assert.equal((await store.list(actor('eve'), room, 10)).files, []);
    const { files } = await store.list(actor('bob'), room, 10);
    assert.equal([files[0]?.id, files[0]?.message, files[0]?.by], [id, say.id, 'ada']);
    // What the room no longer keeps is for nobody, before the sweep too.
    await db.sql`update rooms set retention_days = 1 where id = ${room}`;
    await db.sql`update files set shared_at = now() - interval '2 days' where id = ${id}`;
    assert.is(await store.find('bob', id), null);
    assert.is(await store.expire(24, 100), 1);
    assert.equal(await store.gone(10), [id]);
    await store.forget([id]);
    assert.equal(await store.known([id]), []);
  });

  test('what stands still goes, but not what somebody works on; a lock is held by one, and known to be wanted', async ({
    db,
    store,
    room,
  }) => {
    const [old, held, fresh] = [await begin(store, room), await begin(store, room), await begin(store, room)];
    await db.sql`update files set begun_at = now() - interval '2 days' where id <> ${fresh}`;
    assert.is(await store.lock(held, 'one', 30), 'held');
    assert.is(await store.lock(held, 'two', 30), 'taken');
    const mine = [
      { file: held, holder: 'one' },
      { file: held, holder: 'two' },
    ];
    assert.equal(await store.keepLocks(mine, 30), { held: ['one'], wanted: ['one'] });
    assert.is(await store.expire(24, 100), 1);
    assert.equal(await store.gone(10), [old]);
    await store.unlock(held, 'one');
    assert.is(await store.lock(held, 'two', -1), 'held');
    assert.is(await store.lock(held, 'three', 30), 'held', 'the one before has run out');
    assert.is(await store.lock(crypto.randomUUID(), 'one', 30), 'gone');
  });

  test('a file that waits for the scanner is passed or refused once', async ({ store, room }) => {
    const [good, bad] = [await begin(store, room), await begin(store, room)];
    for (const id of [good, bad]) assert.is((await store.finish(id, LOOK, 'checking'))?.state, 'checking');
    assert.equal((await store.unchecked(10)).map(({ file }) => file.id).sort(), [good, bad].sort());
    assert.is((await store.checked(good))?.state, 'ready');
    assert.is((await store.checked(bad, 'a virus'))?.reason, 'a virus');
    assert.is(await store.checked(good, 'late'), null);
    assert.equal(await store.unchecked(10), []);
  });

  test.run();
}

const LOOK_FILE = { type: LOOK.type, width: LOOK.width, height: LOOK.height, preview: true };
