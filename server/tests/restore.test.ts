// The database dies and a backup is restored while hub and clients go on (I15): everybody is told, nobody mixes two logs, what was in the
// backup is there as it was acknowledged, and what was not can be sent again.
// takes: 14 s
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallData } from '#shared/protocol/calls.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import { clientsOf, when } from '../../clients/js/testing/people.ts';
import type { Gap, Sent } from '../../clients/js/types.ts';
import { backup } from '../store/backup.ts';
import { openEmbedded } from '../store/embedded.ts';
import { restore } from '../store/restore.ts';
import { boot } from '../testing/boot.ts';
import { connect, Refused, type TestClient } from '../testing/client.ts';

const test = suite('restore');

interface Ack {
  id: string;
  epoch: string;
  seq: number;
  text: string;
}

/** As an honest client: the same id until the outcome is known. */
async function sendSurely(client: TestClient, room: string, text: string): Promise<Ack> {
  const id = crypto.randomUUID();
  for (;;) {
    try {
      const { epoch, seq } = await client.call('message:send', { room, id, text });
      return { id, epoch, seq, text };
    } catch (error) {
      if (!(error instanceof Refused) || error.error.code !== 'unavailable') throw error;
    }
  }
}

/** The server is gone at once, as in a crash. */
async function kill(dir: string): Promise<void> {
  const lock = await readFile(path.join(dir, 'postgres/data/postmaster.pid'), 'utf8');
  process.kill(Number(lock.split('\n')[0]), 'SIGQUIT');
}

/** What a bare client holds of a room, by the rules of the protocol: joins again when it is told to. */
async function follow(client: TestClient, room: string) {
  const copy = { epoch: '', seq: 0, joins: [] as CallData<'room:join'>[], faults: [] as string[] };
  // Frames may come in the same turn as the answer, before it is known here; those before it are of the past.
  let early: Push<'events'>[] | undefined;
  const apply = ({ epoch, events }: Push<'events'>) => {
    if (epoch !== copy.epoch) copy.faults.push(`a frame of ${epoch} in a copy of ${copy.epoch}`);
    for (const { seq } of events) {
      if (seq !== copy.seq + 1) copy.faults.push(`${seq} after ${copy.seq}`);
      copy.seq = seq;
    }
  };
  const join = async (after?: Pick<typeof copy, 'epoch' | 'seq'>) => {
    const frames: Push<'events'>[] = [];
    early = frames;
    const answer = await client.call('room:join', { room, ...(after && { after }) });
    Object.assign(copy, { epoch: answer.epoch, seq: answer.head });
    early = undefined;
    for (const frame of frames) {
      const events = frame.events.filter(({ seq }) => seq > answer.head);
      if (frame.epoch === answer.epoch && events.length > 0) apply({ ...frame, events });
    }
    copy.joins.push(answer);
  };
  client.socket.on('events', (frame: Push<'events'>) => {
    if (frame.room !== room) return;
    if (early) early.push(frame);
    else apply(frame);
  });
  client.socket.on('resync', ({ room: of }: Push<'resync'>) => {
    if (of === room) void join({ epoch: copy.epoch, seq: copy.seq });
  });
  await join();
  return copy;
}

