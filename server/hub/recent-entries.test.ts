// What a feed remembers is the newest of a log, without a hole, and no more than its bounds.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '#shared/protocol/events.ts';
import { RecentEntries } from './recent-entries.ts';

const test = suite('recent entries');

const entry = (seq: number, length: number): LogEvent => ({
  ...{ seq, id: crypto.randomUUID(), type: 'message.created', by: 'ada', at: '2026-01-01T00:00:00.000Z' },
  data: { text: 'x'.repeat(length) },
});

/** The number of the oldest entry that is remembered, after `count` of this length. */
function oldest(count: number, length: number): number {
  const recent = new RecentEntries();
  for (let seq = 1; seq <= count; seq++) {
    recent.push(entry(seq, length));
    assert.equal(recent.after(seq, seq), []);
    assert.is(recent.after(seq - 1, seq)?.[0]?.seq, seq);
  }
  let from = count;
  while (from > 0 && recent.after(from - 1, count)) from--;
  const held = recent.after(from, count) ?? [];
  assert.equal(
    held.map(({ seq }) => seq),
    Array.from({ length: count - from }, (_, i) => from + 1 + i),
  );
  return from + 1;
}

test('all of a short log', () => assert.is(oldest(2000, 10), 1));
test('the newest thousand or two of a long one', () => {
  const from = oldest(5100, 10);
  assert.ok(from >= 3101 && from <= 4101, String(from));
});
test('the newest megabyte or two of long texts', () => {
  const held = 1000 - oldest(1000, 16_000) + 1;
  assert.ok(held >= 60 && held <= 132, String(held));
});

test.run();
