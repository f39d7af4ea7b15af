import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '../../shared/protocol/events.ts';
import type { Message } from '../../shared/protocol/models.ts';
import { applyEvent } from '../../shared/room-state.ts';
import { Emitter } from './emitter.ts';
import { readFitting } from './older-page.ts';
import type { RoomEvents, RoomSnapshot } from './types.ts';

const test = suite('older page');

/** The messages 0 to 4, and after them what was done to them. */
const history = fc
  .array(
    fc.record({
      target: fc.nat(4),
      what: fc.constantFrom('edit', 'react', 'unreact', 'reply', 'pin', 'delete'),
      by: fc.constantFrom('ada', 'bob'),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map(changes => [
    ...Array.from({ length: 5 }, (_, i) =>
      entry(i + 1, { type: 'message.created', data: { text: `text ${i}` } }, `m${i}`),
    ),
    ...changes.map(({ target: n, what, by }, i) => {
      const target = `m${n}`;
      const seq = i + 6;
      const emoji = '👍';
      if (what === 'edit') return entry(seq, { type: 'message.edited', data: { target, text: `edit ${i}` } });
      if (what === 'react')
        return entry(seq, { type: 'reaction.added', data: { target, emoji } }, undefined, by);
      if (what === 'unreact')
        return entry(seq, { type: 'reaction.removed', data: { target, emoji } }, undefined, by);
      if (what === 'pin') return entry(seq, { type: 'message.pinned', data: { target, on: true } });
      if (what === 'delete') return entry(seq, { type: 'message.deleted', data: { target } });
      return entry(seq, { type: 'message.created', data: { text: 'reply', root: target, replyTo: target } });
    }),
  ]);

type Change = {
  [T in LogEvent['type']]: Pick<Extract<LogEvent, { type: T }>, 'type' | 'data'>;
}[LogEvent['type']];
function entry(seq: number, change: Change, id = `e${seq}`, by = 'ada'): LogEvent {
  return { seq, id, at: `at ${seq}`, by, ...change } as LogEvent;
}

/** The first five messages as they are at `head`. */
function pageAt(log: LogEvent[], head: number): Message[] {
  const state = new Map<string, Message>();
  for (const event of log.slice(0, head)) applyEvent(state, 'lobby', event);
  return [...state.values()].slice(0, 5);
}

test('a page fits the copy, whether the hub or the copy was ahead when it was read (I10)', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(), fc.nat(), fc.nat(), async (log, a, b, c) => {
      const between = (from: number, n: number) => from + (n % (log.length - from + 1));
      const start = between(5, a);
      // What was applied is in every later read (I8), so the page is never behind the place it was asked at.
      const pageHead = between(start, b);
      const events = new Emitter<RoomEvents>();
      let head = start;
      const copy = {
        id: 'lobby',
        get snapshot() {
          return { head, epoch: 'a' } as RoomSnapshot;
        },
        on: events.on.bind(events),
        subscribe: (listener: () => void) => events.on('change', listener),
      };
      const go = (to: number) => {
        while (head < to) {
          head++;
          events.emit('event', log[head - 1]!);
          events.emit('change', undefined);
        }
      };
      // The copy moves on while the page is on its way, at the least as far as the page.
      const read = readFitting(copy, async () => {
        go(between(start, c));
        return { messages: pageAt(log, pageHead), head: pageHead, epoch: 'a' };
      }).then(page => ({ page, reached: head }));
      await new Promise(resolve => setImmediate(resolve));
      go(Math.max(head, pageHead));
      const { page, reached } = await read;
      assert.equal(page, pageAt(log, reached));
    }),
    { numRuns: 1000 },
  );
});

test('a page of another log is thrown away (I15)', async () => {
  const events = new Emitter<RoomEvents>();
  const copy = {
    id: 'lobby',
    snapshot: { head: 9, epoch: 'b' } as RoomSnapshot,
    on: events.on.bind(events),
    subscribe: (listener: () => void) => events.on('change', listener),
  };
  assert.is(await readFitting(copy, async () => ({ messages: [], head: 9, epoch: 'a' })), undefined);
});

test.run();