test('under load: killed, restored, and everybody goes on with the log of the backup', async () => {
  await using files = new AsyncDisposableStack();
  const dir = await mkdtemp(path.join(os.tmpdir(), 'first-court-restore-'));
  files.defer(() => rm(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'hub.gz');
  await using database = await openEmbedded(dir, { durable: false });
  await using hub = await boot({ databaseUrl: database.url });
  await using ada = await connect(hub.url, { token: await hub.token('ada') });
  await using bob = await connect(hub.url, { token: await hub.token('bob') });
  const { room } = await ada.call('room:create', { title: 'Room', kind: 'public' });
  const copies = [await follow(ada, room.id), await follow(bob, room.id)] as const;
  const signedIn = await fetch(`${hub.url}/api/auth/guest`, { method: 'POST' });
  await using guest = await connect(hub.url, {
    token: ((await signedIn.json()) as { accessToken: string }).accessToken,
  });
  await using cleo = clientsOf(hub)('cleo');
  await cleo.connect();
  const cleos = cleo.room(room.id);
  await cleos.join();
  const gaps: Gap[] = [];
  cleos.on('gap', gap => gaps.push(gap));

  let done = false;
  const acks: Ack[] = [];
  const bySdk: Promise<{ id: string; sent: Sent }>[] = [];
  const load = [
    ...[ada, bob].map(async (client, n) => {
      for (let i = 0; !done; i++) acks.push(await sendSurely(client, room.id, `${n}-${i}`));
    }),
    (async () => {
      for (let i = 0; !done; i++) {
        const post = cleos.send(`cleo-${i}`);
        bySdk.push(post.done.then(sent => ({ id: post.id, sent })));
        await post.done;
      }
    })(),
  ];
  const more = (count: number, from = acks.length) => bob.until(() => acks.length >= from + count);

  await more(30);
  const inBackup = [...acks];
  await backup(database.url, file);
  const { epoch: before } = copies[0];
  // Nobody of the backup knows Eve.
  await using eve = await connect(hub.url, { token: await hub.token('eve') });
  const eves = await follow(eve, room.id);
  await more(30);
  await kill(dir);
  await more(30);
  const restored = await restore(database.url, file, { replace: true });
  assert.is(restored.rooms, 1);
  for (const client of [ada, bob, eve]) await client.push('resync', ({ room: of }) => of === room.id);
  await guest.push('session:end', ({ code }) => code === 'revoked');
  for (const copy of [...copies, eves]) await bob.until(() => copy.joins.length === 2);
  await when(cleos, () => cleos.snapshot.epoch !== before && cleos.snapshot.status === 'live');
  await more(30);
  done = true;
  await Promise.all(load);
  const sdkSent = await Promise.all(bySdk);

  const { epoch, head } = await ada.call('messages:read', { room: room.id, limit: 1 });
  assert.is.not(epoch, before);
  for (const copy of [...copies, eves]) {
    assert.equal(copy.faults, []);
    assert.is(copy.joins.length, 2);
    const again = copy.joins[1];
    assert.equal([again?.epoch, again?.recovered], [epoch, false]);
  }
  const log = [];
  for (let after = 0; after < head; after = log.at(-1)?.seq ?? head)
    log.push(...(await ada.call('events:read', { room: room.id, after, limit: 500 })).events);
  const seqs = new Map(log.map(event => [event.id, event.seq]));
  assert.equal(
    log.map(event => event.seq),
    log.map((_, i) => i + 1),
    'one log without holes (I4)',
  );
  for (const { id, seq } of inBackup)
    assert.is(seqs.get(id), seq, 'the backup holds what was acknowledged before it');
  const acked = [...acks, ...sdkSent.map(({ id, sent }) => ({ id, seq: sent.seq, epoch: sent.epoch }))];
  const lately = acked.filter(ack => ack.epoch === epoch);
  assert.ok(lately.length >= 30);
  for (const { id, seq } of lately) assert.is(seqs.get(id), seq);

  // The SDK came through by itself, and shows the restored log and nothing else.
  await when(cleos, () => cleos.snapshot.head === head && cleos.messages.every(message => !message.pending));
  assert.equal(gaps.filter(gap => gap.reason === 'epoch').length, 1);
  const shown = cleos.messages;
  const { messages } = await ada.call('messages:read', { room: room.id, limit: 200 });
  const newest = (list: readonly { id: string; seq: number; text: string }[]) =>
    list.slice(-Math.min(shown.length, messages.length)).map(({ id, seq, text }) => `${seq} ${id} ${text}`);
  assert.equal(newest(shown), newest(messages));

  // What the backup does not hold is new when it comes again, also with an id that was acknowledged once.
  const lost = acks.find(ack => ack.epoch === before && !seqs.has(ack.id));
  assert.ok(lost, 'something was written after the backup');
  const resent = await ada.call('message:send', { room: room.id, id: lost.id, text: lost.text });
  assert.equal([resent.epoch, resent.seq, resent.duplicate], [epoch, head + 1, undefined]);
});

test.run();
