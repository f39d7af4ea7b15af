import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallData, CallInput, CallName } from '../../shared/protocol/calls.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';
import { CallError, type CallErrorCode } from './errors.ts';
import { RoomSync } from './room-sync.ts';
import type { Gap } from './types.ts';

const test = suite('room sync');

const entry = (seq: number, epoch: string) =>
  ({
    seq,
    id: `${epoch}${seq}`,
    type: 'message.created',
    at: 'now',
    by: 'ada',
    data: { text: 'hi' },
  }) as LogEvent;

/** A hub with one room: answers joins and reads a turn later, unless fate has it otherwise. */
class Hub {
  head = 3;
  epoch = 'a';
  /** It gives back no more than this. */
  reach = 1000;
  page = 4;
  retryAfterMs = 1;
  isOpen = true;
  fates: (CallErrorCode | 'ok')[] = [];
  readonly calls: string[] = [];

  entries(after: number, limit: number): LogEvent[] {
    const to = Math.min(this.head, after + limit);
    return Array.from({ length: Math.max(0, to - after) }, (_, i) => entry(after + 1 + i, this.epoch));
  }

  async send<C extends CallName>(name: C, input: CallInput<C>): Promise<CallData<C>> {
    if (!this.isOpen) throw new CallError('not_sent', 'no connection');
    this.calls.push(name);
    const fate = this.fates.shift() ?? 'ok';
    await new Promise(resolve => setImmediate(resolve));
    if (!this.isOpen) throw new CallError('unknown', 'lost');
    if (fate !== 'ok') throw new CallError(fate, fate, { retryAfterMs: this.retryAfterMs });
    const { epoch, head } = this;
    if (name === 'events:read') {
      const { after } = input as CallInput<'events:read'>;
      return { events: this.entries(after, this.page), head, epoch } as CallData<CallName> as CallData<C>;
    }
    const { after } = input as CallInput<'room:join'>;
    const recovered = after?.epoch === epoch && head - after.seq <= this.reach;
    const events = recovered ? this.entries(after.seq, this.page) : [];
    return { epoch, head, recovered, events } as unknown as CallData<C>;
  }
}

function follow(hub: Hub) {
  const seqs: number[] = [];
  const gaps: Gap[] = [];
  const refusals: string[] = [];
  let moved = () => {};
  const sync = new RoomSync(
    'lobby',
    { connection: hub, backoff: { firstMs: 1, capMs: 2 } },
    {
      joined: ({ head }, { reset }) => {
        if (reset) seqs.splice(0, seqs.length, head);
      },
      apply(events) {
        seqs.push(...events.map(event => event.seq));
        moved();
      },
      gap: gap => gaps.push(gap),
      refused: error => refusals.push(error.code),
      moved: () => moved(),
    },
  );
  const until = (condition: () => boolean) =>
    new Promise<void>(resolve => {
      moved = () => {
        if (condition()) resolve();
      };
      moved();
    });
  return { sync, seqs, gaps, refusals, until };
}

test('follows, and says nothing of a gap when there was none', async () => {
  const hub = new Hub();
  const { sync, seqs, gaps } = follow(hub);
  await sync.follow();
  hub.head = 4;
  sync.frame('a', hub.entries(3, 1));
  assert.equal([seqs, gaps, sync.isWhole], [[3, 4], [], true]);
  sync.broken();
  sync.connected();
  await sync.follow();
  assert.equal([seqs, gaps, hub.calls], [[3, 4], [], ['room:join', 'room:join']]);
});

