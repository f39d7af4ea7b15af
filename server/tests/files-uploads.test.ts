// Uploads on two nodes that share a database and a folder: quotas at once (attack 25), cuts, takeovers, hostile requests, and nothing left behind.
// takes: 8 s
import { once } from 'node:events';
import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPostgres, type PostgresDb } from '../store/postgres.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { createFileDoor, type FileDoor, idOf, metadata, TUS } from '../testing/files.ts';
import { until } from '../testing/until.ts';

const test = suite('uploads');
const KB = 1024;
let one: TestHub;
let two: TestHub;
let db: PostgresDb;
let ada: TestClient;
let here: FileDoor;
let there: FileDoor;
let room: string;

const limits = { FILE_BYTES: '100KB', FILES_PER_USER_BYTES: '1MB', FILES_PER_ROOM_BYTES: '2MB' };

test.before(async () => {
  one = await boot({ env: limits });
  two = await boot({ databaseUrl: one.databaseUrl, env: { ...limits, DATA_DIR: one.dataDir } });
  db = await openPostgres(one.databaseUrl);
  const token = await one.token('ada');
  here = createFileDoor(one.url, token);
  there = createFileDoor(two.url, token);
  ada = await connect(one.url, { token });
});

test.before.each(async () => {
  room = (await ada.call('room:create', { title: 'Uploads', kind: 'public' })).room.id;
  await ada.call('room:join', { room });
});

test.after.each(async () => {
  await db.sql`update files set state = 'gone'`;
  await one.hub.files.sweep();
  assert.equal(await kept(), []);
});

test.after(async () => {
  await ada[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  assert.equal([...one.complaints, ...two.complaints], []);
});

/** All that lies in the folder. */
const kept = async () => {
  const names = await readdir(path.join(one.dataDir, 'files'), { recursive: true });
  return names.filter(name => !['.drafts', 'preview', 'first-court'].includes(name));
};

const begin = (door: FileDoor, size: number, more?: Record<string, string>) =>
  door.begin({ room, name: 'a.bin', size }, more);

/** An upload that stops in the middle of its body, and stays open; `stop` cuts the connection. */
async function halfway(hub: TestHub, id: string, offset: number, sent: number, promised: number) {
  const body = request(`${hub.url}/api/files/${id}`, {
    method: 'PATCH',
    headers: {
      ...TUS,
      Authorization: `Bearer ${await hub.token('ada')}`,
      'Upload-Offset': offset,
      'Content-Type': 'application/offset+octet-stream',
      'Content-Length': promised,
    },
  });
  const answer = once(body, 'response').then(
    ([response]) => response.resume().statusCode as number,
    () => 0,
  );
  body.on('error', () => {});
  body.write(Buffer.alloc(sent, 1));
  return { answer, stop: () => body.destroy() };
}

const lying = async (id: string) => {
  const rows = await db.sql`select * from file_locks where file = ${id}`;
  return rows.length > 0;
};

test('20 uploads at once, through two nodes, get no more room than one after another (attack 25)', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => begin(i % 2 ? here : there, 100 * KB)),
  );
  assert.is(answers.filter(({ status }) => status === 201).length, 10);
  for (const { status, error } of answers.filter(answer => answer.status !== 201)) {
    assert.is(status, 413);
    assert.equal(error?.details, { of: 'user', used: 1000 * KB, limit: 1024 * KB });
  }
  // What is dropped leaves its room to others at once.
  const dropped = answers.find(({ status }) => status === 201);
  assert.is((await here.ask('DELETE', `/${idOf(dropped as never)}`, TUS)).status, 204);
  assert.is((await begin(here, 100 * KB)).status, 201);
});

test('a cut upload goes on at another node from where it stopped', async () => {
  const bytes = Buffer.from(Array.from({ length: 60 * KB }, (_, i) => i % 251));
  const id = idOf(await begin(here, bytes.length));
  const first = await halfway(one, id, 0, 0, bytes.length);
  first.stop();
  await first.answer;
  await here.patch(id, 0, bytes.subarray(0, 20 * KB));
  const offset = await there.offset(id);
  assert.is(offset, 20 * KB);
  assert.is((await there.patch(id, 20 * KB, bytes.subarray(20 * KB))).status, 204);
  await ada.call('message:send', { room, id: crypto.randomUUID(), text: 'look', files: [id] });
  assert.equal((await here.get(id)).bytes, bytes);
});

test('who comes again takes the upload over from a connection that hangs, on this node or another', async () => {
  const id = idOf(await begin(here, 90 * KB));
  for (const [i, door] of [here, there].entries()) {
    const hanging = await halfway(one, id, i * KB, KB, 50 * KB);
    await until(() => lying(id), 'the hanging request holds the lock');
    assert.is(await door.offset(id), (i + 1) * KB);
    assert.is(await hanging.answer, 204);
  }
});

test('a lock that a dead node has left is taken once it has run out; until then the client is asked to wait', async () => {
  const id = idOf(await begin(here, KB));
  await db.sql`insert into file_locks values (${id}, 'dead', now() + interval '2 seconds')`;
  assert.is(await here.offset(id), 0);
});

