// What each service can do to the hub in the middle of its work, one row each, as in the tables of docs/files-storage.md. A rejection that
// nobody handles would end this process.
// takes: 37 s
import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Upload } from '@tus/utils';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Fault } from '../../scripts/simulators/objects/faults.ts';
import { gcsUnderTest, s3UnderTest, supabaseUnderTest } from '../testing/blobs.ts';
import { refusal } from '../testing/contracts/blobs.ts';
import { type OpenedBlobs, openBlobs } from './open.ts';

const HASTY = { patience: { timeout: 2000, attempts: 1 } };
const SIZE = 7 * 1024 * 1024;
const bytes = randomBytes(SIZE);

async function begin(blobs: OpenedBlobs): Promise<string> {
  const id = randomUUID();
  await blobs.uploads.create(new Upload({ id, size: SIZE, offset: 0 }));
  return id;
}
const send = (blobs: OpenedBlobs, id: string, offset = 0) =>
  blobs.uploads.write(Readable.from([bytes.subarray(offset)]), id, offset);
async function isWhole(blobs: OpenedBlobs, id: string): Promise<void> {
  assert.ok((await buffer(await blobs.read(id))).equals(bytes));
  await blobs.remove([id]);
}
/** The client finds out where it stands, and sends the rest. */
async function goOn(blobs: OpenedBlobs, id: string): Promise<void> {
  const { offset } = await blobs.uploads.getUpload(id);
  if (offset < SIZE) await send(blobs, id, offset);
  await isWhole(blobs, id);
}
const probed = (blobs: OpenedBlobs) =>
  blobs.probe().then(
    () => '',
    (error: Error) => error.message,
  );

/** While an upload is sent: it gets there without the client's doing, or the client goes on, and it does then. */
const WHILE_SENDING: Record<'s3' | 'gcs', Record<string, { fault: Fault; outcome: 'sent' | 'goes on' }>> = {
  s3: {
    'SlowDown, twice': {
      fault: { kind: 'status', status: 503, code: 'SlowDown', method: 'PUT', times: 2 },
      outcome: 'sent',
    },
    'a part cut in its middle': {
      fault: { kind: 'cut', bytes: 2_000_000, method: 'PUT', times: 1 },
      outcome: 'sent',
    },
    'the answer to a part lost': { fault: { kind: 'lost', method: 'PUT', times: 1 }, outcome: 'sent' },
    'the answer to the completion lost': {
      fault: { kind: 'lost', method: 'POST', times: 1 },
      outcome: 'sent',
    },
    'no completion': { fault: { kind: 'status', status: 500, method: 'POST' }, outcome: 'goes on' },
    'no parts any more': { fault: { kind: 'status', status: 500, method: 'PUT' }, outcome: 'goes on' },
    'every answer lost': { fault: { kind: 'lost', method: 'PUT' }, outcome: 'goes on' },
  },
  gcs: {
    'unavailable, twice': {
      fault: { kind: 'status', status: 503, method: 'POST', times: 2 },
      outcome: 'sent',
    },
    'a piece cut in its middle': {
      fault: { kind: 'cut', bytes: 2_000_000, method: 'POST', times: 1 },
      outcome: 'sent',
    },
    'the answer to the composition lost': {
      fault: { kind: 'lost', path: /compose/, times: 1 },
      outcome: 'sent',
    },
    'no composition': { fault: { kind: 'status', status: 500, path: /compose/ }, outcome: 'goes on' },
    'every answer lost': { fault: { kind: 'lost', method: 'POST' }, outcome: 'goes on' },
  },
};

