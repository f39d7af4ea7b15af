// Files and requests that nobody means well with: 400 and more by name, 5,000 by a seeded generator, against a whole hub. Each ends as a typed error or
// as a file that is given out harmlessly, and nothing is left of any of them (attacks 21, 24, 25).
// alone: it measures the memory of its process
// takes: 60 s
import { readdir } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorCodes } from '#shared/protocol/errors.ts';
import { openInspector } from '../files/open.ts';
import { HEAD_BYTES, type Look } from '../hub/ports-files.ts';
import { openPostgres, type PostgresDb } from '../store/postgres.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { hostileFiles } from '../testing/files/hostile/files.ts';
import { broken, type HostileRequest, hostileRequests } from '../testing/files/hostile/requests.ts';
import { makeSamples, type Sample } from '../testing/files/hostile/samples.ts';
import { metadata, TUS } from '../testing/files.ts';
import { until } from '../testing/until.ts';

const test = suite('hostile files');
const SEED = 20261126;
/** Of the 5,000: what goes over HTTP costs ten times as much as what the inspector alone is shown. */
const BROKEN_REQUESTS = 900;
const BROKEN_FILES = 3800;
const READ_OR_DRAWN = 300;
const AT_ONCE = 12;
/** What a browser draws or plays; all else is an attachment. */
const HARMLESS = /^(image\/(jpeg|png|gif|webp|avif)|audio\/[\w-]+|video\/(mp4|webm|ogg))$/;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
let hub: TestHub;
let db: PostgresDb;
let token: string;
let room: string;
let samples: Sample[];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

test.before(async () => {
  samples = await makeSamples();
  hub = await boot({ env: { FILE_BYTES: '200KB' } });
  db = await openPostgres(hub.databaseUrl);
  token = await hub.token('ada');
  await using ada = await connect(hub.url, { token });
  room = (await ada.call('room:create', { title: 'Hostile', kind: 'public' })).room.id;
});
test.after(async () => {
  agent.destroy();
  await db[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
  assert.equal(hub.complaints, []);
});

/** Undefined: the connection was cut, by us or by them. */
function ask({
  method,
  path,
  headers,
  body,
  cut,
}: Omit<HostileRequest, 'what'>): Promise<Answer | undefined> {
  return new Promise(resolve => {
    const over = () => resolve(undefined);
    const asked = request(`${hub.url}/api/files`, {
      agent,
      method,
      path: `/api/files${path}`,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body && { 'Content-Length': body.length }),
        // As UTF-8, which Node's client would not send.
        ...Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
        ),
      },
    });
    asked.on('error', over).on('response', response => {
      const pieces: Buffer[] = [];
      response
        .on('data', piece => pieces.push(piece))
        .on('error', over)
        .on('close', over);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    if (cut === undefined) asked.end(body);
    else asked.write((body ?? Buffer.alloc(0)).subarray(0, cut), () => asked.destroy());
    if (cut === 0) asked.destroy();
  });
}

/** All of them, so many at once. */
async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = all[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of rest) await work(one);
    }),
  );
}

const begin = async (name: string, size: number) => {
  const headers = { ...TUS, 'Upload-Length': String(size), 'Upload-Metadata': metadata(room, name) };
  const answer = await ask({ method: 'POST', path: '', headers });
  assert.is(answer?.status, 201, `${JSON.stringify(name.slice(0, 80))}: ${answer?.body}`);
  return String(answer?.headers.location).split('/').at(-1) as string;
};

