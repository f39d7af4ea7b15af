import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from './protocol/events.ts';
import type { Message } from './protocol/models.ts';
import { applyEvent } from './room-state.ts';

const test = suite('room state');

type Entry = {
  [T in LogEvent['type']]: Pick<Extract<LogEvent, { type: T }>, 'type' | 'data'> & { by?: string };
}[LogEvent['type']];
const said = (text: string, more: object = {}): Entry => ({
  type: 'message.created',
  data: { text, ...more },
});

/** Entry `n` has the id `en`. */
function fold(entries: Entry[], messages = new Map<string, Message>(), from = 1): Map<string, Message> {
  entries.forEach((entry, i) => {
    const seq = from + i;
    applyEvent(messages, 'lobby', { seq, id: `e${seq}`, at: `at ${seq}`, by: 'ada', ...entry } as LogEvent);
  });
  return messages;
}

test('edits, pins and reactions change the message they aim at', () => {
  const [message] = fold([
    said('hi', { mentions: ['bob'] }),
    { type: 'message.edited', data: { target: 'e1', text: 'hello' } },
    { type: 'message.pinned', data: { target: 'e1', on: true } },
    { type: 'reaction.added', data: { target: 'e1', emoji: 'A' }, by: 'bob' },
    { type: 'reaction.added', data: { target: 'e1', emoji: 'B' } },
    { type: 'reaction.added', data: { target: 'e1', emoji: 'A' } },
    { type: 'reaction.added', data: { target: 'e1', emoji: 'A' } },
    { type: 'reaction.removed', data: { target: 'e1', emoji: 'B' } },
    { type: 'reaction.removed', data: { target: 'e1', emoji: 'C' } },
  ]).values();
  assert.equal(message, {
    id: 'e1',
    room: 'lobby',
    seq: 1,
    at: 'at 1',
    by: 'ada',
    text: 'hello',
    files: [],
    reactions: [{ emoji: 'A', users: ['bob', 'ada'] }],
    editedAt: 'at 2',
    pinned: true,
  });
});

const file = { id: 'f', name: 'plan.pdf', type: 'application/pdf', size: 1 };

test('a deleted message keeps its place and its thread, and loses all else', () => {
  const messages = fold([
    said('root', { files: [file], meta: { a: 1 } }),
    said('reply', { replyTo: 'e1', root: 'e1' }),
    { type: 'reaction.added', data: { target: 'e1', emoji: 'A' } },
    { type: 'message.pinned', data: { target: 'e1', on: true } },
    { type: 'message.deleted', data: { target: 'e1' } },
    said('late', { replyTo: 'e2', root: 'e1' }),
  ]);
  assert.equal([...messages.keys()], ['e1', 'e2', 'e6']);
  assert.equal(messages.get('e1'), {
    id: 'e1',
    room: 'lobby',
    seq: 1,
    at: 'at 1',
    by: 'ada',
    text: '',
    files: [],
    reactions: [],
    deletedAt: 'at 5',
    thread: { count: 2, lastSeq: 6 },
  });
});

test('what aims at a message before the page is left out', () => {
  const messages = fold([
    { type: 'message.edited', data: { target: 'e0', text: 'x' } },
    { type: 'reaction.added', data: { target: 'e0', emoji: 'A' } },
    { type: 'message.deleted', data: { target: 'e0' } },
    said('reply', { replyTo: 'e0', root: 'e0' }),
  ]);
  assert.equal([...messages.keys()], ['e4']);
});

test('messages are replaced, never changed in place, and the others keep their identity', () => {
  const messages = fold([said('one'), said('two')]);
  const [one, two] = messages.values();
  fold([{ type: 'message.edited', data: { target: 'e1', text: 'eins' } }], messages, 3);
  assert.is(one!.text, 'one');
  assert.is.not(messages.get('e1'), one);
  assert.is(messages.get('e2'), two);
});

test.run();
