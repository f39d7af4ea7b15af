// Files from the first byte to the last: uploads by tus, messages that name them, downloads, and who may have what (I9, attack 18).
import { createHash, randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Message } from '#shared/protocol/models.ts';
import { applyEvent } from '#shared/room-state.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { createFileDoor, type FileDoor } from '../testing/files.ts';

const test = suite('files');
let hub: TestHub;
let ada: TestClient;
let bob: TestClient;
let room: string;
/** Milliseconds that the hub's clock is ahead. */
let later = 0;
const doors = new Map<string, FileDoor>();
const door = (user: string) => doors.get(user) as FileDoor;

const uuid = () => crypto.randomUUID();
const share = async (who: TestClient, files: string[], text = '') => {
  const id = uuid();
  return { ...(await who.call('message:send', { room, id, text, files })), id };
};

test.before(async () => {
  hub = await boot({ now: () => Date.now() + later });
  for (const user of ['ada', 'bob', 'eve']) doors.set(user, createFileDoor(hub.url, await hub.token(user)));
  ada = await connect(hub.url, { token: await hub.token('ada') });
  bob = await connect(hub.url, { token: await hub.token('bob') });
  await connect(hub.url, { token: await hub.token('eve') }).then(eve => eve[Symbol.asyncDispose]());
});

test.before.each(async () => {
  room = (await ada.call('room:create', { title: 'Files', kind: 'private', members: ['bob'] })).room.id;
  await ada.call('room:join', { room });
  await bob.call('room:join', { room });
});

test.after(async () => {
  await ada[Symbol.asyncDispose]();
  await bob[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
  assert.equal(hub.complaints, []);
});

test('a file is uploaded, named by a message, and comes back byte for byte, to members alone', async () => {
  const bytes = randomBytes(300_000);
  const id = await door('ada').upload({ room, name: '../../plan.txt', bytes });
  assert.is((await door('bob').get(id)).status, 404);
  const sent = await share(ada, [id]);

  const file = { id, name: 'plan.txt', type: 'application/octet-stream', size: bytes.length };
  await bob.until(() => bob.events(room).some(event => event.type === 'file.shared'));
  const events = bob.events(room).slice(-2);
  assert.equal(
    events.map(({ seq, id, type, data }) => ({ seq, id, type, data })),
    [
      { seq: sent.seq, id: sent.id, type: 'message.created', data: { text: '', files: [file] } },
      { seq: sent.seq + 1, id, type: 'file.shared', data: { message: sent.id, file } },
    ],
  );
  for (const user of ['ada', 'bob']) {
    const answer = await door(user).get(id);
    assert.is(answer.status, 200);
    assert.equal(
      createHash('sha256').update(answer.bytes).digest(),
      createHash('sha256').update(bytes).digest(),
    );
  }
  assert.is((await door('eve').get(id)).status, 404);
  // The same id again is the same message, also with its files.
  assert.is((await ada.call('message:send', { room, id: sent.id, text: '', files: [id] })).duplicate, true);
});

test('a deleted message takes its files along: from the log, the message, the storage (I10)', async () => {
  const id = await door('ada').upload({ room, name: 'a.txt', bytes: Buffer.from('hello') });
  const sent = await share(ada, [id], 'see');
  await ada.call('message:delete', { room, target: sent.id, id: uuid() });
  assert.is((await door('bob').get(id)).status, 404);
  const { events } = await bob.call('events:read', { room, after: 0 });
  const entry = events.find(event => event.type === 'file.shared');
  assert.equal(entry?.data, { message: sent.id, redacted: true });
  const folded = new Map<string, Message>();
  for (const event of events) applyEvent(folded, room, event);
  const { messages } = await bob.call('messages:read', { room });
  assert.equal([...folded.values()], messages);
});

test('ranges, ETag and If-Range give the part that is asked for, and a file never runs in a page (attack 24)', async () => {
  const bytes = Buffer.from('<html><script>alert(1)</script></html>');
  const id = await door('ada').upload({ room, name: 'page.html', bytes });
  const get = (headers: Record<string, string>) => door('ada').get(id, headers);
  const whole = await get({});
  const tag = String(whole.headers.get('etag'));
  assert.equal([whole.status, whole.bytes], [200, bytes]);
  assert.match(String(whole.headers.get('content-disposition')), /^attachment/);
  assert.is(whole.headers.get('x-content-type-options'), 'nosniff');
  assert.match(String(whole.headers.get('content-security-policy')), /^sandbox/);
  for (const [range, from, to] of [
    ['bytes=0-4', 0, 5],
    ['bytes=30-', 30, bytes.length],
    ['bytes=-3', bytes.length - 3, bytes.length],
  ] as const) {
    const part = await get({ Range: range, 'If-Range': tag });
    assert.equal([part.status, part.bytes], [206, bytes.subarray(from, to)], range);
  }
  assert.is((await get({ Range: 'bytes=0-4', 'If-Range': '"other"' })).status, 200);
  assert.is((await get({ Range: 'bytes=1000-' })).status, 416);
  assert.is((await get({ 'If-None-Match': tag })).status, 304);
  const head = await door('ada').ask('HEAD', `/${id}`);
  assert.equal([head.status, head.headers.get('content-length')], [200, String(bytes.length)]);
});

test('a link opens one file without a token, until its time or the right of its user is over', async () => {
  const id = await door('ada').upload({ room, name: 'a.txt', bytes: Buffer.from('hello') });
  await share(ada, [id]);
  const { url } = await bob.call('file:link', { file: id });
  const open = () => fetch(`${hub.url}${url}`);
  assert.is(await (await open()).text(), 'hello');
  assert.is((await fetch(`${hub.url}${url.slice(0, -2)}`)).status, 404);
  assert.is((await fetch(`${hub.url}${url.replace(id, uuid())}`)).status, 404);
  await ada.call('member:remove', { room, user: 'bob' });
  assert.is((await open()).status, 404);
  assert.is((await bob.refused('file:get', { file: id })).code, 'not_found');
  assert.equal(
    (await ada.call('files:list', { room })).files.map(file => file.id),
    [id],
  );
  const other = await ada.call('file:link', { file: id });
  later = 301_000;
  assert.is((await fetch(`${hub.url}${other.url}`)).status, 404);
  later = 0;
});

test('those in the room hear of an upload on its way, and of its end', async () => {
  const id = await door('ada').upload({ room, name: 'a.bin', bytes: randomBytes(200_000) });
  const last = await bob.push('file:progress', push => push.file === id && push.state === 'done');
  assert.equal([last.room, last.user, last.sent], [room, 'ada', 200_000]);
});

test.run();
