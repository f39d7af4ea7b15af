// What every RoomStore must do, whatever driver is below it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RoomStore } from '../../hub/ports.ts';
import { createRoomStore } from '../../store/queries/rooms.ts';
import { refusal } from '../refusal.ts';
import { actor, addPeople, addRoom, append, draft, made, message, refusedAs } from './drafts.ts';
import type { StoreUnderTest } from './store.ts';

const [ada, bob, eve] = ['ada', 'bob', 'eve'].map(id => actor(id)) as [Actor, Actor, Actor];
type Actor = ReturnType<typeof actor>;

const at = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

export function roomsContract(driver: string, open: () => Promise<StoreUnderTest>): void {
  const test = suite<{ db: StoreUnderTest; store: RoomStore }>(`rooms over ${driver}`);
  test.before(async context => {
    context.db = await open();
    context.store = createRoomStore(context.db);
    await addPeople(context.db, 'ada', 'bob', 'eve');
  });
  test.after(async ({ db }) => db[Symbol.asyncDispose]());

  const whole = async (store: RoomStore, room: string) => {
    const page = await store.feedEvents(room, 0);
    assert.ok(page);
    return page;
  };

  test('one group across rooms: numbered in order, each room for itself, refusals in their places (I4)', async ({
    store,
  }) => {
    const [one, two] = [await addRoom(store), await addRoom(store, { members: ['bob'] })];
    const outcomes = await store.append([
      message(two, 'bob', 'a'),
      message(one, 'ada', 'b'),
      message('nowhere', 'ada', 'c'),
      message(one, 'eve', 'd'),
      message(two, 'ada', 'e'),
      message(one, 'ada', 'f'),
    ]);
    const said = [0, 1, 4, 5].map(n => made(outcomes[n]));
    assert.equal(
      said.map(({ seq, data }) => [seq, (data as { text: string }).text]),
      [
        [4, 'a'],
        [3, 'b'],
        [5, 'e'],
        [4, 'f'],
      ],
    );
    assert.equal(
      [2, 3].map(n => refusedAs(outcomes[n])),
      ['not_found', 'forbidden'],
    );
    assert.equal(
      (await whole(store, one)).items.map(({ seq }) => seq),
      at(1, 4),
    );
  });

  test('the same id is the same entry for ever; with another body it is a conflict (I3)', async ({
    store,
  }) => {
    const room = await addRoom(store);
    const first = message(room, 'ada', 'once');
    const { seq, at: when } = await append(store, first);
    const again = await store.append([first, first, { ...first, digest: 'other' }]);
    for (const outcome of again.slice(0, 2))
      assert.equal({ ...outcome, epoch: '' }, { epoch: '', seq, at: when, duplicate: true });
    assert.is(refusedAs(again[2]), 'conflict');
    assert.is((await whole(store, room)).head, seq);
  });

  test('twenty groups at once over three rooms leave no hole and no double (I4)', async ({ store }) => {
    const rooms = [await addRoom(store), await addRoom(store), await addRoom(store)] as const;
    const groups = Array.from({ length: 20 }, (_, group) =>
      Array.from({ length: 15 }, (_, n) => message(rooms[n % 3] as string, 'ada', `${group} ${n}`)),
    );
    const outcomes = await Promise.all(groups.map(group => store.append(group)));
    for (const [n, room] of rooms.entries()) {
      const { items } = await whole(store, room);
      assert.equal(
        items.map(({ seq }) => seq),
        at(1, 102),
      );
      const mine = outcomes.flatMap(group => group.filter((_, place) => place % 3 === n).map(made));
      const bySeq = mine.sort((a, b) => a.seq - b.seq);
      assert.equal(bySeq, items.slice(2));
      // In a group the order is kept (I6).
      for (let group = 0; group < 20; group++) {
        const own = items.filter(({ data }) => (data as { text?: string }).text?.startsWith(`${group} `));
        assert.equal(
          own.map(({ id }) => id),
          groups[group]?.filter(({ room: r }) => r === room).map(({ id }) => id),
        );
      }
    }
  });

  test('twenty groups with the same ids at once make each entry once (I3)', async ({ store }) => {
    const room = await addRoom(store);
    const group = Array.from({ length: 5 }, (_, n) => message(room, 'ada', `${n}`));
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.append(group)));
    const seqs = outcomes.map(one =>
      one.map(outcome => ('event' in outcome ? outcome.event : (outcome as { seq: number })).seq),
    );
    assert.equal(new Set(seqs.map(one => one.join())), new Set([at(3, 7).join()]));
    assert.is(outcomes.flat().filter(outcome => 'event' in outcome).length, 5);
    assert.is((await whole(store, room)).head, 7);
  });

  test('texts come back byte for byte (I2)', async ({ store }) => {
    const room = await addRoom(store);
    const texts = [
      `'; drop table events; -- $1 \\ " ' {{}} %s \\u0041 \\n`,
      '🏀👩‍👩‍👧‍👦 \u202e \u2028 \ufeff e\u0301 é \u{10ffff}',
      '\t line\r\n\x7f\x01\x1f',
      'x'.repeat(16_384),
      '{"looks":"like json"}',
      'null',
    ];
    await store.append(
      texts.map(text => message(room, 'ada', text, { data: { meta: { text, n: 1.5, no: null } } })),
    );
    const { items } = await store.readMessages(room, ada, { limit: 50 });
    assert.equal(
      items.map(({ text }) => text),
      texts,
    );
    assert.equal(
      items.map(({ meta }) => meta),
      texts.map(text => ({ text, n: 1.5, no: null })),
    );
  });

  test('messages are read in their present state, the log as it was, deleted texts nowhere (I10)', async ({
    store,
  }) => {
    const room = await addRoom(store, { members: ['bob'] });
    const { id } = await append(store, message(room, 'ada', 'canary'));
    const reply = await append(store, message(room, 'bob', 're', { data: { replyTo: id } }));
    await append(
      store,
      draft(room, 'ada', 'message.edited', { target: id, data: { text: 'edited canary' } }),
    );
    await append(store, draft(room, 'bob', 'reaction.added', { target: id, data: { emoji: '👍' } }));
    const [edited] = (await store.readMessages(room, bob, { limit: 10 })).items;
    assert.equal([edited?.text, edited?.thread], ['edited canary', { count: 1, lastSeq: reply.seq }]);
    assert.equal(edited?.reactions, [{ emoji: '👍', users: ['bob'] }]);
    const [refused] = await store.append([draft(room, 'bob', 'message.deleted', { target: id })]);
    assert.is(refusedAs(refused), 'forbidden');
    await append(store, draft(room, 'ada', 'message.deleted', { target: id }));
    const { items } = await store.readMessages(room, bob, { limit: 10 });
    assert.equal(
      items.map(({ text }) => text),
      ['', 're'],
    );
    assert.ok(items[0]?.deletedAt);
    assert.not.match(JSON.stringify(await whole(store, room)), 'canary');
    assert.equal(
      (await store.readMessages(room, bob, { limit: 10, thread: id })).items.map(m => m.id),
      [reply.id],
    );
  });

  test('pages begin and end where they were asked to', async ({ store }) => {
    const room = await addRoom(store);
    await store.append(at(3, 12).map(n => message(room, 'ada', `${n}`)));
    const seqs = async (range: object) =>
      (await store.readMessages(room, ada, { limit: 4, ...range })).items.map(({ seq }) => seq);
    assert.equal(await seqs({}), [9, 10, 11, 12]);
    assert.equal(await seqs({ before: 5 }), [3, 4]);
    assert.equal(await seqs({ after: 5 }), [6, 7, 8, 9]);
    assert.equal(await seqs({ around: 8 }), [7, 8, 9, 10]);
    const page = await store.readEvents(room, ada, 10, 500);
    assert.equal([page.head, page.items.map(({ seq }) => seq)], [12, [11, 12]]);
  });

  test('a private room does not exist for others; a public one is there but closed (I9, attack 17)', async ({
    store,
  }) => {
    for (const [kind, code] of [
      ['private', 'not_found'],
      ['public', 'forbidden'],
    ] as const) {
      const room = await addRoom(store, { kind, members: ['bob'] });
      await append(store, message(room, 'bob', 'secret'));
      assert.is((await refusal(store.readEvents(room, eve, 0, 10))).code, code);
      assert.is((await refusal(store.readMessages(room, eve, { limit: 10 }))).code, code);
      assert.is(refusedAs((await store.append([message(room, 'eve', 'hi')]))[0]), code);
      assert.is(refusedAs((await store.markRead([{ room, user: 'eve', admin: false, seq: 1 }]))[0]), code);
    }
  });

  test('who was removed reads nothing more; who came later reads nothing from before (I9)', async ({
    store,
  }) => {
    const room = await addRoom(store, { kind: 'private', members: ['bob'] });
    await append(store, message(room, 'ada', 'early'));
    await append(store, draft(room, 'ada', 'member.removed', { data: { user: 'bob' } }));
    const [sent, read] = await Promise.all([
      store.append([message(room, 'bob', 'still here?')]),
      refusal(store.readEvents(room, bob, 0, 10)),
    ]);
    assert.equal([refusedAs(sent[0]), read.code], ['not_found', 'not_found']);
    const joined = await append(
      store,
      draft(room, 'ada', 'member.joined', { data: { user: 'eve', role: 'member' } }),
    );
    await append(store, message(room, 'ada', 'late'));
    assert.equal(
      (await store.readMessages(room, eve, { limit: 10 })).items.map(({ text }) => text),
      ['late'],
    );
    assert.is((await store.readEvents(room, eve, 0, 10)).items[0]?.seq, joined.seq);
  });

  test('coming back: the log from where one stopped, or plainly not (I5, I15)', async ({ store }) => {
    const room = await addRoom(store);
    await store.append(at(3, 9).map(n => message(room, 'ada', `${n}`)));
    const { epoch } = await whole(store, room);
    const back = async (after?: { epoch: string; seq: number }) => {
      const opened = await store.openRoom(room, ada, after);
      if (!('role' in opened)) assert.unreachable('ada is a member');
      return opened as Extract<typeof opened, { role: string }>;
    };
    const here = await back({ epoch, seq: 6 });
    assert.equal([here.recovered, here.more, here.events.map(({ seq }) => seq)], [true, false, [7, 8, 9]]);
    for (const after of [undefined, { epoch: 'other', seq: 6 }, { epoch, seq: 10 }]) {
      const anew = await back(after);
      assert.equal([anew.recovered, anew.events, anew.messages?.length], [false, [], 7]);
    }
    assert.equal(Object.keys(await store.openRoom(room, bob)), ['room']);
  });

  test('read cursors go forward alone and never past the head (I8)', async ({ store }) => {
    const room = await addRoom(store, { members: ['bob'] });
    await store.append(at(4, 8).map(n => message(room, 'ada', `${n}`)));
    const mark = async (seq: number) => (await store.markRead([{ room, user: 'bob', admin: false, seq }]))[0];
    assert.equal(await mark(6), { readSeq: 6, moved: true });
    assert.equal(await mark(5), { readSeq: 6, moved: false });
    const rooms = async () => (await store.listRooms(bob, 'mine')).rooms.find(({ id }) => id === room);
    assert.equal([(await rooms())?.unread, (await rooms())?.readSeq], [2, 6]);
    assert.equal(await mark(1000), { readSeq: 8, moved: true });
    await Promise.all(at(1, 20).map(seq => mark(seq)));
    assert.is((await rooms())?.readSeq, 8);
  });

  test('a room is made once; one of its people must exist; a direct room is found again', async ({
    store,
  }) => {
    const room = { id: 'made-once', title: 'T', kind: 'direct' } as const;
    const make = (more: object) =>
      store.createRoom({ room, by: 'ada', members: ['bob'], reuse: false, ...more });
    const all = await Promise.allSettled(at(1, 10).map(() => make({})));
    assert.is(all.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.is((await refusal(make({}))).code, 'conflict');
    assert.is((await make({ reuse: true })).id, room.id);
    assert.is(
      (await refusal(make({ room: { ...room, id: 'other' }, members: ['nobody'] }))).code,
      'not_found',
    );
  });

  test('feeds see all rooms, and people only those they share a room with', async ({ db, store }) => {
    await addPeople(db, 'mia', 'max', 'mo');
    const room = await addRoom(store, { kind: 'private', members: ['mia'] });
    const start = await store.openFeed(room);
    assert.equal(
      start?.members.map(({ user, role }) => [user, role]),
      [
        ['ada', 'owner'],
        ['mia', 'member'],
      ],
    );
    assert.equal(await store.heads([room, 'nowhere']), {
      [room]: { epoch: start?.epoch, head: start?.head },
    });
    assert.equal([await store.openFeed('nowhere'), await store.feedEvents('nowhere', 0)], [null, null]);
    assert.equal(await store.roomMates('mia', ['ada', 'max', 'mia']), ['ada', 'mia']);
    assert.equal(
      (await store.knownUsers('mia', ['ada', 'max'])).map(({ id }) => id),
      ['ada'],
    );
    assert.equal((await store.listRooms(actor('mo'), 'mine')).rooms, []);
  });

  test.run();
}
