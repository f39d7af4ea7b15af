import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createJwt } from '../auth/jwt.ts';
import { DOOR_SECRET, type Door, openDoor } from '../testing/door.ts';
import { refusal } from '../testing/refusal.ts';
import { type HubError, Unreachable } from './errors.ts';
import { createPeople, type Visitor } from './people.ts';

const test = suite<{ door: Door }>('hub/authenticate');
test.before(async context => {
  context.door = await openDoor();
});
test.after(async ({ door }) => door[Symbol.asyncDispose]());

const visitor: Visitor = { address: '203.0.113.1', client: 'test/1' };
const now = () => Math.floor(Date.now() / 1000);

type Part = Record<string, unknown>;
const encode = (part: Part | string) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const valid = (): Part => ({
  iss: 'first-court',
  aud: 'first-court',
  sub: 'ada',
  name: 'Ada',
  role: 'member',
  exp: now() + 60,
});

/** A token made by hand, so that no library can refuse to make it. */
function forge(
  claims: Part | string,
  header: Part | string = { alg: 'HS256' },
  key: string | Buffer = DOOR_SECRET,
) {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

async function refused(door: Door, token: string, what: string): Promise<HubError> {
  const error = await refusal(door.people.authenticate(token)).catch(cause => {
    throw new Error(`${what}: ${cause}`);
  });
  assert.is(error.code, 'unauthenticated', what);
  return error;
}

test('a token by the book speaks for its person, known or not', async ({ door }) => {
  const exp = now() + 60;
  const token = forge({ ...valid(), sub: 'a person: of, another/system', exp, extra: 1 });
  assert.equal(await door.people.authenticate(token), {
    id: 'a person: of, another/system',
    name: 'Ada',
    role: 'member',
    session: undefined,
    expiresAt: exp * 1000,
  });
  assert.ok(await door.store.getUser('a person: of, another/system'));
});

test('the role is the token`s, the name is the one on record', async ({ door }) => {
  await door.people.authenticate(forge({ ...valid(), sub: 'grace', name: 'Grace' }));
  const actor = await door.people.authenticate(
    forge({ ...valid(), sub: 'grace', name: 'Other', role: 'admin' }),
  );
  assert.is(actor.role, 'admin');
  assert.is(actor.name, 'Grace');
  assert.is((await door.store.getUser('grace'))?.role, 'member');
});

test('headers that other issuers write, and an audience in a list, are accepted', async ({ door }) => {
  for (const header of [
    { alg: 'HS256', typ: 'JWT' },
    { alg: 'HS256', typ: 'at+jwt' },
    { alg: 'HS256', kid: 'k1' },
  ])
    await door.people.authenticate(forge(valid(), header));
  await door.people.authenticate(forge({ ...valid(), aud: ['other', 'first-court'] }));
});

test('attack 9: no algorithm but ours is believed', async ({ door }) => {
  const none = (alg: string) => `${encode({ alg, typ: 'JWT' })}.${encode(valid())}.`;
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
    await refused(door, none(alg), `alg ${alg}`);
    await refused(door, `${none(alg)}${forge(valid()).split('.')[2]}`, `alg ${alg} with a signature`);
  }
  for (const alg of ['HS384', 'HS512', 'hs256', 'RS256', 'ES256', 'EdDSA', 'PS256', 'dir'])
    await refused(door, forge(valid(), { alg }), `alg ${alg}`);
  await refused(door, forge(valid(), {}), 'no alg');
  await refused(door, `${encode({ alg: 'HS256' })}.${encode(valid())}.`, 'no signature');
});

test('attack 9: RS256 and HS256 are not confused', async ({ door }) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  await refused(door, forge(valid(), { alg: 'HS256' }, pem as string), 'HS256 with a public key');
  const signed = `${encode({ alg: 'RS256' })}.${encode(valid())}`;
  const signature = createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url');
  await refused(door, `${signed}.${signature}`, 'RS256 with a key of the attacker');
});