test('reads what a missing frame held while live ones wait, and says so', async () => {
  const hub = new Hub();
  const { sync, seqs, gaps } = follow(hub);
  await sync.follow();
  hub.head = 12;
  sync.frame('a', [entry(11, 'a')]);
  assert.not(sync.isWhole);
  sync.frame('a', [entry(12, 'a')]);
  await sync.follow();
  assert.equal(seqs, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.equal(gaps, [{ recovered: true, reason: 'hole', from: 3, to: 12 }]);
  assert.equal(hub.calls, ['room:join', 'events:read', 'events:read']);
});

test('a read that is put off is asked again when the hub said, not at each frame', async () => {
  const hub = new Hub();
  const { sync, seqs } = follow(hub);
  await sync.follow();
  hub.retryAfterMs = 20;
  hub.fates = ['rate_limited'];
  hub.head = 6;
  sync.frame('a', [entry(6, 'a')]);
  for (let turn = 0; turn < 2; turn++) await new Promise(resolve => setImmediate(resolve));
  for (hub.head = 7; hub.head < 9; hub.head++) sync.frame('a', [entry(hub.head, 'a')]);
  assert.equal(hub.calls, ['room:join', 'events:read']);
  hub.head = 8;
  await sync.follow();
  assert.equal(seqs, [3, 4, 5, 6, 7, 8]);
  assert.equal(hub.calls, ['room:join', 'events:read', 'events:read']);
});

test('one read of a hole ends before the next begins, however many frames come meanwhile', async () => {
  const hub = new Hub();
  const { sync, seqs, until } = follow(hub);
  await sync.follow();
  hub.head = 12;
  sync.frame('a', [entry(12, 'a')]);
  await until(() => sync.seq === 7);
  // The second read is under way, and all that was to happen after the first has happened.
  await new Promise(resolve => process.nextTick(resolve));
  for (hub.head = 13; hub.head <= 15; hub.head++) sync.frame('a', [entry(hub.head, 'a')]);
  hub.head = 15;
  await sync.follow();
  assert.equal([seqs.at(-1), seqs.length], [15, 13]);
  assert.equal(hub.calls, ['room:join', 'events:read', 'events:read']);
});

test('joins again when the hub says that we were too slow', async () => {
  const hub = new Hub();
  const { sync, seqs, gaps } = follow(hub);
  await sync.follow();
  hub.head = 5;
  sync.resync();
  await sync.follow();
  assert.equal([seqs, gaps], [[3, 4, 5], [{ recovered: true, reason: 'slow', from: 3, to: 5 }]]);
});

test('starts anew when it is too far behind, or the log is another one, and says which (I15)', async () => {
  const hub = new Hub();
  const { sync, seqs, gaps } = follow(hub);
  await sync.follow();
  sync.broken();
  Object.assign(hub, { head: 900, reach: 100 });
  sync.connected();
  await sync.follow();
  assert.equal([seqs, gaps.pop()], [[900], { recovered: false, reason: 'too_far', from: 3, to: 900 }]);
  Object.assign(hub, { head: 7, epoch: 'b' });
  sync.frame('b', [entry(7, 'b')]);
  await sync.follow();
  assert.equal([seqs, gaps.pop()], [[7], { recovered: false, reason: 'epoch', from: 900, to: 7 }]);
});

test('a refusal for good ends it; one for now is asked again', async () => {
  const hub = new Hub();
  hub.fates = ['rate_limited', 'unavailable', 'unknown'];
  const { sync, refusals } = follow(hub);
  await sync.follow();
  assert.is(hub.calls.length, 4);
  hub.fates = ['forbidden'];
  hub.head = 9;
  sync.frame('a', [entry(9, 'a')]);
  const error = await sync.follow().catch((error: CallError) => error);
  assert.equal([(error as CallError).code, refusals, sync.isWanted], ['forbidden', ['forbidden'], false]);
});

test('whatever is lost, refused for now or broken off, each entry comes once and in order (I5)', async () => {
  const happening = fc.constantFrom('frame', 'frame', 'frame', 'lost', 'turn', 'turn', 'break', 'resync');
  const fate = fc.constantFrom<CallErrorCode | 'ok'>('ok', 'ok', 'rate_limited', 'unknown');
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 40 }),
      fc.array(fate, { maxLength: 10 }),
      async (acts, fates) => {
        const hub = new Hub();
        hub.fates = fates;
        const { sync, seqs, gaps, until } = follow(hub);
        // It ends with the joins below.
        const first = sync.follow();
        for (const act of acts) {
          if (act === 'turn') await new Promise(resolve => setImmediate(resolve));
          if (act === 'resync') sync.resync();
          if (act === 'break') {
            hub.isOpen = false;
            sync.broken();
            await new Promise(resolve => setImmediate(resolve));
            hub.isOpen = true;
            sync.connected();
          }
          if (act === 'frame' || act === 'lost') hub.head++;
          if (act === 'frame' && hub.isOpen) sync.frame('a', [entry(hub.head, 'a')]);
        }
        sync.resync();
        await Promise.all([first, until(() => sync.isWhole && sync.seq === hub.head)]);
        assert.equal(
          seqs,
          seqs.map((_, i) => seqs[0]! + i),
        );
        assert.is(seqs.at(-1), hub.head);
        assert.ok(gaps.every(gap => gap.recovered && gap.to > gap.from));
      },
    ),
    { numRuns: 300 },
  );
});

test.run();
