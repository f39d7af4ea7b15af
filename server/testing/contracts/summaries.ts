// What every SummaryStore must do, whatever driver is below it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiveSummary, SummaryStore } from '../../hub/ports-summaries.ts';
import { createRoomStore } from '../../store/queries/rooms.ts';
import { createSummaryStore } from '../../store/queries/summaries.ts';
import { refusal } from '../refusal.ts';
import { actor, addPeople, addRoom, append, message } from './drafts.ts';
import type { StoreUnderTest } from './store.ts';

export function summariesContract(driver: string, open: () => Promise<StoreUnderTest>): void {
  const test = suite<{ db: StoreUnderTest; store: SummaryStore; room: string }>(`summaries over ${driver}`);
  test.before(async context => {
    context.db = await open();
    context.store = createSummaryStore(context.db);
    await addPeople(context.db, 'ada', 'bob', 'eve');
    const rooms = createRoomStore(context.db);
    context.room = await addRoom(rooms, { members: ['bob'] });
    for (const text of ['one', 'two', 'three']) await append(rooms, message(context.room, 'ada', text));
  });
  test.after(async ({ db }) => db[Symbol.asyncDispose]());
  const mine = (room: string, user = 'ada') => ({ actor: actor(user), room, audience: 'me' }) as const;

  test('material is what the reader may read, in order, with what was changed in it', async ({
    store,
    room,
  }) => {
    const { lines, floor, changed, clipped, last } = await store.material(mine(room, 'bob'), { after: 0 });
    assert.equal(
      lines.map(({ text, version }) => [text, version]),
      [
        ['one', 0],
        ['two', 0],
        ['three', 0],
      ],
    );
    assert.equal([floor, changed, clipped, last], [1, [], false, lines.at(-1)?.seq]);
    const { code } = await refusal(store.material(mine(room, 'eve'), { after: 0 }));
    assert.ok(code === 'not_found' || code === 'forbidden');
    assert.equal((await store.material(mine(room), { since: '2999-01-01T00:00:00.000Z' })).lines, []);
    const [, second] = lines;
    const cited = lines.map(({ id, version }) => ({ id, version: version + Number(id === second?.id) }));
    assert.equal(
      (await store.recheck(mine(room), floor, cited)).map(({ text }) => text),
      ['one', 'three'],
    );
  });

  test('a piece is found under its own key while its messages are what they were', async ({
    db,
    store,
    room,
  }) => {
    const { room: place, first, last } = await store.material(mine(room), { after: 0 });
    const key = { room, epoch: place.epoch, ask: 'a', model: 'm' };
    const piece = { first, last, version: 0, claims: [{ text: 'x', cites: [first] }] };
    await store.keepPiece(key, piece);
    const other = { first, last: last - 1 };
    assert.equal(await store.findPieces(key, [other, piece]), [null, piece.claims]);
    assert.equal(await store.findPieces({ ...key, model: 'n' }, [piece]), [null]);
    assert.equal(await store.findPieces(key, []), []);
    await db.sql`update messages set text = 'uno', edited_at = now() where room = ${room} and text = 'one'`;
    assert.equal(await store.findPieces(key, [piece]), [null]);
    // What was read before the change is not kept after it.
    await store.keepPiece(key, piece);
    assert.equal(await store.findPieces(key, [piece]), [null]);
    const { changed } = await store.material(mine(room), { after: 0 });
    assert.is(changed.length, 1);
  });

  test('the quiet summary stands until a message of it changes; what it cost adds up over providers', async ({
    db,
    store,
    room,
  }) => {
    const { room: place, first, last, changed } = await store.liveMaterial(room, { newest: 100, align: 10 });
    const version = changed.reduce((sum, [, n]) => sum + n, 0);
    const mark = { room, epoch: place.epoch, first, last, seen: place.head, version };
    assert.ok((await store.dueForLive(1, 10)).includes(room));
    const body: LiveSummary['body'] & object = {
      provider: 'extractive',
      model: 'm',
      style: 'brief',
      text: '- x',
      claims: [],
      citations: [],
    };
    await store.keepLive({ ...mark, body });
    assert.not.ok((await store.dueForLive(1, 10)).includes(room));
    await store.keepLive(mark);
    assert.is((await store.live(actor('ada'), room))?.text, '- x');
    await db.sql`update messages set text = 'dos', edited_at = now() where room = ${room} and text = 'two'`;
    assert.is(await store.live(actor('ada'), room), null);
    const usage = { inputTokens: 1, outputTokens: 2 };
    const before = await store.spend();
    await store.spend({ provider: 'claude', ...usage, cost: 0.25 });
    assert.is(await store.spend({ provider: 'openai', ...usage, cost: 0.5 }), before + 0.75);
    assert.is(await store.recapReader('slack', room), null);
  });

  test.run();
}
