// What every SearchIndex must find, and what none may: the same logs, the same questions, whatever stands behind it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { wordsOf } from '#shared/text/words.ts';
import type { Draft, RoomStore } from '../../hub/ports.ts';
import type { SearchAnswer, SearchIndex, SearchQuery } from '../../hub/ports-search.ts';
import type { Db } from '../../store/db.ts';
import { createRoomStore } from '../../store/queries/rooms.ts';
import { addPeople, addRoom, append, draft, message } from './drafts.ts';

export interface IndexUnderTest extends AsyncDisposable {
  readonly db: Db;
  readonly index: Pick<SearchIndex, 'search'>;
  /** Resolves when everything is found that was written so far. */
  settled(): Promise<void>;
}

export const wanted = (words: string, more: Partial<SearchQuery> = {}): SearchQuery => ({
  words: words
    .split(' ')
    .filter(Boolean)
    .map(text => ({ text: text.replace(/\*$/, ''), prefix: text.endsWith('*') })),
  ...{ match: 'all', near: false, phrases: [], without: [], from: [], has: [] },
  ...more,
});

/** Texts of people who want more than they should get (attack 26). */
const HOSTILE = [
  '*',
  '.*',
  '?',
  '_',
  '%',
  'a*b',
  '/.*/',
  '~',
  'cellar~10',
  'room:*',
  'text:cellar',
  '_exists_:text',
  '* OR room:secret',
  'cellar AND NOT room',
  '") OR ("',
  "' or '1'='1",
  "'; drop table messages; --",
  "cellar' | 'vault",
  'cellar & !vault',
  'cellar:*',
  '{"match_all":{}}',
  '{"query":{"wildcard":{"text":"*"}}}',
  '$' + '{jndi:ldap://x}',
  '\\',
  '\\*',
  "\\'",
  '<->',
  '!!',
  '||',
  '((((',
  '\u202e',
  '\u0001',
  'x'.repeat(5000),
];