/** An error of the protocol, or a success; never a fault of ours. */
function isTyped(what: string, answer: Answer | undefined): void {
  if (!answer) return;
  const { status, body, headers } = answer;
  if (status < 400) return;
  assert.ok(status < 500 || status === 503, `${what}: ${status} ${body}`);
  if (body.length === 0 || !String(headers['content-type']).startsWith('application/json')) {
    assert.ok(body.length === 0, `${what}: ${status} ${body.subarray(0, 200)}`);
    return;
  }
  const { error } = JSON.parse(body.toString());
  assert.ok(errorCodes.includes(error.code), `${what}: ${body}`);
  assert.not.match(error.message, /\bat .*:\d+|node_modules|select |\/work\//, what);
}

const nothingLeft = async () => {
  await db.sql`update files set state = 'gone'`;
  let left: unknown;
  await until(
    async () => {
      await hub.hub.files.sweep();
      const [rows] = await db.sql`select (select count(*) from files)::int as files,
        (select count(*) from file_words)::int as words, (select count(*) from file_locks)::int as locks`;
      const there = await readdir(path.join(hub.dataDir, 'files'), { recursive: true });
      const names = there.filter(name => !['.drafts', 'preview', 'first-court'].includes(name));
      left = { ...rows, names };
      return names.length === 0 && Object.values(rows ?? {}).every(count => count === 0);
    },
    () => `nothing is left, there are ${JSON.stringify(left)}`,
    { every: 100 },
  );
};

const lockless = () =>
  until(async () => {
    const [row] = await db.sql`select count(*) as n from file_locks where until > now()`;
    return Number(row?.n) === 0;
  }, 'no lock is held');

/** Seeded, so that a failure comes again. */
function createPick(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

test('hostile files are uploaded, and given out so that no browser runs them; none is an error of the hub', async () => {
  const files = hostileFiles(samples);
  await each(files, async ({ what, name, bytes }) => {
    if (bytes.length > 200_000) return isTyped(what, await ask({ method: 'POST', path: '', headers: TUS }));
    const id = await begin(name, bytes.length);
    const headers = { ...TUS, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' };
    if (bytes.length > 0)
      assert.is((await ask({ method: 'PATCH', path: `/${id}`, headers, body: bytes }))?.status, 204, what);
    const got = await ask({ method: 'GET', path: `/${id}`, headers: {} });
    assert.is(got?.status, 200, `${what}: ${got?.body}`);
    assert.ok(got?.body.equals(bytes), `${what}: other bytes`);
    const head = got?.headers ?? {};
    assert.is(head['x-content-type-options'], 'nosniff');
    assert.match(String(head['content-security-policy']), 'sandbox');
    const disposition = String(head['content-disposition']);
    assert.not.match(disposition, /[\\/]|[^\x20-\x7e]|\*=[^;]*%([01]|7f|e2%80%a[a-e])/i, what);
    const type = String(head['content-type']);
    const runs = /<script|<html|<svg|<!doctype|<\?php|%PDF-/i.test(bytes.toString('latin1'));
    if (!HARMLESS.test(type) || runs) assert.match(disposition, /^attachment/, `${what}: ${type}`);
    if (!type.startsWith('image/')) return;
    const preview = await ask({ method: 'GET', path: `/${id}/preview?edge=96`, headers: {} });
    const drawn = preview?.body.subarray(8, 12).toString() === 'WEBP';
    assert.ok(preview?.status === 404 || drawn, `${what}: ${preview?.body}`);
  });
  await nothingLeft();
});

test('hostile requests are answered with errors of the protocol, and change nothing', async () => {
  const requests = hostileRequests(room);
  assert.ok(hostileFiles(samples).length + requests.length >= 400);
  await each(requests, async hostile => {
    if (!hostile.path.includes('ID')) return isTyped(hostile.what, await ask(hostile));
    const id = await begin('target', 10);
    isTyped(hostile.what, await ask({ ...hostile, path: hostile.path.replace('ID', id) }));
    await ask({ method: 'DELETE', path: `/${id}`, headers: TUS });
  });
  await lockless();
  await nothingLeft();
});

test('requests that a generator broke, and the same upload from several sides at once', async () => {
  const pick = createPick(SEED);
  const requests = hostileRequests(room);
  const made = Array.from({ length: BROKEN_REQUESTS }, () =>
    broken(requests[pick(requests.length)] as HostileRequest, pick),
  );
  const ids = await Promise.all(Array.from({ length: 8 }, () => begin('target', 10)));
  let n = 0;
  await each(made, async hostile => {
    const path = hostile.path.replace('ID', ids[n++ % ids.length] as string);
    isTyped(
      `${hostile.what} ${JSON.stringify(hostile.headers).slice(0, 300)}`,
      await ask({ ...hostile, path }),
    );
    // Whoever has no place left for new uploads would test nothing but that. One whose row goes between its beginning and its first byte on
    // the disk is left for the sweep of the next day, so those have a moment.
    if (n % 40 === 0)
      await db.sql`update files set state = 'gone'
        where id not in ${db.sql(ids)} and state = 'uploading' and begun_at < now() - interval '1 second'`;
  });
  await lockless();
  await nothingLeft();
});

test('files that a generator broke have an answer, with bounded memory, in few processes', async () => {
  const pick = createPick(SEED + 1);
  const mutated = (): Sample => {
    const { name, bytes } = samples[pick(samples.length)] as Sample;
    const copy = Buffer.from(bytes);
    for (let times = 1 + pick(6); times > 0; times--) copy[pick(copy.length)] = pick(256);
    const way = pick(4);
    const from = pick(copy.length);
    if (way === 0) return { name, bytes: copy.subarray(0, from) };
    if (way === 1)
      return { name, bytes: Buffer.concat([copy.subarray(0, from), copy.subarray(pick(copy.length))]) };
    return { name, bytes: copy };
  };
  const before = process.memoryUsage().rss;
  await using inspector = openInspector();
  const looks: { sample: Sample; look: Look }[] = [];
  await each(Array.from({ length: BROKEN_FILES }, mutated), async sample => {
    const { bytes, name } = sample;
    const look = await inspector.look(bytes.subarray(0, HEAD_BYTES), bytes.length, name);
    assert.match(look.type, /^[\w.+-]+\/[\w.+-]+$/);
    if (look.inline) assert.match(look.type, HARMLESS);
    looks.push({ sample, look });
  });
  const worth = looks.filter(({ look }) => look.preview || look.text).slice(0, READ_OR_DRAWN);
  assert.is(worth.length, READ_OR_DRAWN);
  await each(worth, async ({ sample: { bytes }, look }) => {
    const file = Readable.from([bytes]);
    const made = look.preview
      ? await inspector.preview(file, look.type, 96)
      : await inspector.text(file, look.type);
    assert.ok(made === undefined || made instanceof Uint8Array || typeof made.text === 'string');
  });
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 150e6, `${Math.round(grown / 1e6)} MB more`);
});

test('after all of it the hub is well', async () => {
  assert.is((await fetch(`${hub.url}/healthz`)).status, 200);
  const id = await begin('last.txt', 5);
  const headers = { ...TUS, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' };
  assert.is(
    (await ask({ method: 'PATCH', path: `/${id}`, headers, body: Buffer.from('hello') }))?.status,
    204,
  );
  assert.is((await ask({ method: 'GET', path: `/${id}`, headers: {} }))?.body.toString(), 'hello');
  await nothingLeft();
});

test.run();
