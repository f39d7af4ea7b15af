// What search relies on from every driver of the database: logs that can be followed, an index in SQL, and reads that decide who may see what.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RoomStore } from '../../hub/ports.ts';
import type { ReadableRoom, SearchIndex, SearchQuery, SearchStore } from '../../hub/ports-search.ts';
import { createPostgresSearch } from '../../search/postgres.ts';
import { createRoomStore } from '../../store/queries/rooms.ts';
import { createSearchStore } from '../../store/queries/search.ts';
import { refusal } from '../refusal.ts';
import { actor, addPeople, addRoom, append, draft, message } from './drafts.ts';
import type { StoreUnderTest } from './store.ts';

interface Context {
  db: StoreUnderTest;
  rooms: RoomStore;
  store: SearchStore;
  index: SearchIndex;
}

const [ada, bob, eve] = ['ada', 'bob', 'eve'].map(id => actor(id)) as [Actor, Actor, Actor];
type Actor = ReturnType<typeof actor>;
const asked = { people: [], rooms: [] };
const query = (words: string[], more: Partial<SearchQuery> = {}): SearchQuery => ({
  words: words.map(text => ({ text: text.replace('*', ''), prefix: text.endsWith('*') })),
  ...{ match: 'all', near: false, phrases: [], without: [], from: [], has: [] },
  ...more,
});

export function searchContract(driver: string, open: () => Promise<StoreUnderTest>): void {
  const test = suite<Context>(`search over ${driver}`);
  test.before(async context => {
    context.db = await open();
    context.rooms = createRoomStore(context.db);
    context.store = createSearchStore(context.db);
    context.index = createPostgresSearch(context.db);
    await addPeople(context.db, 'ada', 'bob', 'eve');
  });
  test.after(async ({ db }) => db[Symbol.asyncDispose]());

  const follow = async ({ store, index }: Context, page = 100): Promise<void> => {
    for (let more = true; more; ) {
      const changes = await store.changes(index.cursor, page);
      await index.index(changes.messages);
      await store.moved(index.cursor, changes.cursors);
      more = changes.more;
    }
  };
  const scope = async ({ store }: Context, who: Actor, room: string): Promise<readonly ReadableRoom[]> =>
    (await store.searchScope(who, { ...asked, room })).rooms;
  const seqs = async (context: Context, room: string, wanted: SearchQuery, who = ada) => {
    const { found } = await context.index.search(wanted, await scope(context, who, room), 50);
    return found.map(({ seq }) => seq);
  };

  test('the index follows the logs page by page; the same again changes nothing; edits and deletes arrive', async context => {
    const { rooms, store, index, db } = context;
    const room = await addRoom(rooms, { members: ['bob'] });
    const first = await append(rooms, message(room, 'ada', 'alpha beta'));
    const second = await append(rooms, message(room, 'bob', 'Beta https://example.org'));
    await follow(context, 2);
    assert.equal(await store.changes(index.cursor, 10), { messages: [], cursors: [], more: false });
    assert.equal(await seqs(context, room, query(['beta'])), [second.seq, first.seq]);
    const counts = () => db.sql`select word, n from search_words order by word`;
    const before = [...(await counts())];
    await index.index((await store.changes('another', 1000)).messages);
    assert.equal([...(await counts())], before);

    await append(rooms, draft(room, 'ada', 'message.edited', { target: first.id, data: { text: 'gamma' } }));
    await append(rooms, draft(room, 'bob', 'message.deleted', { target: second.id }));
    await follow(context);
    assert.equal(await seqs(context, room, query(['beta'])), []);
    assert.equal(await seqs(context, room, query(['gamma'])), [first.seq]);
    assert.equal(
      (await counts()).map(({ word }) => word),
      ['gamma'],
    );
  });

  test('words, prefixes, phrases, exclusions, misspellings, people, things and any of several', async context => {
    const { rooms } = context;
    const room = await addRoom(rooms, { members: ['bob'] });
    const said = async (who: string, text: string) => (await append(rooms, message(room, who, text))).seq;
    const a = await said('ada', "the deploy failed: it's the tarpaulin's fault \\ 'quoted'");
    const b = await said('bob', 'deploying tarpaulins, see https://example.org');
    const c = await said('bob', '北京的部署');
    await follow(context);
    const expect = async (wanted: SearchQuery, found: number[]) =>
      assert.equal(await seqs(context, room, wanted), found, JSON.stringify(wanted));
    await expect(query(['deploy', 'tarpaulin']), [b, a]);
    await expect(query(['tarp*']), [b, a]);
    await expect(query([], { phrases: ['deploy failed'] }), [a]);
    await expect(query(['deploy'], { without: ['tarpaulins'] }), [a]);
    await expect(query(['tarpualin']), []);
    await expect(query(['tarpualin'], { near: true }), [b, a]);
    await expect(query(['failed', 'nonsense'], { match: 'any' }), [a]);
    await expect(query([], { from: ['bob'] }), [c, b]);
    await expect(query([], { has: ['link'] }), [b]);
    await expect(query(['京的']), [c]);
    for (const hostile of ["'", '\\', "a' | 'b", ':*', '!', '<->', '&']) await expect(query([hostile]), []);
  });

  test('nobody is shown what they may not read, at any step (I9)', async context => {
    const { rooms, store, index } = context;
    const room = await addRoom(rooms, { kind: 'private', members: ['bob'] });
    const early = await append(rooms, message(room, 'ada', 'omega'));
    await append(rooms, draft(room, 'ada', 'member.joined', { data: { user: 'eve', role: 'member' } }));
    const late = await append(rooms, message(room, 'ada', 'omega again'));
    await follow(context);
    const places = [early, late].map(({ seq }) => ({ room, seq }));
    const visible = async (who: Actor) => (await store.candidates(who, places)).map(({ seq }) => seq).sort();
    assert.equal(await seqs(context, room, query(['omega']), bob), [late.seq, early.seq]);
    assert.equal(await seqs(context, room, query(['omega']), eve), [late.seq]);
    assert.equal([await visible(bob), await visible(eve)], [[early.seq, late.seq], [late.seq]]);
    assert.is((await index.search(query(['omega']), await scope(context, eve, room), 50)).total, 1);

    await append(rooms, draft(room, 'ada', 'member.removed', { data: { user: 'bob' } }));
    assert.equal([await visible(bob), await store.hits(bob, places)], [[], []]);
    assert.is((await refusal(store.searchScope(bob, { ...asked, room }))).code, 'not_found');
    assert.not((await store.searchScope(bob, asked)).rooms.some(({ id }) => id === room));
    const { people, named } = await store.searchScope(eve, {
      people: ['ada', 'bob', 'nobody'],
      rooms: [room, 'x'],
    });
    assert.equal([people.ada, people.nobody, named], [['ada'], [], { [room]: [room], x: [] }]);
  });

  test('a search that the database gives up on says what to do', async ({ db, index }) => {
    await db.sql.begin(async tx => {
      await tx`lock table search_documents in access exclusive mode`;
      const error = await refusal(index.search(query(['x']), [{ id: 'room-1', since: 1, head: 1 }], 10));
      assert.is(error.code, 'unavailable');
      assert.match(error.message, /takes too long. Narrow it down/);
    });
  });

  test.run();
}
