// Uploads against a real hub: bit for bit over cut connections, ended tokens and another process; what a refusal says; what others hear.
// takes: 8 s
import { hash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openProxy, type TcpProxy } from '../../../scripts/lib/tcp-proxy.ts';
import { boot, type TestHub } from '../../../server/testing/boot.ts';
import type { Court, FileProgress } from '../index.ts';
import { clientsOf, meet, refusal, texts, when } from '../testing/people.ts';
import { memoryUploads } from './storage/memory.ts';
import type { Upload } from './types.ts';

const test = suite('uploads');
const MB = 1 << 20;
let hub: TestHub;
let proxy: TcpProxy;
let client: ReturnType<typeof clientsOf>;

test.before(async () => {
  hub = await boot({ env: { FILE_BYTES: String(64 * MB) } });
  proxy = await openProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
  client = clientsOf({ url: `http://127.0.0.1:${proxy.port}`, token: user => hub.token(user) });
});
test.after(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

const sha = (bytes: Uint8Array) => hash('sha256', bytes, 'hex');
const stored = async (court: Court, id: string) =>
  sha(new Uint8Array(await (await court.fetchFile(id)).arrayBuffer()));
const named = (bytes: Uint8Array, name = 'plan.bin') =>
  new File([bytes as Uint8Array<ArrayBuffer>], name, { lastModified: 1_700_000_000_000 });
const sentMore = (upload: Upload, than: number) => when(upload, () => upload.snapshot.sent > than);

test('connections are cut and a token ends meanwhile: it goes on by itself and arrives bit for bit', async () => {
  let asked = 0;
  // Each lives so short that the SDK asks for the next before every request.
  await using ada = client('ada', {
    getToken() {
      asked++;
      return hub.token('ada', { seconds: 21 });
    },
  });
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  const heard = new Map<string, FileProgress>();
  bob.on('push', ({ name, payload }) => name === 'file:progress' && heard.set(payload.state, payload));
  const bytes = randomBytes(12 * MB);
  const seen: number[] = [];
  const upload = here.upload(named(bytes), { onProgress: sent => seen.push(sent) });
  for (const part of [1, 5]) {
    await sentMore(upload, part * MB);
    assert.ok(proxy.cut() > 0);
    await when(upload, () => upload.snapshot.state === 'waiting');
    proxy.mend();
  }
  const file = await upload.done;
  assert.equal(
    { ...file, id: upload.id },
    { id: file.id, name: 'plan.bin', type: 'application/octet-stream', size: bytes.length },
  );
  assert.ok(seen.length > 4 && seen.at(-1) === bytes.length);
  assert.ok(asked > 3, 'tokens were fetched anew');
  const { done } = here.send('', { files: [file.id] });
  assert.equal(here.messages.at(-1)!.files, [file], 'shows at once');
  const { seq } = await done;
  assert.equal(ada.uploads.list, []);
  await when(there, () => there.snapshot.head > seq);
  assert.equal(there.messages.at(-1)!.files, [file]);
  assert.is(await stored(bob, file.id), sha(bytes));
  assert.equal(
    (await there.files()).files.map(({ id, by, seq }) => [id, by, seq]),
    [[file.id, 'ada', seq]],
  );
  assert.ok(heard.has('uploading') && heard.has('done'), 'others hear of it on its way');
  assert.equal(there.snapshot.sharing, []);
  const { url } = await bob.fileLink(file.id, { download: true });
  assert.is(sha(new Uint8Array(await (await fetch(url)).arrayBuffer())), sha(bytes));
});

test('a token that the hub refuses is replaced once by one that is asked for as expired', async () => {
  const reasons: string[] = [];
  await using ada = client('ada', {
    getToken: async ({ reason }) => {
      reasons.push(reason);
      const token = await hub.token('ada');
      // Good for the socket, and spoilt for what follows.
      return reasons.length === 1 || reason === 'expired' ? token : `${token.slice(0, -4)}AAAA`;
    },
  });
  await ada.connect();
  const { room } = await ada.call('room:create', { title: 'Tokens', kind: 'public' });
  const upload = ada.room(room.id).upload(new Uint8Array([1, 2, 3]), { name: 'three' });
  assert.is((await upload.done).size, 3);
  assert.equal(reasons, ['connect', 'connect', 'expired']);
});

test('another process goes on with the same file where the last one stopped; another file begins anew', async () => {
  const uploads = memoryUploads();
  const bytes = randomBytes(6 * MB);
  let room = '';
  let id: string | undefined;
  {
    await using ada = client('ada', { uploads });
    await ada.connect();
    room = (await ada.call('room:create', { title: 'Again', kind: 'public' })).room.id;
    const upload = ada.room(room).upload(named(bytes));
    await sentMore(upload, MB);
    id = upload.id;
    await ada.close();
    assert.is((await refusal(upload.done)).code, 'unknown');
  }
  await using ada = client('ada', { uploads });
  await ada.connect();
  const sent: number[] = [];
  const again = ada.room(room).upload(named(bytes), { onProgress: bytes => sent.push(bytes) });
  const other = ada.room(room).upload(named(randomBytes(10)));
  const [file] = await Promise.all([again.done, other.done]);
  assert.is(file.id, id);
  assert.ok(sent[0]! >= MB, 'not from the start');
  assert.is(await stored(ada, file.id), sha(bytes));
  assert.is.not(other.id, id);
});

test('paused it stands still, resumed it goes on; cancelled the hub forgets it; streams and empty files arrive too', async () => {
  await using ada = client('ada');
  await ada.connect();
  const { room } = await ada.call('room:create', { title: 'Pause', kind: 'public' });
  const here = ada.room(room.id);
  const bytes = randomBytes(5 * MB);
  const upload = here.upload(bytes, { name: 'bytes' });
  await sentMore(upload, MB);
  upload.pause();
  assert.is(upload.snapshot.state, 'paused');
  await upload.resume();
  assert.is(await stored(ada, (await upload.done).id), sha(bytes));
  await upload.cancel();
  assert.is((await refusal(ada.fetchFile(upload.id!))).code, 'not_found');

  const stream = here.upload(Readable.from([bytes.subarray(0, 5), bytes.subarray(5, 3 * MB)]), {
    size: 3 * MB,
  });
  assert.is(await stored(ada, (await stream.done).id), sha(bytes.subarray(0, 3 * MB)));
  assert.is((await here.upload(named(new Uint8Array(0))).done).size, 0);
  assert.throws(() => here.upload(Readable.from([])), /size/);

  const stop = new AbortController();
  const stopped = here.upload(named(bytes, 'stopped'), { signal: stop.signal });
  await sentMore(stopped, MB);
  stop.abort();
  assert.is((await refusal(stopped.done)).code, 'not_sent');
  assert.is(
    (await ada.call('file:get', { file: stopped.id! })).state,
    'uploading',
    'the hub keeps what it has',
  );
});

test('what the hub does not take fails with its words', async () => {
  await using ada = client('ada');
  await using bob = client('bob');
  const [here] = await meet(ada, bob);
  const large = await refusal(here.upload(new Blob([new Uint8Array(65 * MB)]), { name: 'large' }).done);
  assert.is(large.code, 'too_large');
  assert.match(large.message, /at most/);
  const foreign = await refusal(bob.room('nowhere-at-all').upload(new Uint8Array(1)).done);
  assert.is(foreign.code, 'not_found');
  const mine = here.upload(new Uint8Array([1]));
  const { id } = await mine.done;
  const stolen = bob.room(here.id).send('mine', { files: [id] });
  assert.is((await refusal(stolen.done)).code, 'not_found');
  await here.send('both', { files: [id] }).done;
  assert.ok(texts(here).includes('both'));
});

test.run();
