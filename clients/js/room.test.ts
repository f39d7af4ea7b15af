// A room's copy when a backup was restored at the hub: nothing of the old log stands in the new one (I15).
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PresenceBook } from './presence-book.ts';
import { LiveRoom, type RoomDeps } from './room.ts';
import { when } from './testing/people.ts';
import type { OutboxEntry } from './types.ts';

const test = suite('room');
const at = '2026-01-01T00:00:00.000Z';

/** A room at a hub that answers each join with what `log` says. */
function open(log: { epoch: string; head: number }) {
  const joins: unknown[] = [];
  const send = async (call: string, input: { after?: unknown }) => {
    if (call !== 'room:join') return {};
    joins.push(input.after);
    return {
      ...log,
      role: 'member',
      readSeq: 0,
      recovered: false,
      events: [],
      more: false,
      messages: [],
      members: [],
      presence: [],
    };
  };
  const outbox = { of: () => [], settle: () => false };
  const deps = {
    connection: { isOpen: true, send },
    outbox,
    presence: new PresenceBook(),
    me: () => 'ada',
    keep: 50,
  };
  return { room: new LiveRoom('lobby', deps as unknown as RoomDeps), joins };
}

const entry: OutboxEntry = {
  id: 'x',
  room: 'lobby',
  at,
  call: 'message:send',
  input: { room: 'lobby', id: 'x', text: 'x' },
};

test('an answer that counts in another log is not shown among ours, and is a reason to ask which one there is', async () => {
  const log = { epoch: 'a', head: 5 };
  const { room, joins } = open(log);
  await room.join();
  const acked: typeof room.acked = (...of) => {
    room.acked(...of);
    room.outboxChanged();
  };
  acked(entry, { id: 'x', seq: 6, epoch: 'a', at });
  assert.equal(
    room.messages.map(({ id }) => id),
    ['x'],
  );
  Object.assign(log, { epoch: 'b', head: 3 });
  acked({ ...entry, id: 'y' }, { id: 'y', seq: 4, epoch: 'b', at });
  await when(room, () => room.snapshot.epoch === 'b');
  assert.equal(joins, [undefined, { epoch: 'a', seq: 5 }]);
  assert.equal(room.messages, []);
  acked(entry, { id: 'x', seq: 7, epoch: 'a', at });
  assert.equal(room.messages, [], 'an answer that comes late is of the log that is no more');
});

test('how far others have read is told anew by a new log', async () => {
  const log = { epoch: 'a', head: 5 };
  const { room } = open(log);
  await room.join();
  room.read('bob', 5);
  assert.equal([...room.snapshot.readers], [['bob', 5]]);
  room.resync();
  await room.join();
  assert.is(room.snapshot.readers.size, 1);
  Object.assign(log, { epoch: 'b', head: 3 });
  room.resync();
  await room.join();
  assert.is(room.snapshot.readers.size, 0);
});

test.run();
