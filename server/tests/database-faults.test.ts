// The database breaks off in the middle of commits: what was acknowledged is there, once, in order (I1, I3, I4, I12).
// takes: 11 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openProxy } from '../../scripts/lib/tcp-proxy.ts';
import { withConnection, withDatabase } from '../store/databases.ts';
import { boot } from '../testing/boot.ts';
import { connect, Refused, type TestClient } from '../testing/client.ts';
import { openTestDatabase } from '../testing/database.ts';

const test = suite('database faults');
const TERMINATIONS = 8;

/** Ends every session of the database but the one that asks. */
const terminate = (url: string) =>
  withConnection(
    withDatabase(url, 'postgres'),
    sql => sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${new URL(url).pathname.slice(1)} and pid <> pg_backend_pid()`,
  );

/** As an honest client: the same id until the outcome is known. */
async function sendSurely(
  client: TestClient,
  room: string,
  text: string,
): Promise<{ id: string; seq: number }> {
  const id = crypto.randomUUID();
  for (;;) {
    try {
      return { id, seq: (await client.call('message:send', { room, id, text })).seq };
    } catch (error) {
      if (!(error instanceof Refused) || error.error.code !== 'unavailable') throw error;
    }
  }
}

test('every session of the database is ended again and again under load, and nothing is lost or doubled', async () => {
  await using hub = await boot();
  await using ada = await connect(hub.url, { token: await hub.token('ada') });
  await using bob = await connect(hub.url, { token: await hub.token('bob') });
  const { room } = await ada.call('room:create', { title: 'Room', kind: 'public' });
  const joined = await bob.call('room:join', { room: room.id });
  await ada.call('room:join', { room: room.id });

  let done = false;
  const sent: { id: string; seq: number }[] = [];
  const senders = [ada, bob].map(async client => {
    while (!done) {
      sent.push(
        ...(await Promise.all(Array.from({ length: 10 }, (_, i) => sendSurely(client, room.id, `${i}`)))),
      );
    }
  });
  for (let i = 0; i < TERMINATIONS; i++) {
    const before = sent.length;
    await terminate(hub.databaseUrl);
    // Only when messages flow again does the next one hit a node at work.
    await bob.until(() => sent.length > before + 40);
  }
  done = true;
  await Promise.all(senders);

  const last = Math.max(...sent.map(one => one.seq));
  await bob.until(() => (bob.events(room.id).at(-1)?.seq ?? 0) >= last);
  const events = bob.events(room.id);
  assert.equal(
    events.map(event => event.seq),
    events.map((_, i) => joined.head + 1 + i),
  );
  const seqs = new Map(events.map(event => [event.id, event.seq]));
  assert.is(seqs.size, events.length, 'no id stands twice');
  for (const { id, seq } of sent) assert.is(seqs.get(id), seq);
});

test('without a database calls are refused as unavailable, sign-ins too, and readiness says so (attack 19)', async () => {
  await using database = await openTestDatabase();
  const url = new URL(database.url);
  await using proxy = await openProxy({ host: url.hostname, port: Number(url.port) });
  url.port = `${proxy.port}`;
  await using hub = await boot({ databaseUrl: url.href });
  await using ada = await connect(hub.url, { token: await hub.token('ada') });
  const { room } = await ada.call('room:create', { title: 'Room', kind: 'public' });
  proxy.cut();
  assert.is((await fetch(`${hub.url}/readyz`)).status, 503);
  const send = { room: room.id, id: crypto.randomUUID(), text: 'x' };
  assert.is((await ada.refused('message:send', send)).code, 'unavailable');
  assert.is((await ada.refused('messages:read', { room: room.id })).code, 'unavailable');
  const refused = await connect(hub.url, { token: await hub.token('new') }).catch(error => error);
  assert.is(refused.data?.code, 'unavailable');
  proxy.mend();
  const id = crypto.randomUUID();
  const { seq } = await ada.call('message:send', { room: room.id, id, text: 'back' });
  assert.type(seq, 'number');
  assert.is((await fetch(`${hub.url}/readyz`)).status, 200);
});

test.run();