test('whatever is wrong is told as an error of the protocol, and nothing stays of it', async () => {
  const id = idOf(await begin(here, 10));
  const octets = { 'Content-Type': 'application/offset+octet-stream' };
  const word = metadata(room, 'a');
  const wrong: [number, string, () => ReturnType<FileDoor['ask']>][] = [
    [413, 'too_large', () => begin(here, 101 * KB)],
    [400, 'bad_request', () => here.ask('POST', '', { ...TUS, 'Upload-Metadata': word })],
    [400, 'bad_request', () => begin(here, 1, { 'Upload-Length': '-1' })],
    [400, 'bad_request', () => begin(here, 1, { 'Upload-Length': '1e3' })],
    [
      400,
      'bad_request',
      () => here.ask('POST', '', { ...TUS, 'Upload-Defer-Length': '1', 'Upload-Metadata': word }),
    ],
    [400, 'bad_request', () => begin(here, 1, { 'Upload-Metadata': 'room ???' })],
    [400, 'bad_request', () => begin(here, 1, { 'Upload-Metadata': '' })],
    [400, 'bad_request', () => begin(here, 1, { 'Upload-Concat': 'partial' })],
    [412, 'bad_request', () => begin(here, 1, { 'Tus-Resumable': '0.2.2' })],
    [404, 'not_found', () => here.begin({ room: 'nowhere', name: 'a', size: 1 })],
    [409, 'conflict', () => here.patch(id, 5, Buffer.from('12345'))],
    [413, 'too_large', () => here.patch(id, 0, Buffer.from('12345678901'))],
    [400, 'bad_request', () => here.ask('PATCH', `/${id}`, { ...TUS, ...octets }, Buffer.from('1'))],
    [
      400,
      'bad_request',
      () => here.ask('PATCH', `/${id}`, { ...TUS, 'Upload-Offset': '0' }, Buffer.from('1')),
    ],
    [
      400,
      'bad_request',
      () => here.ask('PATCH', `/${id}`, { ...TUS, ...octets, 'Upload-Offset': '-0' }, Buffer.from('1')),
    ],
    [404, 'not_found', () => here.patch(crypto.randomUUID(), 0, Buffer.from('1'))],
    [404, 'not_found', () => here.patch('..%2f..%2fetc', 0, Buffer.from('1'))],
    [
      401,
      'unauthenticated',
      () => here.ask('PATCH', `/${id}`, { ...TUS, Authorization: '' }, Buffer.from('1')),
    ],
    [404, 'not_found', () => here.ask('DELETE', `/${crypto.randomUUID()}`, TUS)],
    [409, 'conflict', () => here.get(id)],
  ];
  for (const [status, code, ask] of wrong) {
    const answer = await ask();
    assert.equal([answer.status, answer.error?.code], [status, code], `${ask}`);
  }
  assert.is(
    (await ada.refused('message:send', { room, id: crypto.randomUUID(), text: '', files: [id] })).code,
    'conflict',
  );
  assert.is(await here.offset(id), 0);
});

test('a hundred uploads that break off in their first request leave no upload behind (attack 25)', async () => {
  const token = await one.token('ada');
  await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const body = request(`${one.url}/api/files`, {
        method: 'POST',
        headers: {
          ...TUS,
          Authorization: `Bearer ${token}`,
          'Upload-Length': KB,
          'Upload-Metadata': metadata(room, `${i}`),
          'Content-Type': 'application/offset+octet-stream',
          'Content-Length': KB,
          Expect: '100-continue',
        },
      });
      body.on('error', () => {});
      body.flushHeaders();
      // Now the hub works on it.
      await new Promise(resolve => body.once('continue', resolve));
      body.write(Buffer.alloc(i));
      const closed = new Promise(resolve => body.once('close', resolve));
      setTimeout(() => body.destroy(), i);
      await closed;
    }),
  );
  // Some may still wait for the database, and have no place yet.
  let calm = 0;
  await until(async () => {
    const [row] = await db.sql`select (select count(*) from files) + (
      select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()) as n`;
    calm = Number(row?.n) === 0 && (await kept()).length === 0 ? calm + 1 : 0;
    return calm > 30;
  }, 'no upload is left');
});

test('what has no row is removed after a day, but never from a storage of another database, such as a copy of this one', async () => {
  const folder = path.join(one.dataDir, 'files');
  const claim = path.join(folder, 'first-court');
  const id = crypto.randomUUID();
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  await writeFile(path.join(folder, id), 'left by a crash');
  await utimes(path.join(folder, id), yesterday, yesterday);
  await writeFile(claim, 'another');
  await one.hub.files.sweep();
  assert.equal(await kept(), [id]);
  const { message } = one.complaints.pop() as { message: string };
  assert.match(message, /the storage belongs to another database\. .* remove first-court/);
  await rm(claim);
  await one.hub.files.sweep();
  assert.equal(await kept(), []);
});

test.run();
