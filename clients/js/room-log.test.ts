import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '../../shared/protocol/events.ts';
import { RoomLog, type Step } from './room-log.ts';

const test = suite('room log');

const entry = (seq: number, epoch = 'a'): LogEvent => ({
  seq,
  id: `${epoch}${seq}`,
  type: 'message.created',
  at: '2026-01-01T00:00:00.000Z',
  by: 'ada',
  data: { text: `${epoch} ${seq}` },
});
const entries = (from: number, to: number, epoch = 'a') =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => entry(from + i, epoch));
const seqs = (step: Step) => step.apply.map(event => event.seq);

/** A log that has joined at `head`. */
function joinedAt(head: number, epoch = 'a'): RoomLog {
  const log = new RoomLog();
  log.join();
  log.joined({ epoch, head, recovered: false, events: [] });
  return log;
}

test('applies a frame that continues, drops one that is old, and asks for what a hole hides', () => {
  const log = joinedAt(3);
  assert.equal(seqs(log.frame({ epoch: 'a', events: entries(4, 5) })), [4, 5]);
  assert.equal(seqs(log.frame({ epoch: 'a', events: entries(3, 5) })), []);
  const hole = log.frame({ epoch: 'a', events: entries(8, 9) });
  assert.equal([seqs(hole), hole.next], [[], 'read']);
  assert.not(log.isWhole);
  const filled = log.page({ epoch: 'a', events: entries(6, 7) });
  assert.equal([seqs(filled), filled.next], [[6, 7, 8, 9], 'live']);
});

test('keeps frames that come before the answer to the join', () => {
  const log = joinedAt(3);
  assert.equal(log.join(), { epoch: 'a', seq: 3 });
  assert.equal(log.frame({ epoch: 'a', events: entries(6, 7) }).next, 'wait');
  const step = log.joined({ epoch: 'a', head: 5, recovered: true, events: entries(4, 5) });
  assert.equal([seqs(step), step.next, step.reset], [[4, 5, 6, 7], 'live', undefined]);
});

test('reads on when the first page of a recovery is not all', () => {
  const log = joinedAt(3);
  log.join();
  const step = log.joined({ epoch: 'a', head: 9, recovered: true, events: entries(4, 6) });
  assert.equal([seqs(step), step.next], [[4, 5, 6], 'read']);
  assert.equal(seqs(log.page({ epoch: 'a', events: entries(7, 9) })), [7, 8, 9]);
});

test('never mixes epochs: another one is a new start (I15)', () => {
  const log = joinedAt(8);
  const foreign = log.frame({ epoch: 'b', events: [entry(9, 'b')] });
  assert.equal([seqs(foreign), foreign.next], [[], 'join']);
  log.join();
  log.frame({ epoch: 'b', events: [entry(5, 'b')] });
  const step = log.joined({ epoch: 'b', head: 4, recovered: false, events: [] });
  assert.equal([step.reset, step.apply.map(event => event.id)], [true, ['b5']]);
  assert.equal(log.page({ epoch: 'a', events: [entry(6)] }).apply, []);
});

test('starts anew when the hub cannot give back what is missing', () => {
  const log = joinedAt(2);
  log.frame({ epoch: 'a', events: [entry(7)] });
  assert.is(log.page({ epoch: 'a', events: [] }).next, 'join');
  assert.is(log.join(), undefined);
  assert.ok(log.joined({ epoch: 'a', head: 7, recovered: false, events: [] }).reset);
  assert.ok(log.isWhole);
});

test('any frames, duplicates, holes, lost answers and reconnects give each entry once and in order (I5)', () => {
  // A hub that appends, and a wire that may lose, repeat and reorder frames; each step is one thing that happens.
  const happening = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ what: fc.constant('append' as const), count: fc.integer({ min: 1, max: 5 }) }),
    },
    { weight: 4, arbitrary: fc.record({ what: fc.constant('deliver' as const), at: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('repeat' as const), at: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('lose' as const), at: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('join' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ what: fc.constant('answer' as const), page: fc.integer({ min: 1, max: 4 }) }),
    },
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.nat(5), (happenings, start) => {
      let head = start;
      const log = joinedAt(start);
      const applied: number[] = [];
      const wire: LogEvent[][] = [];
      let asked: { kind: 'join' | 'read'; after: number } | undefined;
      const follow = (step: Step) => {
        assert.not(step.reset, 'nothing was trimmed, so nothing may be given up');
        applied.push(...seqs(step));
        if (step.next === 'read' && asked?.kind !== 'join') asked = { kind: 'read', after: log.seq };
        if (step.next === 'live' && asked?.kind === 'read') asked = undefined;
      };
      const answer = (size: number) => {
        if (!asked) return;
        const { kind, after } = asked;
        asked = undefined;
        const events = entries(after + 1, Math.min(head, after + size));
        follow(
          kind === 'join'
            ? log.joined({ epoch: 'a', head, recovered: true, events })
            : log.page({ epoch: 'a', events }),
        );
      };
      for (const it of happenings) {
        if (it.what === 'append') {
          wire.push(entries(head + 1, head + it.count));
          head += it.count;
        } else if (it.what === 'join') {
          asked = { kind: 'join', after: log.join()!.seq };
        } else if (it.what === 'answer') {
          answer(it.page);
        } else if (wire.length > 0) {
          const at = it.at % wire.length;
          if (it.what !== 'lose') follow(log.frame({ epoch: 'a', events: wire[at]! }));
          if (it.what !== 'repeat') wire.splice(at, 1);
        }
      }
      asked = { kind: 'join', after: log.join()!.seq };
      while (asked) answer(3);
      assert.ok(log.isWhole);
      assert.equal(
        applied,
        Array.from({ length: head - start }, (_, i) => start + 1 + i),
      );
    }),
    { numRuns: 3000 },
  );
});

test.run();
