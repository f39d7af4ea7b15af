// Coming back: reading on from where one stopped, with nothing between what was recovered and what comes live.
// takes: 25 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withConnection } from '../store/databases.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { consecutive } from '../testing/consecutive.ts';

const test = suite('recovery');
let hub: TestHub;
let ada: TestClient;
let room: string;

const uuid = () => crypto.randomUUID();
const send = (client: TestClient, text: string) => client.call('message:send', { room, id: uuid(), text });

test.before(async () => {
  hub = await boot();
  ada = await connect(hub.url, { token: await hub.token('ada') });
});

test.before.each(async () => {
  room = (await ada.call('room:create', { title: 'Room', kind: 'public' })).room.id;
  await ada.call('room:join', { room });
});

test.after(async () => {
  await ada[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('joins in the middle of a stream leave no hole and no repetition (I5)', async () => {
  const token = await hub.token('bob');
  await using bob = await connect(hub.url, { token });
  const first = await bob.call('room:join', { room });
  let after = { epoch: first.epoch, seq: first.head };
  let sending = true;
  const stream = (async () => {
    while (sending) await Promise.all(Array.from({ length: 20 }, (_, i) => send(ada, `${i}`)));
  })();
  const held: number[] = [];
  for (let round = 0; round < 15; round++) {
    await using client = await connect(hub.url, { token });
    const joined = await client.call('room:join', { room, after });
    assert.is(joined.recovered, true);
    await client.until(() => client.events(room).length >= 20);
    const live = client.events(room).map(event => event.seq);
    const recovered = joined.events.map(event => event.seq);
    if (joined.more) {
      const { events } = await client.call('events:read', {
        room,
        after: recovered.at(-1) as number,
        limit: 500,
      });
      recovered.push(...events.map(event => event.seq).filter(seq => seq <= joined.head));
    }
    assert.is(recovered.at(-1) ?? after.seq, joined.head);
    held.push(...recovered, ...live);
    after = { epoch: joined.epoch, seq: live.at(-1) as number };
  }
  sending = false;
  await stream;
  assert.is(held[0], first.head + 1);
  consecutive(held);
});

test('fresh joins in the middle of a stream get a page that the live frames continue', async () => {
  let sending = true;
  const stream = (async () => {
    while (sending) await Promise.all(Array.from({ length: 20 }, (_, i) => send(ada, `${i}`)));
  })();
  for (let round = 0; round < 15; round++) {
    await using client = await connect(hub.url, { token: await hub.token(`fresh-${round}`) });
    const joined = await client.call('room:join', { room });
    await client.until(() => client.events(room).length >= 20);
    const page = joined.messages?.map(message => message.seq).filter(seq => seq > joined.head - 10) ?? [];
    const live = client.events(room).map(event => event.seq);
    assert.is(live[0], joined.head + 1);
    consecutive(live);
    assert.ok(page.every(seq => seq <= joined.head));
  }
  sending = false;
  await stream;
});

test('another epoch, a place beyond the head and one too far behind start from the newest page', async () => {
  const { epoch, head } = await ada.call('room:join', { room });
  for (const after of [
    { epoch: 'another', seq: 1 },
    { epoch, seq: head + 1 },
  ]) {
    const joined = await ada.call('room:join', { room, after });
    assert.equal([joined.recovered, joined.events, joined.more], [false, [], false]);
    assert.ok(Array.isArray(joined.messages));
  }
});

test('a long way back comes in pages', async () => {
  await Promise.all(Array.from({ length: 1200 }, (_, i) => send(ada, `${i}`)));
  const { epoch, head } = await ada.call('room:join', { room });
  await using bob = await connect(hub.url, { token: await hub.token('bob') });
  await bob.call('room:join', { room });
  const joined = await bob.call('room:join', { room, after: { epoch, seq: 0 } });
  assert.equal(
    [joined.recovered, joined.more, joined.events.length, joined.head],
    [true, true, 500, head + 1],
  );
  const seqs = joined.events.map(event => event.seq);
  while ((seqs.at(-1) as number) < joined.head) {
    const { events } = await bob.call('events:read', { room, after: seqs.at(-1) as number, limit: 500 });
    seqs.push(...events.map(event => event.seq));
  }
  consecutive([0, ...seqs]);
});

test('what another hub writes to the same database arrives without any hint', async () => {
  await using other = await boot({ databaseUrl: hub.databaseUrl });
  await using bob = await connect(other.url, { token: await other.token('bob') });
  await bob.call('room:join', { room });
  const sent = await Promise.all(Array.from({ length: 50 }, (_, i) => send(bob, `${i}`)));
  await ada.until(() => ada.events(room).at(-1)?.seq === sent.at(-1)?.seq);
  consecutive(ada.events(room).map(event => event.seq));
  const { seq } = await ada.call('member:remove', { room, user: 'bob' });
  await bob.push('room:removed', push => push.room === room);
  assert.is(bob.events(room).at(-1)?.seq, seq);
});

test('a restored log has another epoch, and those who follow are told to start again (I15)', async () => {
  await send(ada, 'before');
  await withConnection(hub.databaseUrl, sql => sql`update rooms set epoch = 'restored' where id = ${room}`);
  const { head } = await ada.push('resync', push => push.room === room);
  assert.type(head, 'number');
  const joined = await ada.call('room:join', { room });
  assert.is(joined.epoch, 'restored');
  const { seq } = await send(ada, 'after');
  await ada.until(() => ada.events(room).at(-1)?.seq === seq);
});

test('after leaving a room nothing of it comes any more', async () => {
  await using bob = await connect(hub.url, { token: await hub.token('bob') });
  await bob.call('room:join', { room });
  await bob.call('room:leave', { room });
  const { seq } = await send(ada, 'silence');
  await ada.until(() => ada.events(room).at(-1)?.seq === seq);
  await bob.call('room:list', {});
  assert.not(bob.events(room).some(event => event.seq === seq));
});

test.run();
