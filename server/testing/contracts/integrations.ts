// What every IntegrationStore must do, whatever driver is below it.
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RoomStore } from '../../hub/ports.ts';
import type { IntegrationStore } from '../../hub/ports-court.ts';
import { createIntegrationStore } from '../../store/queries/integrations.ts';
import { createPeopleStore } from '../../store/queries/people.ts';
import { createRoomStore } from '../../store/queries/rooms.ts';
import { refusal } from '../refusal.ts';
import { actor, addPeople, addRoom, append, draft, message } from './drafts.ts';
import type { StoreUnderTest } from './store.ts';

interface Context {
  db: StoreUnderTest;
  store: IntegrationStore;
  rooms: RoomStore;
}

const twenty = <T>(work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 20 }, (_, n) => work(n)));
const hash = () => randomBytes(32).toString('hex');
let count = 0;
/** A name that no other test has. */
const fresh = (name: string) => `${name}-${++count}`;
const link = (store: IntegrationStore, id: string, user: string) =>
  store.link({ vendor: 'slack', id, user, how: 'admin' });

export function integrationsContract(driver: string, open: () => Promise<StoreUnderTest>): void {
  const test = suite<Context>(`integrations over ${driver}`);
  test.before(async context => {
    context.db = await open();
    context.store = createIntegrationStore(context.db);
    context.rooms = createRoomStore(context.db);
    await addPeople(context.db, 'ada', 'bob', 'eve');
  });
  test.after(async ({ db }) => db[Symbol.asyncDispose]());

  const someone = async (db: StoreUnderTest) => {
    const id = fresh('someone');
    await addPeople(db, id);
    return id;
  };

  test('of twenty who link one account at once one gets it; a user has one account at a vendor', async ({
    db,
    store,
  }) => {
    const people = await Promise.all(Array.from({ length: 20 }, () => someone(db)));
    const tries = await Promise.allSettled(people.map(user => link(store, 'U-RACE', user)));
    assert.is(tries.filter(({ status }) => status === 'fulfilled').length, 1);
    const [mine] = (await store.links({ vendor: 'slack' })).filter(({ id }) => id === 'U-RACE');
    assert.ok(mine && people.includes(mine.user));
    await link(store, 'U-RACE', mine.user);
    assert.is((await refusal(link(store, 'U-OTHER', mine.user))).code, 'conflict');
    assert.is((await refusal(link(store, 'U-NOBODY', 'nobody'))).code, 'not_found');
    // Another vendor has its own accounts.
    await store.link({ vendor: 'gather', id: 'U-RACE', user: people[0] as string, how: 'admin' });
    assert.equal(
      (await store.links({ user: mine.user, vendor: 'slack' })).map(({ id, how }) => [id, how]),
      [['U-RACE', 'admin']],
    );
  });

  test('an e-mail links when both sides checked it, and never again what somebody took apart', async ({
    db,
    store,
  }) => {
    const people = createPeopleStore(db);
    const [ida, squatter] = [fresh('ida'), fresh('squatter')];
    const email = `${ida}@example.com`;
    await people.registerUser({ id: squatter, name: 'Ida', role: 'member', email, passwordHash: 'x' });
    assert.is(await store.introduce('slack', 'U-IDA', email), null);
    await people.ensureUser(actor(ida));
    assert.is(await people.verifyEmail(ida, email), false);
    await db.sql`update users set email = null where id = ${squatter}`;
    assert.is(await people.verifyEmail(ida, email.toUpperCase()), true);
    assert.is(await store.introduce('slack', 'U-IDA', email.toUpperCase()), ida);
    assert.is(await store.introduce('slack', 'U-IDA', email), ida);
    assert.is(await store.introduce('slack', 'U-IDA-2', email), null);
    assert.is(await store.unlink('slack', ida), 'U-IDA');
    assert.is(await store.unlink('slack', ida), null);
    assert.is(await store.introduce('slack', 'U-IDA', email), null);
    await link(store, 'U-IDA', ida);
    assert.is(await store.introduce('slack', 'U-IDA', email), ida);
  });

  test('a code links once, at its vendor, within its time, and the newest alone', async ({ db, store }) => {
    const user = await someone(db);
    const [old, late, code] = [hash(), hash(), hash()];
    await store.makeCode({ vendor: 'slack', user, hash: old, seconds: 60 });
    await store.makeCode({ vendor: 'slack', user, hash: code, seconds: 60 });
    assert.is((await refusal(store.redeemCode('slack', 'U-CODE', old))).code, 'not_found');
    assert.is((await refusal(store.redeemCode('gather', 'U-CODE', code))).code, 'not_found');
    const used = await Promise.allSettled(
      Array.from({ length: 20 }, () => store.redeemCode('slack', 'U-CODE', code)),
    );
    assert.equal(
      used.flatMap(one => (one.status === 'fulfilled' ? [one.value] : [])),
      [user],
    );
    await store.makeCode({ vendor: 'slack', user, hash: late, seconds: 0 });
    assert.is((await refusal(store.redeemCode('slack', 'U-CODE', late))).code, 'not_found');
  });

  test('people of a vendor are watched when somebody else who is there shares a room with them', async ({
    db,
    store,
    rooms,
  }) => {
    const [mia, max] = [await someone(db), await someone(db)];
    await addRoom(rooms, { kind: 'private', members: [mia] });
    await store.link({ vendor: 'google', id: 'mia', user: mia, how: 'admin' });
    await store.link({ vendor: 'google', id: 'max', user: max, how: 'admin' });
    const watched = async (...online: string[]) =>
      (await store.people('google', online)).map(one => [one.id, one.user, one.watched]);
    assert.equal(await watched('ada', max), [
      ['max', max, false],
      ['mia', mia, true],
    ]);
    assert.equal((await watched(mia))[1], ['mia', mia, false]);
    await db.sql`update users set disabled_at = now() where id = ${max}`;
    assert.equal(
      (await store.people('google', [])).map(({ id }) => id),
      ['mia'],
    );
  });

  test('who is linked speaks as themselves, another as a guest, nobody as an account that is not theirs', async ({
    db,
    store,
  }) => {
    const guest = { id: fresh('slack-u'), name: 'Gus', role: 'guest' } as const;
    const met = await twenty(() => store.speaker('slack', 'U-GUS', guest));
    assert.equal(
      new Set(met.map(({ user, linked }) => `${user.id} ${linked}`)),
      new Set([`${guest.id} false`]),
    );
    assert.is((await store.speaker('slack', 'U-GUS', { ...guest, name: 'Gustav' })).user.name, 'Gustav');
    const user = await someone(db);
    await link(store, 'U-GUS', user);
    assert.equal((await store.speaker('slack', 'U-GUS', guest)).user.id, user);
    assert.is((await refusal(store.speaker('slack', 'U-X', { ...guest, id: user }))).code, 'forbidden');
  });

  test('only those who keep a room bind it, and a place is bound to one room (attack 17)', async ({
    db,
    store,
    rooms,
  }) => {
    const [owner, member] = ['U-OWNER', 'U-MEMBER'];
    await link(store, owner, 'ada');
    await link(store, member, 'bob');
    const room = await addRoom(rooms, { members: ['bob'] });
    const hidden = await addRoom(rooms, { kind: 'private' });
    const place = fresh('C');
    const refused = async (...args: [string, string, string]) =>
      (await refusal(store.bind('slack', ...args))).code;
    assert.is(await refused(place, room, member), 'forbidden');
    assert.is(await refused(place, hidden, member), 'not_found');
    assert.is(await refused(place, 'nowhere', owner), 'not_found');
    assert.is(await refused(place, room, 'U-UNKNOWN'), 'forbidden');
    const direct = await addRoom(rooms, { kind: 'direct', members: ['bob'] });
    assert.is(await refused(place, direct, owner), 'forbidden');
    await store.bind('slack', place, room, owner);
    await store.bind('slack', place, room, owner);
    assert.is(await refused(place, hidden, owner), 'conflict');
    assert.equal(
      (await store.bindings('slack')).filter(one => one.place === place),
      [{ place, room, by: owner }],
    );
    assert.equal(await store.bindings('gather'), []);
    assert.is(await store.roleIn('slack', room, owner), 'owner');
    assert.is(await store.roleIn('slack', hidden, member), undefined);
    assert.is((await refusal(store.unbind('slack', place, member))).code, 'forbidden');
    await store.unbind('slack', place, owner);
    await store.unbind('slack', place, owner);
    assert.is((await refusal(store.events('slack', room, 0, 10))).code, 'not_found');
    await db.sql`delete from vendor_links where user_id in ('ada', 'bob')`;
  });

  test('who speaks at a bound place is added in the name of who bound it; who was taken out stays out (I9)', async ({
    db,
    store,
    rooms,
  }) => {
    await link(store, 'U-ADA', 'ada');
    for (const kind of ['public', 'private'] as const) {
      const room = await addRoom(rooms, { kind });
      const [guest, banned] = [await someone(db), await someone(db)];
      assert.is((await refusal(store.join('slack', room, guest))).code, 'not_found');
      await store.bind('slack', fresh('C'), room, 'U-ADA');
      assert.is((await refusal(store.join('gather', room, guest))).code, 'not_found');
      await twenty(() => store.join('slack', room, guest));
      await append(rooms, message(room, guest, 'hello'));
      const page = await store.events('slack', room, 2, 10);
      assert.equal([page.events.map(({ seq }) => seq), page.head], [[3, 4], 4]);
      assert.is(page.names[guest], guest);
      await append(rooms, draft(room, 'ada', 'member.removed', { data: { user: guest } }));
      assert.is((await refusal(store.join('slack', room, guest))).code, 'forbidden');
      const ban = { user: banned, ban: {} };
      await append(rooms, draft(room, 'ada', 'member.removed', { data: ban }));
      assert.is((await refusal(store.join('slack', room, banned))).code, 'forbidden');
      // Who left may come back.
      await append(rooms, draft(room, 'ada', 'member.joined', { data: { user: guest, role: 'member' } }));
      await append(rooms, draft(room, guest, 'member.left', { data: { user: guest } }));
      await store.join('slack', room, guest);
    }
  });

  test('cursors go forward alone, also when twenty move them at once; pairs are found from both sides', async ({
    store,
  }) => {
    assert.is(await store.cursor('slack', 'out:C1'), 0);
    await twenty(n => store.moveCursor('slack', 'out:C1', (n * 7) % 20));
    assert.is(await store.cursor('slack', 'out:C1'), 19);
    assert.is(await store.cursor('gather', 'out:C1'), 0);
    const id = crypto.randomUUID();
    await twenty(() => store.pair('slack', 'C1', id, '17.1'));
    await store.pair('slack', 'C1', crypto.randomUUID(), '17.1');
    await store.pair('slack', 'C1', id, '17.2');
    const pair = { message: id, remote: '17.1' };
    assert.equal(await store.findPair('slack', 'C1', { remote: '17.1' }), pair);
    assert.equal(await store.findPair('slack', 'C1', { message: id }), pair);
    assert.is(await store.findPair('slack', 'C2', { remote: '17.1' }), null);
    assert.is(await store.findPair('slack', 'C1', { remote: '17.2' }), null);
  });

  test('secrets are kept by vendor and owner, and go with the link', async ({ db, store }) => {
    const owner = await someone(db);
    await store.link({ vendor: 'google', id: fresh('g'), user: owner, how: 'code' });
    const box = randomBytes(300).toString('base64');
    await store.keepSecret('google', owner, { keyId: 'old', box: 'AAAA' });
    await store.keepSecret('google', owner, { keyId: 'key', box });
    assert.equal(await store.secret('google', owner), { keyId: 'key', box });
    assert.is(await store.secret('slack', owner), null);
    assert.equal(await store.owners('google'), [owner]);
    await store.unlink('google', owner);
    assert.equal([await store.secret('google', owner), await store.owners('google')], [null, []]);
    await store.keepSecret('google', owner, { keyId: 'key', box });
    await store.keepSecret('google', owner, null);
    assert.is(await store.secret('google', owner), null);
  });

  test.run();
}