export function searchIndexContract(name: string, open: () => Promise<IndexUnderTest>): void {
  const test = suite(`what ${name} finds`);
  let it: IndexUnderTest;
  let store: RoomStore;
  test.before(async () => {
    it = await open();
    store = createRoomStore(it.db);
    await addPeople(it.db, 'ada', 'bob');
  });
  test.after(async () => it[Symbol.asyncDispose]());

  /** Who says what, in a room of its own; gives what the room finds, by the place among the texts. */
  const talk = async (
    ...texts: (string | { by?: string; text: string; at?: string; replyTo?: string })[]
  ) => {
    const room = await addRoom(store, { members: ['bob'] });
    const said: { seq: number; id: string }[] = [];
    for (const one of texts) {
      const { by = 'ada', text, replyTo, at } = typeof one === 'string' ? { text: one } : one;
      const data = { text, ...(replyTo && { replyTo: said[Number(replyTo)]?.id }) };
      said.push(await append(store, message(room, by, text, { data, ...(at && { at }) })));
    }
    await it.settled();
    const change = async (type: Draft['type'], place: number, data: object = {}) => {
      await append(store, draft(room, 'ada', type, { target: said[place]?.id ?? '', data: { ...data } }));
      await it.settled();
    };
    const ask = (words: string, more?: Partial<SearchQuery>, since = 1, limit = 100): Promise<SearchAnswer> =>
      it.index.search(wanted(words, more), [{ id: room, since, head: 1000 }], limit);
    const placesOf = ({ found }: SearchAnswer) =>
      found.map(({ seq }) => said.findIndex(one => one.seq === seq));
    const find = async (...asked: Parameters<typeof ask>) =>
      placesOf(await ask(...asked)).sort((a, b) => a - b);
    return {
      room,
      said,
      change,
      ask,
      find,
      inOrder: async (...asked: Parameters<typeof ask>) => placesOf(await ask(...asked)),
    };
  };

  test('words in any case, with or without accents, in other forms of theirs; all of them, or any', async () => {
    const { find } = await talk(
      'The Cafés of the old town',
      'a cafe',
      'They were running to town',
      'nothing of it',
    );
    assert.equal(await find('cafe'), [0, 1]);
    assert.equal(await find('town'), [0, 2]);
    assert.equal(await find('run'), [2]);
    assert.equal(await find('cafe town'), [0]);
    assert.equal(await find('cafe town', { match: 'any' }), [0, 1, 2]);
    assert.equal(await find('absent'), []);
    assert.equal(await find('cafe absent'), []);
  });

  test('beginnings of words, short and long', async () => {
    const long = `begin${'ning'.repeat(8)}`;
    const { find } = await talk('A courtyard', 'The court', 'escort', long);
    assert.equal(await find('court*'), [0, 1]);
    assert.equal(await find('courty*'), [0]);
    assert.equal(await find('c*'), [0, 1]);
    assert.equal(await find(`${long.slice(0, 25)}*`), [3]);
  });

  test('phrases stand side by side and in order; what is excluded is not found', async () => {
    const { find } = await talk('hang the lantern in the yard', 'the yard in the lantern', 'the old lantern');
    assert.equal(await find('', { phrases: ['in the yard'] }), [0]);
    assert.equal(await find('', { phrases: ['the lantern'] }), [0, 1]);
    assert.equal(await find('lantern', { without: ['old'] }), [0, 1]);
    assert.equal(await find('lantern', { without: ['in the yard', 'old'] }), [1]);
    assert.equal(await find('lantern', { phrases: ['the old'] }), [2]);
  });

  test('phrases of nothing but frequent words', async () => {
    const { find } = await talk('what is it that we have', 'it is what we have', 'the what, is it?', 'is it');
    assert.equal(await find('', { phrases: ['what is it'] }), [0, 2]);
    assert.equal(await find('', { phrases: ['it is what we'] }), [1]);
    assert.equal(await find('', { phrases: ['we have', 'is it'] }), [0]);
    assert.equal(await find('is', { without: ['what is it'] }), [1, 3]);
    assert.equal(await find('', { phrases: ['have we'] }), []);
  });

  test('words nearly right, when that is asked for and not else', async () => {
    const { find } = await talk('The courtyard', 'a lantern');
    assert.equal(await find('courtyrad'), []);
    assert.equal(await find('courtyrad', { near: true }), [0]);
    assert.equal(await find('lantren', { near: true }), [1]);
  });

  test('Chinese, Japanese and Korean, where no spaces tell words', async () => {
    const { find } = await talk(
      '我们明天在法院开会',
      '東京のデータベースが遅い',
      '회의는 내일 법원에서 합니다',
      'English only',
    );
    assert.equal(await find('明天'), [0]);
    assert.equal(await find('法院开会'), [0]);
    assert.equal(await find('明院'), []);
    assert.equal(await find('データ'), [1]);
    assert.equal(await find('東京'), [1]);
    assert.equal(await find('법원'), [2]);
    assert.equal(await find('', { phrases: ['内日'] }), []);
    assert.equal(await find('', { phrases: ['在法院'] }), [0]);
  });

  test('by whom, when, and with what; all of these together', async () => {
    const { find, change } = await talk(
      { text: 'see https://example.com', at: '2026-01-01T00:00:00.000Z' },
      { text: 'see there', by: 'bob', at: '2026-01-02T00:00:00.000Z' },
      { text: 'see here', at: '2026-01-03T00:00:00.000Z', replyTo: '1' },
    );
    await change('reaction.added', 0, { emoji: '👍' });
    await change('message.pinned', 2, { on: true });
    assert.equal(await find('see', { from: ['bob'] }), [1]);
    assert.equal(await find('see', { from: ['bob', 'ada'] }), [0, 1, 2]);
    assert.equal(await find('see', { since: '2026-01-02T00:00:00.000Z' }), [1, 2]);
    assert.equal(await find('see', { until: '2026-01-02T00:00:00.000Z' }), [0]);
    assert.equal(await find('', { has: ['link'] }), [0]);
    assert.equal(await find('', { has: ['link', 'reaction'] }), [0]);
    assert.equal(await find('', { has: ['thread'] }), [1]);
    assert.equal(await find('', { has: ['pin'] }), [2]);
    assert.equal(await find('see', { has: ['pin'], from: ['bob'] }), []);
    await change('message.pinned', 2, { on: false });
    await change('reaction.removed', 0, { emoji: '👍' });
    assert.equal(await find('', { has: ['pin'] }), []);
    assert.equal(await find('', { has: ['reaction'] }), []);
  });

  test('an edit is found and what was there before is not; what was deleted is not found at all', async () => {
    const { find, change } = await talk('a quiet abbey', 'another abbey');
    await change('message.edited', 0, { text: 'a quiet priory' });
    await change('message.deleted', 1);
    assert.equal(await find('abbey'), []);
    assert.equal(await find('priory'), [0]);
    assert.equal(await find('quiet'), [0]);
  });

  test('a posted summary is found like a message, and its claims go with what they cite (I9)', async () => {
    const { room, said, find, change } = await talk('a gazebo for the garden', 'a pergola for the yard');
    const [one, two] = said;
    const claims = [
      { text: 'The belvedere is decided.', cites: [1] },
      { text: 'The arbour waits.', cites: [2] },
    ];
    const text = claims.map(claim => `- ${claim.text} [${claim.cites}]`).join('\n');
    const citations = [one, two].map(cited => ({ messageId: cited?.id, quote: 'a' }));
    const posted = draft(room, 'ada', 'summary.posted', { data: { text, claims, citations } });
    said.push(await append(store, posted));
    await it.settled();
    assert.equal(await find('belvedere'), [2]);
    assert.equal(await find('arbours'), [2]);
    await change('message.deleted', 1);
    assert.equal(await find('arbours'), []);
    assert.equal(await find('belvedere'), [2]);
    await change('message.deleted', 2);
    assert.equal(await find('belvedere'), []);
  });

  test('nothing of another room, and nothing from before a stay, is found or counted (I9, attack 26)', async () => {
    const one = await talk('cellar one', 'cellar two', 'cellar three');
    const other = await talk('cellar vault');
    assert.equal(await one.find('cellar'), [0, 1, 2]);
    assert.equal(await other.find('cellar'), [0]);
    const { total, found } = await one.ask('cellar', {}, one.said[2]?.seq);
    assert.equal([total, found.map(({ seq }) => seq)], [1, [one.said[2]?.seq]]);
    const none = await it.index.search(wanted('cellar'), [], 10);
    assert.equal([none.total, none.found], [0, []]);
    const mixed = await it.index.search(
      wanted('cellar'),
      [
        { id: one.room, since: one.said[1]?.seq ?? 0, head: 100 },
        { id: other.room, since: 1, head: 100 },
      ],
      10,
    );
    assert.is(mixed.found.length, 3);
    assert.is(mixed.total, 3);
  });

  test('hostile texts are texts: they find nothing more, and break nothing (attack 26)', async () => {
    const own = await talk('cellar');
    const secret = await talk('vault secret');
    for (const text of HOSTILE) {
      // What has no word in it is left out by the parser of queries.
      const variants: Partial<SearchQuery>[] =
        wordsOf(text).length === 0
          ? [{ from: [text] }]
          : [
              { words: [{ text, prefix: false }] },
              { words: [{ text, prefix: true }] },
              { words: [{ text, prefix: false }], near: true, match: 'any' },
              { phrases: [text] },
              { words: [{ text: 'cellar', prefix: false }], without: [text] },
              { from: [text] },
            ];
      for (const variant of variants) {
        const { found } = await own.ask('', variant);
        assert.ok(
          found.every(({ room }) => room === own.room),
          text,
        );
      }
      const rooms = [{ id: text, since: 1, head: 10 }];
      assert.equal((await it.index.search(wanted('vault'), rooms, 10)).found, [], text);
    }
    assert.equal(await secret.find('vault'), [0]);
  });

  test('the best first; the newest where nothing ranks; no more than asked for, and all are counted', async () => {
    const { inOrder, ask } = await talk('spire', 'spire and gable', 'spire', 'gable');
    assert.equal((await inOrder('spire gable', { match: 'any' }))[0], 1);
    assert.equal(await inOrder('', { from: ['ada'] }), [3, 2, 1, 0]);
    const { found, total } = await ask('spire', {}, 1, 2);
    assert.equal([found.length, total], [2, 3]);
  });

  test.run();
}
