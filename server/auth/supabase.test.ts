import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { SignJWT } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  openSupabaseSimulator,
  type SupabaseSimulator,
} from '../../scripts/simulators/supabase/simulator.ts';
import { Unreachable } from '../hub/errors.ts';
import type { TokenSigner } from '../hub/ports-people.ts';
import { refusal } from '../testing/refusal.ts';
import { createJwt } from './jwt.ts';
import { acceptSupabase } from './supabase.ts';

const SECRET = 'a secret of the tests, longer than thirty-two bytes';
const JWKS = '/auth/v1/.well-known/jwks.json';
const own = createJwt({ secret: SECRET });
const now = () => Math.floor(Date.now() / 1000);

// Auth alone is asked here, so that there need be no database.
const databaseUrl = 'postgres://nobody@127.0.0.1:1/none';
const test = suite<{ project: SupabaseSimulator; tokens: TokenSigner; fetched: () => number }>(
  'auth/supabase',
);
test.before.each(async context => {
  const project = await openSupabaseSimulator({ databaseUrl });
  context.project = project;
  context.tokens = acceptSupabase(own, project.url);
  context.fetched = () => project.requests.get(JWKS) ?? 0;
});
test.after.each(async ({ project }) => project[Symbol.asyncDispose]());

async function refused(tokens: TokenSigner, token: string, what: string) {
  const error = await refusal(tokens.verify(token)).catch(cause => {
    throw new Error(`${what}: ${cause}`);
  });
  assert.is(error.code, 'unauthenticated', what);
  return error;
}

test('a token of the project speaks for its person; the keys are fetched once', async ({
  project,
  tokens,
  fetched,
}) => {
  const exp = now() + 600;
  const token = await project.auth.signIn({ sub: 'u-1', email: 'ada@example.com', session_id: 's-1', exp });
  const claims = { sub: 'u-1', name: 'ada', role: 'member', sid: 's-1', exp };
  const { iat, ...verified } = await tokens.verify(token);
  assert.equal(verified, claims);
  assert.type(iat, 'number');
  await Promise.all(Array.from({ length: 20 }, () => tokens.verify(token)));
  assert.is(fetched(), 1);
});

test("the hub's own tokens are good as before, and no key is fetched for them (attack 9)", async ({
  tokens,
  fetched,
}) => {
  const token = await tokens.sign({ sub: 'bob', name: 'Bob', role: 'admin' }, 60);
  assert.is((await tokens.verify(token)).sub, 'bob');
  assert.is(fetched(), 0);
});

const PEOPLE: [claims: JWTPayload, name: string, role: string][] = [
  [{ user_metadata: { name: 'Ada L.', full_name: 'x' }, email: 'x@y' }, 'Ada L.', 'member'],
  [{ user_metadata: { name: ' \n', full_name: 'Ada King' } }, 'Ada King', 'member'],
  [{ user_metadata: { name: 'A\u0000da\u007f\ud800' } }, 'A da \ufffd', 'member'],
  [{ user_metadata: { name: 'x'.repeat(500) } }, 'x'.repeat(80), 'member'],
  [{ user_metadata: { name: 7 }, email: 'ada.king@example.com' }, 'ada.king', 'member'],
  [{ user_metadata: null, app_metadata: null, sub: 'abcdef' }, 'Member abcd', 'member'],
  [{ email: 'a@b', app_metadata: { role: 'admin' } }, 'a', 'admin'],
  // What people write about themselves gives them nothing.
  [{ email: 'a@b', user_metadata: { role: 'admin' }, role: 'service_role' }, 'a', 'member'],
  [{ email: 'a@b', app_metadata: { role: ['admin'] } }, 'a', 'member'],
  [{ email: '', is_anonymous: true, sub: 'abcdef' }, 'Member abcd', 'guest'],
];

test('name and role come from where only they may come from (attack 20)', async ({ project, tokens }) => {
  for (const [claims, name, role] of PEOPLE) {
    const verified = await tokens.verify(await project.auth.signIn(claims));
    assert.equal([verified.name, verified.role], [name, role], JSON.stringify(claims));
  }
});

test('wrong issuer, audience, times or subject (attack 10)', async ({ project, tokens }) => {
  const wrong: JWTPayload[] = [
    { iss: `${project.url}/auth/v1/` },
    { iss: 'first-court', aud: 'first-court', name: 'Ada', role: 'admin' },
    { iss: 'https://other.supabase.co/auth/v1' },
    { aud: 'anon' },
    { aud: '' },
    { nbf: now() + 60 },
    { sub: '' },
    { sub: 'x'.repeat(129) },
  ];
  for (const claims of wrong)
    await refused(tokens, await project.auth.signIn(claims), JSON.stringify(claims));
  const expired = await refused(tokens, await project.auth.signIn({ exp: now() - 10 }), 'expired');
  assert.equal(expired.details, { reason: 'token_expired' });
});

