// The simulator's Storage as the real `@supabase/supabase-js` finds it: what it asks for, how it is answered, and who may not.
import { text } from 'node:stream/consumers';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTestDatabase, type TestDatabase } from '../../../server/testing/database.ts';
import { openSupabaseSimulator, type SupabaseSimulator } from './simulator.ts';

const test = suite('simulator/storage');
const LIMIT = 100_000;
let database: TestDatabase;
let project: SupabaseSimulator;
let supabase: SupabaseClient;
let stranger: SupabaseClient;

const quiet = { auth: { persistSession: false, autoRefreshToken: false } };

test.before(async () => {
  database = await openTestDatabase();
  project = await openSupabaseSimulator({ databaseUrl: database.url, fileSizeLimit: LIMIT });
  supabase = createClient(project.url, project.secretKey, quiet);
  stranger = createClient(project.url, project.publishableKey, quiet);
});
test.after(async () => {
  await project[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function good<T>(work: PromiseLike<{ data: T; error: unknown }>): Promise<NonNullable<T>> {
  const { data, error } = await work;
  if (error) throw error;
  return data as NonNullable<T>;
}

/** The HTTP status and the one that counts, with the words. */
async function bad(work: PromiseLike<{ error: unknown }>): Promise<string> {
  const { error } = await work;
  const { status, statusCode, message } = error as {
    status: number;
    statusCode: string;
    message: string;
  };
  return `${status} ${statusCode} ${message}`;
}

let count = 0;
/** A bucket of its own for each test. */
async function bucket(options = {}) {
  const id = `bucket-${++count}`;
  await good(supabase.storage.createBucket(id, { public: false, ...options }));
  return { id, files: supabase.storage.from(id), strange: stranger.storage.from(id) };
}

test('buckets are made once, found and listed', async () => {
  const { id } = await bucket({ fileSizeLimit: 10, allowedMimeTypes: ['image/*'] });
  assert.is(
    await bad(supabase.storage.createBucket(id, { public: false })),
    '400 409 The resource already exists',
  );
  const found = await good(supabase.storage.getBucket(id));
  assert.equal(
    [found.id, found.public, found.file_size_limit, found.allowed_mime_types],
    [id, false, 10, ['image/*']],
  );
  assert.ok((await good(supabase.storage.listBuckets())).some(one => one.id === id));
  assert.is(await bad(supabase.storage.getBucket('none')), '400 404 Bucket not found');
  await good(supabase.storage.from(id).upload('a.png', 'x', { contentType: 'image/png' }));
  assert.is(
    await bad(supabase.storage.deleteBucket(id)),
    '400 409 The bucket you tried to delete is not empty',
  );
  await good(supabase.storage.emptyBucket(id));
  await good(supabase.storage.deleteBucket(id));
});

test('bytes come back as they went in, from a text, a Blob or a stream, whole or in part', async () => {
  const { files, id } = await bucket();
  const put = await good(
    files.upload('folder/a b.txt', 'hello, world', {
      contentType: 'text/plain',
      cacheControl: '60',
      metadata: { by: 'ada' },
    }),
  );
  assert.equal([put.path, put.fullPath], ['folder/a b.txt', `${id}/folder/a b.txt`]);
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 251);
  await good(files.upload('blob', new Blob([bytes], { type: 'image/png' }), { metadata: { by: 'bob' } }));
  await good(files.upload('stream', new Blob([bytes]).stream(), { contentType: 'video/mp4' }));
  for (const name of ['blob', 'stream'])
    assert.equal(new Uint8Array(await (await good(files.download(name))).arrayBuffer()), bytes);
  assert.is(await text(await good(files.download('folder/a b.txt').asStream())), 'hello, world');

  const info = await good(files.info('blob'));
  assert.equal([info.size, info.contentType, info.metadata], [70_000, 'image/png', { by: 'bob' }]);
  assert.is((await good(files.info('folder/a b.txt'))).cacheControl, 'max-age=60');
  assert.is(await good(files.exists('blob')), true);
  assert.is((await files.exists('none')).data, false);

  const part = (range: string) =>
    fetch(`${project.url}/storage/v1/object/authenticated/${id}/folder/a%20b.txt`, {
      headers: { apikey: project.secretKey, range },
    });
  for (const [range, words] of [
    ['bytes=0-4', 'hello'],
    ['bytes=7-', 'world'],
    ['bytes=-3', 'rld'],
    ['bytes=7-99', 'world'],
  ] as const) {
    const answer = await part(range);
    assert.is(answer.status, 206);
    assert.is(await answer.text(), words);
  }
  assert.is((await part('bytes=0-4')).headers.get('content-range'), 'bytes 0-4/12');
  assert.is((await part('bytes=50-')).status, 416);
});

test('an object is replaced only by who says so', async () => {
  const { files } = await bucket();
  await good(files.upload('a', 'one'));
  assert.is(await bad(files.upload('a', 'two')), '400 409 The resource already exists');
  assert.is(await (await good(files.download('a'))).text(), 'one');
  await good(files.upload('a', 'two', { upsert: true }));
  await good(files.update('a', 'three'));
  assert.is(await (await good(files.download('a'))).text(), 'three');
  // Of two at once, one is the first.
  const both = await Promise.all([files.upload('b', 'x'), files.upload('b', 'y')]);
  assert.is(both.filter(({ error }) => error).length, 1);
});

test('a signed link reads one object until it expires', async () => {
  const { files, id } = await bucket();
  await good(files.upload('a', 'hello'));
  await good(files.upload('b', 'other'));
  const { signedUrl } = await good(files.createSignedUrl('a', 60));
  assert.is(await (await fetch(signedUrl)).text(), 'hello');
  const saved = await fetch(`${signedUrl}&download=greeting.txt`);
  assert.match(saved.headers.get('content-disposition') ?? '', /attachment;.*greeting\.txt/);
  const refusal = async (url: string) => JSON.stringify(await (await fetch(url)).json());
  assert.match(
    await refusal(signedUrl.replace(`${id}/a`, `${id}/b`)),
    /"statusCode":"400","error":"InvalidSignature"/,
  );
  assert.match(await refusal(signedUrl.slice(0, -2)), /InvalidJWT/);
  const { signedUrl: over } = await good(files.createSignedUrl('a', -1));
  assert.match(await refusal(over), /exp.*claim timestamp check failed/);
  assert.is(await bad(files.createSignedUrl('none', 60)), '400 404 Object not found');
  const several = await good(files.createSignedUrls(['a', 'none'], 60));
  assert.equal(
    several.map(({ error }) => error === null),
    [true, false],
  );
  assert.is(await (await fetch(String(several[0]?.signedUrl))).text(), 'hello');
});

test('a signed link lets a stranger upload one object, once', async () => {
  const { files, strange, id } = await bucket();
  const { token, signedUrl } = await good(files.createSignedUploadUrl('a'));
  await good(strange.uploadToSignedUrl('a', token, 'by a stranger'));
  assert.is(await (await good(files.download('a'))).text(), 'by a stranger');
  assert.match(await bad(strange.uploadToSignedUrl('a', token, 'again')), /^400 409/);
  assert.match(await bad(strange.uploadToSignedUrl('b', token, 'elsewhere')), /^400 400/);
  // It is for an upload, and for nothing else.
  assert.is((await fetch(signedUrl.replace('/upload/sign/', '/sign/'))).status, 400);
  assert.match(await bad(files.createSignedUploadUrl('a')), /^400 409/);
  const again = await good(files.createSignedUploadUrl('a', { upsert: true }));
  await good(strange.uploadToSignedUrl('a', again.token, 'replaced'));
  assert.is(await (await good(supabase.storage.from(id).download('a'))).text(), 'replaced');
});

test('listing shows a folder at a time; moving, copying and removing do what they say', async () => {
  const { files } = await bucket();
  for (const name of ['a.txt', 'b.txt', 'sub/c.txt', 'sub/deep/d.txt']) await good(files.upload(name, name));
  const names = async (folder?: string, options = {}) =>
    (await good(files.list(folder, options))).map(({ name, id }) => (id ? name : `${name}/`));
  assert.equal(await names(), ['a.txt', 'b.txt', 'sub/']);
  assert.equal(await names('sub'), ['c.txt', 'deep/']);
  assert.equal(await names('', { limit: 1, offset: 1 }), ['b.txt']);
  assert.equal(await names('', { search: 'b' }), ['b.txt', 'sub/']);
  assert.equal(await names('', { sortBy: { column: 'name', order: 'desc' } }), ['sub/', 'b.txt', 'a.txt']);
  await good(files.move('a.txt', 'sub/a.txt'));
  await good(files.copy('b.txt', 'copy.txt'));
  assert.match(await bad(files.copy('b.txt', 'copy.txt')), /^400 409/);
  assert.match(await bad(files.move('a.txt', 'x')), /^400 404/);
  assert.equal(await names(), ['b.txt', 'copy.txt', 'sub/']);
  const gone = await good(files.remove(['b.txt', 'none', 'sub/a.txt']));
  assert.equal(gone.map(({ name }) => name).sort(), ['b.txt', 'sub/a.txt']);
  assert.is(await (await good(files.download('copy.txt'))).text(), 'b.txt');
  assert.match(await bad(files.download('b.txt')), /^400 404 Object not found/);
});

test('what is too large, of another type or badly named is refused', async () => {
  const { files } = await bucket();
  const much = new Uint8Array(LIMIT + 1);
  assert.is(await bad(files.upload('a', much)), '400 413 The object exceeded the maximum allowed size');
  assert.match(await bad(files.upload('a', new Blob([much]))), /^400 413/);
  assert.match(await bad(files.upload('a', new Blob([much]).stream())), /^400 413/);
  await good(files.upload('a', much.subarray(1)));
  assert.match(await bad(files.upload('ü', 'x')), /^400 400 Invalid key/);
  const images = await bucket({ allowedMimeTypes: ['image/*'], fileSizeLimit: 3 });
  assert.match(await bad(images.files.upload('a', 'x', { contentType: 'text/html' })), /^400 415/);
  assert.match(await bad(images.files.upload('a', 'four', { contentType: 'image/png' })), /^400 413/);
  await good(images.files.upload('a', 'two', { contentType: 'image/png' }));
});

test('without the secret key nothing is written, and nothing is there to be read', async () => {
  const { files, strange, id } = await bucket();
  await good(files.upload('a', 'secret'));
  const signedIn = createClient(project.url, project.publishableKey, {
    ...quiet,
    accessToken: () => project.auth.signIn(),
  });
  for (const theirs of [strange, signedIn.storage.from(id)]) {
    assert.is(await bad(theirs.upload('b', 'x')), '400 403 new row violates row-level security policy');
    assert.match(await bad(theirs.download('a')), /^400 404/);
    assert.match(await bad(theirs.createSignedUrl('a', 60)), /^400 404/);
    assert.match(await bad(theirs.createSignedUploadUrl('c')), /^400 403/);
    assert.match(await bad(theirs.move('a', 'b')), /^400 403/);
    assert.match(await bad(theirs.remove(['a'])), /^400 403/);
    assert.equal(await good(theirs.list()), []);
  }
  assert.equal(await good(stranger.storage.listBuckets()), []);
  assert.match(await bad(stranger.storage.createBucket('mine', { public: true })), /^400 403/);
  const nobody = await fetch(`${project.url}/storage/v1/object/${id}/a`, {
    headers: { apikey: 'sb_secret_made_up' },
  });
  assert.is(nobody.status, 401);
  assert.is(await (await good(files.download('a'))).text(), 'secret');
  // A public bucket is for everybody to read.
  const open = await bucket({ public: true });
  await good(open.files.upload('a', 'for all'));
  assert.is(await (await fetch(open.files.getPublicUrl('a').data.publicUrl)).text(), 'for all');
  assert.is((await fetch(files.getPublicUrl('a').data.publicUrl)).status, 400);
});

test.run();