test('attack 9: kid, jku, x5u, jwk and x5c name no key, and nothing is fetched', async ({ door }) => {
  let fetched = 0;
  const server = createServer((_req, res) => {
    fetched++;
    res.end('{"keys":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  const mine = 'a key that the attacker chose, long enough for anyone';
  const jwk = { kty: 'oct', k: encode(mine) };
  const headers: Part[] = [
    { kid: '../../../../dev/null' },
    { kid: '/dev/null' },
    { kid: "' union select 'x" },
    { kid: mine },
    { jku: url },
    { x5u: url },
    { jwk },
    { x5c: [encode(mine)] },
    { jku: url, x5u: url, jwk, kid: '|id' },
  ];
  for (const header of headers) {
    await refused(door, forge(valid(), { alg: 'HS256', ...header }, mine), JSON.stringify(header));
    await refused(
      door,
      forge(valid(), { alg: 'HS256', ...header }, ''),
      `${JSON.stringify(header)}, empty key`,
    );
  }
  for (const header of [{ crit: ['exp'] }, { crit: ['b64'], b64: false }, { crit: [] }])
    await refused(door, forge(valid(), { alg: 'HS256', ...header }), JSON.stringify(header));
  await new Promise(resolve => server.close(resolve));
  assert.is(fetched, 0);
});

test('attack 10: wrong issuer, audience, type, times or claims', async ({ door }) => {
  const wrong: Part[] = [
    { iss: 'second-court' },
    { iss: undefined },
    { iss: ['first-court'] },
    { aud: 'other' },
    { aud: undefined },
    { aud: ['other'] },
    { exp: undefined },
    { exp: now() - 10 },
    { exp: String(now() + 60) },
    { exp: null },
    { nbf: now() + 60 },
    { nbf: 'soon' },
    { sub: undefined },
    { sub: '' },
    { sub: 'x'.repeat(129) },
    { sub: 'a\0b' },
    { sub: 7 },
    { name: undefined },
    { name: '\ud800' },
    { role: 'owner' },
    { role: undefined },
    { role: ['admin'] },
    { sid: 7 },
  ];
  for (const change of wrong) await refused(door, forge({ ...valid(), ...change }), JSON.stringify(change));
  for (const typ of ['refresh+jwt', 'id_token', 'logout+jwt', 'JWE', ''])
    await refused(door, forge(valid(), { alg: 'HS256', typ }), `typ ${typ}`);
});

test('only an expired token is told that a fresh one would do', async ({ door }) => {
  const expired = await refused(door, forge({ ...valid(), exp: now() - 10 }), 'expired');
  assert.equal(expired.details, { reason: 'token_expired' });
  const foreign = await refused(door, forge({ ...valid(), exp: now() - 10 }, undefined, 'other'), 'foreign');
  assert.is(foreign.details, undefined);
});

test('clocks may differ by a few seconds', async ({ door }) => {
  await door.people.authenticate(forge({ ...valid(), exp: now() - 2, nbf: now() + 2 }));
});

test('whatever is not a token is refused and is no fault of ours, 2,000 random ones', async ({ door }) => {
  const part = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json().map(encode), fc.base64String());
  const broken = fc.oneof(
    part,
    fc.tuple(part, part, part).map(parts => parts.join('.')),
    fc.tuple(fc.json(), fc.json()).map(([header, claims]) => forge(claims, header)),
    fc.tuple(fc.nat(), fc.nat(127)).map(([position, code]) => {
      const token = forge(valid());
      const at = position % (token.length - 1);
      const other = String.fromCharCode(code);
      return token.slice(0, at) + (token[at] === other ? '!' : other) + token.slice(at + 1);
    }),
  );
  await fc.assert(
    fc.asyncProperty(broken, async token => {
      await refused(door, token, token);
    }),
    { numRuns: 2000 },
  );
});

test('a token of an ended session, or of a disabled person, is refused at once (attack 12)', async ({
  door,
}) => {
  const { accessToken, user, refreshToken } = await door.people.guest({ name: 'Gina' }, visitor);
  const { session } = await door.people.authenticate(accessToken);
  assert.ok(session);
  assert.equal(await door.people.endedSessions([session]), []);
  await door.people.logout({ refreshToken });
  await refused(door, accessToken, 'ended');
  assert.equal(await door.people.endedSessions([session]), [session]);
  assert.is(door.ended.at(-1), session);

  const off = await door.people.guest({}, visitor);
  await door.db.sql`update users set disabled_at = now() where id = ${off.user.id}`;
  await refused(door, off.accessToken, 'disabled');
  await refused(door, forge({ ...valid(), sub: off.user.id }), 'disabled, token of another issuer');
  assert.is.not(off.user.id, user.id);
});

test('a session that this hub does not know is none of its business', async ({ door }) => {
  const actor = await door.people.authenticate(forge({ ...valid(), sid: 'of another system' }));
  assert.is(actor.session, 'of another system');
});

test('with the database away, nobody is let in (attack 19)', async ({ door }) => {
  const away = () => Promise.reject(new Unreachable('away', false));
  const people = createPeople({
    store: { ...door.store, ensureUser: away },
    tokens: createJwt({ secret: DOOR_SECRET }),
    hasher: { hash: away, verify: away },
    limits: { take: () => ({ ok: true }), attempt: async () => ({ ok: true }), forgive: async () => {} },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  try {
    await people.authenticate(forge(valid()));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Unreachable);
  }
});

test('tokens of another secret are refused (attack 16)', async ({ door }) => {
  const other = createJwt({ secret: 'another secret, also longer than thirty-two bytes' });
  await refused(door, await other.sign({ sub: 'ada', name: 'Ada', role: 'admin' }, 60), 'other secret');
});

test.run();