test('a token of another issuer, or of an algorithm that is not published, makes the hub fetch nothing (attack 9)', async ({
  project,
  tokens,
  fetched,
}) => {
  for (const iss of ['https://other.supabase.co/auth/v1', `${project.url}/auth/v1/`, 'first-court'])
    await refused(tokens, await project.auth.signIn({ iss }), iss);
  const [, payload] = (await project.auth.signIn()).split('.');
  for (const alg of ['none', 'HS256', 'EdDSA', 'PS256']) {
    const header = Buffer.from(JSON.stringify({ alg, kid: project.auth.keys.keys[0]?.kid }));
    await refused(tokens, `${header.toString('base64url')}.${payload}.c2lnbmF0dXJl`, alg);
  }
  assert.is(fetched(), 0);
});

test('attack 9: no other algorithm, no key that a token brings or names, and nothing is fetched from elsewhere', async ({
  project,
  tokens,
  fetched,
}) => {
  const elsewhere = await openSupabaseSimulator({ databaseUrl });
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const payload = () =>
    new SignJWT({
      iss: `${project.url}/auth/v1`,
      aud: 'authenticated',
      sub: 'eve',
      app_metadata: { role: 'admin' },
    })
      .setExpirationTime('1h')
      .setIssuedAt();
  const jku = `${elsewhere.url}${JWKS}`;
  const kid = project.auth.keys.keys[0]?.kid as string;
  for (const header of [
    {},
    { kid },
    { jku },
    { x5u: jku },
    { jwk },
    { kid, jku, jwk },
    { kid: '../../dev/null' },
  ]) {
    const token = await payload()
      .setProtectedHeader({ alg: 'ES256', ...header })
      .sign(privateKey);
    await refused(tokens, token, JSON.stringify(header));
  }
  assert.is(elsewhere.requests.size, 0);
  await elsewhere[Symbol.asyncDispose]();

  const before = fetched();
  const good = (await project.auth.signIn()).split('.') as [string, string, string];
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const publicPem = JSON.stringify(project.auth.keys.keys[0]);
  for (const alg of ['none', 'None', 'HS256', 'HS512', 'EdDSA', 'PS256', '']) {
    const signed = `${encode({ alg, kid })}.${good[1]}`;
    const hmac = createHmac('sha256', publicPem).update(signed).digest('base64url');
    for (const signature of ['', good[2], hmac]) await refused(tokens, `${signed}.${signature}`, alg);
  }
  await refused(
    tokens,
    `${good[0]}.${encode({ ...JSON.parse(atob(good[1])), sub: 'eve' })}.${good[2]}`,
    'changed',
  );
  await refused(tokens, await own.sign({ sub: 'x', name: 'x', role: 'member' }, -10), 'own, expired');
  assert.is(fetched(), before);
});

test('many tokens with unknown keys make the hub fetch once, not each time (attack 9)', async ({
  project,
  tokens,
  fetched,
}) => {
  const other = await openSupabaseSimulator({ databaseUrl });
  await tokens.verify(await project.auth.signIn());
  for (let n = 0; n < 20; n++)
    await refused(tokens, await other.auth.signIn({ iss: `${project.url}/auth/v1` }), 'unknown key');
  await other[Symbol.asyncDispose]();
  assert.is(fetched(), 1);
});

test('a new signing key of the project is found, and the one before is good while it is published (attack 16)', async ({
  project,
}) => {
  const old = await project.auth.signIn();
  await project.auth.rotate({ keep: true });
  const both = acceptSupabase(own, project.url);
  await both.verify(old);
  await both.verify(await project.auth.signIn());
  await project.auth.rotate({ keep: false });
  const after = acceptSupabase(own, project.url);
  await after.verify(await project.auth.signIn());
  await refused(after, old, 'of the key that was taken away');
});

test('with Auth away nobody is let in by its tokens, and it is not said to be their fault (attack 19)', async ({
  project,
  tokens,
}) => {
  const token = await project.auth.signIn();
  for (const fault of [{ kind: 'status', status: 503 }, { kind: 'cut' }] as const) {
    project.fault = fault;
    const error = await tokens.verify(token).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    assert.instance(error, Unreachable);
  }
  project.fault = undefined;
  assert.ok(await tokens.verify(token));
});

test('whatever is not a token is refused', async ({ tokens, fetched }) => {
  for (const text of ['', 'x', 'a.b.c', '..', `${'x'.repeat(8000)}.y.z`, 'bnVsbA.bnVsbA.bnVsbA'])
    await refused(tokens, text, text);
  assert.is(fetched(), 0);
});

test.run();
