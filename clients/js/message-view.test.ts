import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EventOf, LogEvent } from '../../shared/protocol/events.ts';
import type { Message } from '../../shared/protocol/models.ts';
import { MessageView } from './message-view.ts';
import type { OutboxEntry } from './types.ts';

const test = suite('message view');
const at = '2026-01-01T00:00:00.000Z';

const said = (seq: number, data: Partial<EventOf<'message.created'>['data']> = {}, by = 'bob'): LogEvent => ({
  seq,
  id: `m${seq}`,
  type: 'message.created',
  at,
  by,
  data: { text: `text ${seq}`, ...data },
});
const unsent = (id: string, text = id): OutboxEntry => ({
  id,
  room: 'lobby',
  call: 'message:send',
  input: { room: 'lobby', id, text },
  at,
});
const ids = (messages: readonly Message[]) => messages.map(message => message.id);

test('a pending message stands at the end, and its entry takes its place', () => {
  const view = new MessageView('lobby', 10);
  view.apply(said(1));
  const pending = unsent('mine');
  const before = view.show([pending], 'ada');
  assert.equal(ids(before), ['m1', 'mine']);
  assert.is(before[1]!.pending, true);
  assert.is(before[1]!.by, 'ada');
  assert.is(before[1]!.seq, Number.POSITIVE_INFINITY);
  view.apply({ ...said(2, { text: 'mine' }, 'ada'), id: 'mine' } as LogEvent);
  const after = view.show([], 'ada');
  assert.equal(ids(after), ['m1', 'mine']);
  assert.is(after[1]!.pending, undefined);
  assert.is(after[1]!.seq, 2);
});

test('an ack that comes before the entry keeps the message in its place until the entry is here', () => {
  const view = new MessageView('lobby', 10);
  view.apply(said(1));
  view.acked(unsent('second'), { id: 'second', seq: 4, at });
  view.acked(unsent('first'), { id: 'first', seq: 3, at });
  const shown = view.show([unsent('third')], 'ada');
  assert.equal(ids(shown), ['m1', 'first', 'second', 'third']);
  assert.equal(
    shown.map(message => message.pending),
    [undefined, undefined, undefined, true],
  );
  view.apply(said(2));
  assert.equal(ids(view.show([], 'ada')), ['m1', 'm2', 'first', 'second']);
  view.apply({ ...said(3, {}, 'ada'), id: 'first' } as LogEvent);
  view.apply({ ...said(4, {}, 'ada'), id: 'second' } as LogEvent);
  assert.equal(ids(view.show([], 'ada')), ['m1', 'm2', 'first', 'second']);
});

test('what the log holds already is not pending any more, whatever the outbox still says', () => {
  const view = new MessageView('lobby', 10);
  view.apply(said(1, {}, 'ada'));
  const [message, ...more] = view.show([unsent('m1')], 'ada');
  assert.equal([message!.seq, message!.pending, more], [1, undefined, []]);
});

test('unsent edits, reactions, pins and deletes show at once, and are undone when refused', () => {
  const view = new MessageView('lobby', 10);
  view.apply(said(1));
  view.apply(said(2));
  const base = { room: 'lobby', at };
  const edit: OutboxEntry = {
    ...base,
    id: 'e',
    call: 'message:edit',
    input: { room: 'lobby', id: 'e', target: 'm1', text: 'better' },
  };
  const react: OutboxEntry = {
    ...base,
    id: 'r',
    call: 'message:react',
    input: { room: 'lobby', id: 'r', target: 'm1', emoji: '👍', on: true },
  };
  const remove: OutboxEntry = {
    ...base,
    id: 'd',
    call: 'message:delete',
    input: { room: 'lobby', id: 'd', target: 'm2' },
  };
  const [first, second] = view.show([edit, react, remove], 'ada');
  assert.is(first!.text, 'better');
  assert.equal(first!.reactions, [{ emoji: '👍', users: ['ada'] }]);
  assert.is(second!.text, '');
  const failed = { code: 'forbidden' as const, message: 'no' };
  assert.is(view.show([{ ...edit, failed }], 'ada')[0]!.text, 'text 1');
});

test('a refused message stays, with why', () => {
  const view = new MessageView('lobby', 10);
  const [message] = view.show([{ ...unsent('x'), failed: { code: 'forbidden', message: 'muted' } }], 'ada');
  assert.is(message!.failed!.code, 'forbidden');
  assert.is(message!.pending, undefined);
});

test('a pending reply knows its thread', () => {
  const view = new MessageView('lobby', 10);
  view.apply(said(1));
  view.apply(said(2, { replyTo: 'm1', root: 'm1' }));
  const entry = unsent('mine') as Extract<OutboxEntry, { call: 'message:send' }>;
  const reply = (to: string) => ({ ...entry, input: { ...entry.input, replyTo: to } });
  assert.is(view.show([reply('m2')], 'ada').at(-1)!.root, 'm1');
  assert.is(view.show([reply('m1')], 'ada').at(-1)!.root, 'm1');
});

test('holds the newest ones only, and as many more as were loaded by hand', () => {
  const view = new MessageView('lobby', 3);
  for (let seq = 1; seq <= 5; seq++) view.apply(said(seq));
  assert.equal(ids(view.show([], 'ada')), ['m3', 'm4', 'm5']);
  assert.ok(view.hasOlder);
  view.grow(2);
  view.prepend([], true);
  for (let seq = 6; seq <= 20; seq++) view.apply(said(seq));
  assert.is(view.show([], 'ada').length, 8);
});

test('messages that did not change keep their identity', () => {
  const view = new MessageView('lobby', 10);
  view.apply(said(1));
  view.apply(said(2));
  const [before] = view.show([], 'ada');
  view.apply({ seq: 3, id: 'e', type: 'message.edited', at, by: 'bob', data: { target: 'm2', text: 'new' } });
  const [same, edited] = view.show([], 'ada');
  assert.is(same, before);
  assert.is(edited!.text, 'new');
});

test.run();
