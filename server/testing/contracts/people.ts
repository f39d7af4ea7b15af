// What every PeopleStore must do, whatever driver is below it.
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PeopleStore } from '../../hub/ports-people.ts';
import { createPeopleStore } from '../../store/queries/people.ts';
import type { StoreUnderTest } from './store.ts';

const hash = () => randomBytes(32).toString('hex');
let people = 0;
const someone = () => ({ id: `someone-${++people}`, name: 'Someone', role: 'member' as const });
const twenty = <T>(work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 20 }, (_, n) => work(n)));

async function session(store: PeopleStore) {
  const { user } = await store.ensureUser(someone());
  const refreshHash = hash();
  const opened = await store.openSession({ user: user.id, seconds: 3600, refreshHash });
  assert.ok(opened);
  return { user: user.id, id: opened.session, refreshHash };
}

const rotate = (store: PeopleStore, from: string, nextHash = hash(), grace = 10) =>
  store.rotateRefresh({ hash: from, nextHash, grace, seconds: 3600 });

/** As if the session had been refreshed that much earlier. */
const age = (db: StoreUnderTest, id: string, seconds: number) =>
  db.sql`update sessions set rotated_at = rotated_at - make_interval(secs => ${seconds}) where id = ${id}`;

export function peopleContract(driver: string, open: () => Promise<StoreUnderTest>): void {
  const test = suite<{ db: StoreUnderTest; store: PeopleStore }>(`people over ${driver}`);
  test.before(async context => {
    context.db = await open();
    context.store = createPeopleStore(context.db);
  });
  test.after(async ({ db }) => db[Symbol.asyncDispose]());

  test('someone unknown is written down once, also when twenty nodes meet them at once', async ({
    db,
    store,
  }) => {
    const who = someone();
    const met = await twenty(n => store.ensureUser({ ...who, name: `Name ${n}` }));
    const names = new Set(met.map(({ user }) => user.name));
    assert.is(names.size, 1);
    const [row] = await db.sql`select count(*)::int as count from users where id = ${who.id}`;
    assert.is(row?.count, 1);
  });

  test('someone known is never changed by a token', async ({ store }) => {
    const who = someone();
    await store.ensureUser(who);
    const { user } = await store.ensureUser({ ...who, name: 'Mallory', role: 'admin' });
    assert.equal(user, { ...who, disabled: false });
  });

  test('of twenty who register the same e-mail at once, one gets it', async ({ store }) => {
    const email = 'race@example.com';
    const answers = await twenty(() => store.registerUser({ ...someone(), email, passwordHash: 'x' }));
    assert.is(answers.filter(answer => 'user' in answer).length, 1);
    assert.is(answers.filter(answer => 'taken' in answer && answer.taken === 'email').length, 19);
  });

  test('an id that is taken is told apart from an e-mail that is', async ({ store }) => {
    const who = someone();
    await store.registerUser({ ...who, email: 'ida@example.com' });
    assert.equal(await store.registerUser({ ...who, email: 'other@example.com' }), { taken: 'id' });
    assert.equal(await store.registerUser({ ...someone(), email: 'ida@example.com' }), { taken: 'email' });
  });

  test('twenty first sign-ins of one person by a vendor make one account, and the next ones lead to it', async ({
    store,
  }) => {
    const who = { vendor: 'google', remote: '1001', email: 'Vera@example.com', name: 'Vera' };
    const enter = (n: number) => store.enterByVendor({ ...who, id: `vera-${n}` });
    const first = await twenty(enter);
    const made = new Set(first.flatMap(answer => ('user' in answer ? [answer.user.id] : [])));
    assert.is(made.size, 1);
    assert.ok(first.every(answer => 'user' in answer || answer.taken === 'id'));
    const again = await enter(99);
    assert.is('user' in again && again.user.id, [...made][0]);
    assert.is('user' in again && again.user.email, 'vera@example.com');
  });

  test('an e-mail that nobody checked, or that is another vendor account`s, is taken (attack 15)', async ({
    store,
  }) => {
    const enter = (remote: string, email: string) =>
      store.enterByVendor({ vendor: 'google', remote, email, name: 'W', id: someone().id });
    await store.registerUser({ ...someone(), email: 'wim@example.com', passwordHash: 'x' });
    assert.equal(await enter('2001', 'wim@example.com'), { taken: 'email' });
    const { id } = someone();
    await store.registerUser({ ...someone(), id, email: 'xan@example.com', passwordHash: 'x' });
    assert.is(await store.verifyEmail(id, 'xan@example.com'), true);
    const entered = await enter('2002', 'xan@example.com');
    assert.is('user' in entered && entered.user.id, id);
    assert.equal(await enter('2003', 'xan@example.com'), { taken: 'email' });
  });

  test('a sign-in link works once, also when twenty use it at once, and not after its time', async ({
    store,
  }) => {
    const { user } = await store.ensureUser(someone());
    const link = hash();
    await store.makeLink({ user: user.id, hash: link, seconds: 60 });
    const used = await twenty(() => store.useLink(link));
    assert.equal(used.filter(Boolean), [user.id]);
    const late = hash();
    await store.makeLink({ user: user.id, hash: late, seconds: 0 });
    assert.is(await store.useLink(late), null);
    assert.is(await store.useLink(hash()), null);
  });

  test('refresh tokens go on in a chain, each used once', async ({ store }) => {
    const { refreshHash, id } = await session(store);
    let token = refreshHash;
    for (let n = 0; n < 5; n++) {
      const next = hash();
      const rotation = await rotate(store, token, next);
      assert.is(rotation.outcome, 'rotated');
      assert.is(rotation.outcome !== 'unknown' && rotation.session, id);
      token = next;
    }
    assert.equal(await store.endedSessions([id]), []);
  });

  test('twenty tabs that refresh at once all go on, and the one whose cookie stayed goes on later (attack 11)', async ({
    db,
    store,
  }) => {
    const { refreshHash, id } = await session(store);
    const next = Array.from({ length: 20 }, hash);
    const rotations = await Promise.all(next.map(nextHash => rotate(store, refreshHash, nextHash)));
    assert.equal(new Set(rotations.map(rotation => rotation.outcome)), new Set(['rotated']));
    await age(db, id, 900);
    assert.is((await rotate(store, next[13] as string)).outcome, 'rotated');
  });

  test('a token that comes back after the next one was used ends the session at once (attack 11)', async ({
    store,
  }) => {
    const { refreshHash, id } = await session(store);
    const [second, third] = [hash(), hash()];
    await rotate(store, refreshHash, second);
    await rotate(store, second, third);
    assert.is((await rotate(store, refreshHash)).outcome, 'reused');
    assert.is((await rotate(store, third)).outcome, 'ended');
    assert.equal(await store.endedSessions([id, 'unknown']), [id]);
  });

  test('a used token that comes back after the grace ends the session (attack 11)', async ({ db, store }) => {
    const { refreshHash, id } = await session(store);
    const second = hash();
    await rotate(store, refreshHash, second);
    await age(db, id, 11);
    assert.is((await rotate(store, refreshHash)).outcome, 'reused');
    assert.is((await rotate(store, second)).outcome, 'ended');
  });

  test('a thief who was quick enough for the grace is found out at the next refresh of either (attack 11)', async ({
    db,
    store,
  }) => {
    for (const thiefFirst of [true, false]) {
      const { refreshHash, id } = await session(store);
      const [owner, thief] = [hash(), hash()];
      await rotate(store, refreshHash, owner);
      assert.is((await rotate(store, refreshHash, thief)).outcome, 'rotated');
      await age(db, id, 900);
      const [first, second] = thiefFirst ? [thief, owner] : [owner, thief];
      assert.is((await rotate(store, first)).outcome, 'rotated');
      await age(db, id, 900);
      assert.is((await rotate(store, second)).outcome, 'reused');
    }
  });

  test('within the grace a used token does not prolong the grace', async ({ db, store }) => {
    const { refreshHash, id } = await session(store);
    await rotate(store, refreshHash);
    await age(db, id, 8);
    assert.is((await rotate(store, refreshHash)).outcome, 'rotated');
    await age(db, id, 8);
    assert.is((await rotate(store, refreshHash)).outcome, 'reused');
  });

  test('a session ends once, by its id or by any token of it', async ({ store }) => {
    const one = await session(store);
    const two = await session(store);
    assert.is(await store.revokeSession({ session: one.id }, 'test'), one.id);
    assert.is(await store.revokeSession({ session: one.id }, 'test'), null);
    assert.is(await store.revokeSession({ hash: two.refreshHash }, 'test'), two.id);
    assert.is(await store.revokeSession({ hash: hash() }, 'test'), null);
    for (const { refreshHash } of [one, two]) assert.is((await rotate(store, refreshHash)).outcome, 'ended');
  });

  test('a session ends by itself, and by disabling its person, whose other doors close too', async ({
    db,
    store,
  }) => {
    const late = await session(store);
    await db.sql`update sessions set expires_at = now() where id = ${late.id}`;
    assert.is((await rotate(store, late.refreshHash)).outcome, 'ended');
    const off = await session(store);
    await db.sql`update users set disabled_at = now() where id = ${off.user}`;
    assert.is((await rotate(store, off.refreshHash)).outcome, 'ended');
    assert.is(await store.openSession({ user: off.user, seconds: 60 }), null);
    assert.equal((await store.endedSessions([late.id, off.id])).sort(), [late.id, off.id].sort());
  });

  test('sessions long over are cleared away with their tokens when their person signs in again', async ({
    db,
    store,
  }) => {
    const old = await session(store);
    await db.sql`update sessions set expires_at = now() - interval '2 days' where id = ${old.id}`;
    await store.openSession({ user: old.user, seconds: 60 });
    const [row] =
      await db.sql`select count(*)::int as count from refresh_tokens where session_id = ${old.id}`;
    assert.is(row?.count, 0);
  });

  test('a session of another person, or of nobody, does not count as over', async ({ store }) => {
    const other = await session(store);
    await store.revokeSession({ session: other.id }, 'test');
    const who = someone();
    assert.not((await store.ensureUser({ ...who, session: other.id })).ended);
    assert.not((await store.ensureUser({ ...who, session: 'made up' })).ended);
  });

  test('a bot`s new token ends the old ones; a person`s id is not a bot`s', async ({ store }) => {
    const first = await store.openBot({ id: 'a-bot', name: 'Bot', seconds: 60 });
    const second = await store.openBot({ id: 'a-bot', name: 'Renamed', seconds: 60 });
    assert.equal(second?.ended, [first?.session]);
    assert.is(second?.user.name, 'Renamed');
    const { user } = await store.ensureUser(someone());
    assert.is(await store.openBot({ id: user.id, name: 'Bot', seconds: 60 }), null);
  });

  test.run();
}