for (const [kind, open] of [
  ['s3', s3UnderTest],
  ['gcs', gcsUnderTest],
] as const) {
  const test = suite(`blobs/failures/${kind}`);
  let storage: Awaited<ReturnType<typeof s3UnderTest>> | Awaited<ReturnType<typeof gcsUnderTest>>;
  let blobs: OpenedBlobs;
  let faults: Fault[];
  test.before(async () => {
    storage = await open();
    faults = ('s3' in storage ? storage.s3 : storage.gcs).faults;
    blobs = await openBlobs(storage.settings, { patience: { timeout: 20_000, attempts: 3 } });
  });
  test.after.each(() => void faults.splice(0));
  test.after(async () => {
    await storage[Symbol.asyncDispose]();
  });

  for (const [what, { fault, outcome }] of Object.entries(WHILE_SENDING[kind]))
    test(`while an upload is sent: ${what}; it ${outcome === 'sent' ? 'is sent all the same' : 'goes on later'}`, async () => {
      const id = await begin(blobs);
      faults.push(fault);
      if (outcome === 'sent') {
        assert.is(await send(blobs, id), SIZE);
        return isWhole(blobs, id);
      }
      assert.is(await refusal(send(blobs, id)), 'unavailable');
      faults.splice(0);
      await goOn(blobs, id);
    });

  test('a download that breaks in its middle ends its stream with an error, and nothing else', async () => {
    const key = randomUUID();
    await blobs.put(key, bytes, 'text/plain');
    for (const at of [0, 100_000]) {
      faults.push({ kind: 'cutAfter', bytes: at, path: new RegExp(key), method: 'GET', times: 1 });
      const broken = await blobs
        .read(key)
        .then(buffer)
        .then(
          () => 'whole',
          () => 'broken',
        );
      assert.is(broken, at === 0 ? broken : 'broken');
      // Nobody reads it, and it breaks.
      faults.push({ kind: 'cutAfter', bytes: at, path: new RegExp(key), method: 'GET', times: 1 });
      await blobs.read(key).catch(() => {});
    }
    faults.splice(0);
    assert.ok((await buffer(await blobs.read(key))).equals(bytes));
  });

  test('silence ends with the patience', async () => {
    await using hasty = await openBlobs(storage.settings, HASTY);
    await hasty.probe();
    faults.push({ kind: 'silence' });
    const works = [hasty.read('x'), hasty.size('x'), hasty.put('x', bytes, 'text/plain'), hasty.probe()];
    assert.equal([...new Set(await Promise.all(works.map(refusal)))], ['unavailable']);
  });

  test('a bucket that is not there is no missing file, and the operator is told', async () => {
    await using lost = await openBlobs({ ...storage.settings, bucket: 'nowhere' }, HASTY);
    assert.is(await refusal(lost.read('x')), 'unavailable');
    assert.match(await probed(lost), /Make the bucket nowhere, or name another one in STORAGE_URL\.$/);
  });

  test('a link is good no longer than was said', async () => {
    const key = randomUUID();
    await blobs.put(key, Buffer.from('x'), 'text/plain');
    const link =
      (await blobs.link(key, { name: 'x', type: 'text/plain', attachment: true, seconds: 60 })) ?? '';
    const status = async (url: string) => {
      const answer = await fetch(url);
      await answer.text();
      return answer.status;
    };
    assert.is(await status(link), 200);
    const name = kind === 's3' ? 'X-Amz-Date' : 'X-Goog-Date';
    const old = new URL(link);
    old.searchParams.set(name, '20200101T000000Z');
    assert.is(await status(old.href), kind === 's3' ? 403 : 400, 'expired');
    const longer = link.replace(/Expires=60/, 'Expires=6000');
    assert.is(await status(longer), 403, 'not as it was signed');
  });

  if (kind === 's3') {
    test('keys that are not taken are named, and a clock that is off is put right by the client', async () => {
      const { s3, settings } = storage as Awaited<ReturnType<typeof s3UnderTest>>;
      const wrong = { id: s3.keys.id, secret: 'wrong' };
      await using stranger = await openBlobs({ ...settings, credentials: wrong }, HASTY);
      assert.is(await refusal(stranger.size('x')), 'unavailable');
      assert.match(await probed(stranger), /signature .* Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY/);
      s3.skew = 3_600_000;
      await blobs.put('preview/x/96', Buffer.from('x'), 'image/webp');
      s3.skew = 0;
    });
  } else {
    test('a token that ends is renewed; an account that is not taken is named', async () => {
      const { gcs, settings } = storage as Awaited<ReturnType<typeof gcsUnderTest>>;
      gcs.oauth.lifetime = 1;
      await using renewing = await openBlobs(settings, HASTY);
      for (const name of ['a', 'b']) await renewing.put(name, Buffer.from('x'), 'text/plain');
      assert.ok(gcs.requests.filter(one => one.includes('token')).length >= 2);
      gcs.oauth.lifetime = 3600;
      const service = { ...settings.service, email: 'stranger@example.com' };
      await using stranger = await openBlobs({ ...settings, service }, HASTY);
      assert.match(await probed(stranger), /GOOGLE_CREDENTIALS/);
    });
  }
  test.run();
}

const test = suite('blobs/failures/supabase');
let storage: Awaited<ReturnType<typeof supabaseUnderTest>>;
test.before(async () => {
  storage = await supabaseUnderTest();
});
test.after(async () => {
  await storage[Symbol.asyncDispose]();
});

for (const [what, encryptionKey] of [
  ['plain', undefined],
  ['encrypted', randomBytes(32)],
] as const)
  test(`a piece that breaks at an odd byte, of which the service keeps the beginning, is gone on with: ${what}`, async () => {
    const { resumable } = storage.project.storage;
    const patient = await openBlobs(storage.settings, {
      encryptionKey,
      patience: { timeout: 20_000, attempts: 3 },
    });
    const sent = await begin(patient);
    resumable.cutAfter = 100_001;
    assert.is(await send(patient, sent), SIZE, 'the rest is sent at once');
    await isWhole(patient, sent);
    const hasty = await openBlobs(storage.settings, {
      encryptionKey,
      patience: { timeout: 20_000, attempts: 1 },
    });
    const later = await begin(hasty);
    resumable.cutAfter = 100_001;
    assert.is(await refusal(send(hasty, later)), 'unavailable');
    await goOn(hasty, later);
  });

test('answers that are lost, and a gateway in between that fails, cost nothing but time', async () => {
  const { project, settings } = storage;
  const hasty = await openBlobs(settings, { patience: { timeout: 3000, attempts: 1 } });
  for (const fault of [{ kind: 'cut' }, { kind: 'status', status: 502, body: '<html>' }] as const) {
    const id = await begin(hasty);
    project.fault = fault;
    assert.is(await refusal(send(hasty, id)), 'unavailable');
    project.fault = undefined;
    await goOn(hasty, id);
  }
  project.fault = { kind: 'slow', ms: 4000 };
  await using impatient = await openBlobs(settings, HASTY);
  assert.is(await refusal(impatient.size('x')), 'unavailable');
  project.fault = undefined;
});

test('a bucket that is not there, a key that is not taken, and files that are too large are told apart', async () => {
  const { settings, project } = storage;
  const other = (more: object) => openBlobs({ ...settings, ...more }, HASTY);
  await using lost = await other({ bucket: 'nowhere' });
  assert.match(await probed(lost), /Make a private bucket nowhere/);
  await using stranger = await other({ key: 'sb_secret_wrong' });
  assert.match(await probed(stranger), /SUPABASE_KEY is the secret key/);
  project.storage.shelf.make({ id: 'small', public: false, sizeLimit: 3, types: null });
  await using small = await other({ bucket: 'small' });
  assert.match(await probed(small), /Raise the size limit of the bucket small/);
});

test.run();
