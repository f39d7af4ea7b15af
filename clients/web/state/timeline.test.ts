import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RoomMessage } from '../../js/index.ts';
import { splitMentions } from './mentions.ts';
import { plainText } from './plain-text.ts';
import { timeline } from './timeline.ts';
import { countUnread } from './unread.ts';

const test = suite('what the message list shows');

let seq = 0;
const say = (by: string, minute: number, more: Partial<RoomMessage> = {}): RoomMessage => {
  seq++;
  return {
    id: `m${seq}`,
    room: 'lobby',
    seq,
    at: new Date(2026, 0, 5, 10, minute).toISOString(),
    by,
    text: 'hello',
    files: [],
    reactions: [],
    ...more,
  };
};

test.before.each(() => {
  seq = 0;
});

test('groups what one author says within five minutes, and begins anew after a pause or another voice', () => {
  const items = timeline([say('ada', 0), say('ada', 1), say('ben', 2), say('ada', 3), say('ada', 20)], {
    me: 'me',
  });
  assert.equal(
    items.map(item => item.kind === 'message' && item.first),
    [true, false, true, true, true],
  );
});

test('begins each local day with its name', () => {
  const tomorrow = new Date(2026, 0, 6, 0, 1).toISOString();
  const items = timeline([say('ada', 0), say('ada', 1), say('ada', 2, { at: tomorrow })], { me: 'me' });
  assert.equal(
    items.map(item => item.day),
    [true, false, true],
  );
});

test('draws one line before the first unread message of somebody else', () => {
  const messages = [say('ada', 0), say('me', 1), say('ben', 2), say('ben', 3)];
  assert.equal(
    timeline(messages, { me: 'me', lineAfter: 1 }).map(item => item.line),
    [false, false, true, false],
  );
  assert.not(timeline(messages, { me: 'me' }).some(item => item.line));
  assert.not(timeline(messages, { me: 'me', lineAfter: 4 }).some(item => item.line));
});

test('shows replies as one note per run, apart from the talk around them', () => {
  const root = say('ada', 0);
  const reply = { root: root.id, replyTo: root.id };
  const items = timeline(
    [root, say('ben', 1, reply), say('cem', 2, reply), say('ada', 3), say('ben', 4, reply)],
    { me: 'me' },
  );
  assert.equal(
    items.map(item => (item.kind === 'replies' ? item.replies.length : 'message')),
    ['message', 2, 'message', 1],
  );
});

test('finds mentions by name or id, keeps the punctuation, leaves mail addresses alone', () => {
  const find = (name: string) => (['ada.lovelace', 'ben-1'].includes(name) ? name : undefined);
  assert.equal(splitMentions('Hi @Ada.Lovelace, and (@ben-1).', find), [
    'Hi ',
    { who: 'ada.lovelace', rest: ',' },
    ' and (',
    { who: 'ben-1', rest: ').' },
  ]);
  assert.equal(splitMentions('mail x@ben-1 or @nobody', find), ['mail x@ben-1 or @nobody']);
});

test('reads Markdown as one plain line, and leaves names with underscores whole', () => {
  assert.is(plainText('**Then**: _so_ `it` is\n> [here](https://example.org)'), 'Then: so it is here');
  assert.is(plainText('see snake_case_name and 2 * 3'), 'see snake_case_name and 2 * 3');
});

test('counts unread from the live copy only where it reaches back far enough', () => {
  const copy = {
    status: 'live' as const,
    epoch: 'e',
    messages: [say('ada', 0)],
    readSeq: 0,
    unread: 1,
    mentions: 0,
  };
  assert.is(countUnread({ unread: 7 }, { ...copy, hasOlder: false }).unread, 1);
  const far = { ...copy, messages: [say('ada', 0, { seq: 90 })], hasOlder: true };
  assert.is(countUnread({ unread: 7, mentions: 2 }, far).unread, 7);
  assert.is(countUnread({ unread: 7, mentions: 2 }, far).mentions, 2);
});

test.run();
