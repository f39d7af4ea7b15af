// A node that goes: it refuses new work for certain, finishes what it began, and sends its clients elsewhere, spread out.
// takes: 32 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot } from '../testing/boot.ts';
import { connect, Refused } from '../testing/client.ts';
import { openTestDatabase } from '../testing/database.ts';

const test = suite('drain');

test('ten rolls over two nodes under load lose nothing and double nothing (I1, I3, I4)', async () => {
  await using database = await openTestDatabase();
  const node = () => boot({ databaseUrl: database.url, pollMs: 200 });
  const nodes = [await node(), await node()];
  const [first] = nodes as [(typeof nodes)[0]];
  await using owner = await connect(first.url, { token: await first.token('owner') });
  const { room } = await owner.call('room:create', { id: 'roll', title: 'Roll', kind: 'public' });

  const acknowledged = new Map<string, number>();
  let rolling = true;
  const talk = async (name: string) => {
    let client: Awaited<ReturnType<typeof connect>> | undefined;
    for (let i = 0; rolling; i++) {
      const id = crypto.randomUUID();
      for (;;) {
        try {
          const hub = nodes[i % 2] as (typeof nodes)[0];
          if (!client?.socket.connected) {
            client = await connect(hub.url, { token: await hub.token(name) });
            await client.call('room:join', { room: room.id });
          }
          acknowledged.set(id, (await client.call('message:send', { room: room.id, id, text: name })).seq);
          break;
        } catch (error) {
          // Definite refusals, and outcomes that are unknown because the connection went: the same id again resolves both (I12).
          if (error instanceof Refused) assert.is(error.error.code, 'unavailable');
          await client?.[Symbol.asyncDispose]();
        }
      }
    }
    await client?.[Symbol.asyncDispose]();
  };
  const talkers = Array.from({ length: 8 }, (_, i) => talk(`talker-${i}`));
  for (let roll = 0; roll < 10; roll++) {
    const before = acknowledged.size;
    const old = nodes[roll % 2] as (typeof nodes)[0];
    const draining = old.drain(100);
    assert.is((await fetch(`${old.url}/readyz`)).status, 503);
    await draining;
    await old[Symbol.asyncDispose]();
    assert.equal(
      old.complaints.filter(complaint => complaint.level === 'error'),
      [],
    );
    nodes[roll % 2] = await node();
    while (acknowledged.size < before + 50) await new Promise(resolve => setTimeout(resolve, 5));
  }
  rolling = false;
  await Promise.all(talkers);

  const [last] = nodes as [(typeof nodes)[0]];
  await using reader = await connect(last.url, { token: await last.token('reader') });
  await reader.call('room:join', { room: room.id });
  const seqs = new Map<string, number>();
  for (let after = 0; ; ) {
    const { events } = await reader.call('events:read', { room: room.id, after, limit: 500 });
    if (events.length === 0) break;
    for (const event of events) {
      assert.is(event.seq, ++after);
      assert.not(seqs.has(event.id));
      seqs.set(event.id, event.seq);
    }
  }
  for (const [id, seq] of acknowledged) assert.is(seqs.get(id), seq);
  for (const hub of nodes) await hub[Symbol.asyncDispose]();
});

test('who has something to say while a node drains is sent on at once, not in turn', async () => {
  await using hub = await boot();
  const some = (name: string, count: number) =>
    Promise.all(
      Array.from({ length: count }, async (_, i) =>
        connect(hub.url, { token: await hub.token(`${name}${i}`) }),
      ),
    );
  const quiet = await some('quiet', 6);
  const talkers = await some('talker', 30);
  const draining = hub.drain(5000);
  for (const { socket } of talkers) socket.emit('room:list', {});
  for (const client of talkers) await client.until(() => client.socket.disconnected);
  // In turn, one of so many talkers would all but surely be the last.
  assert.ok(quiet.some(({ socket }) => socket.connected));
  await draining;
});

test('clients are told to come again, and new ones are turned away', async () => {
  await using hub = await boot();
  const clients = await Promise.all(
    Array.from({ length: 10 }, async (_, i) => connect(hub.url, { token: await hub.token(`u${i}`) })),
  );
  const draining = hub.drain(300);
  const refused = await connect(hub.url, { token: await hub.token('late') }).catch(error => error.data);
  assert.is(refused.code, 'unavailable');
  assert.type(refused.retryAfterMs, 'number');
  for (const client of clients) {
    const end = await client.push('session:end');
    assert.equal([end.code, end.reconnect], ['draining', true]);
    assert.ok((end.retryAfterMs as number) >= 0 && (end.retryAfterMs as number) <= 1000);
    await client.until(() => client.socket.disconnected);
  }
  await draining;
});

test.run();
