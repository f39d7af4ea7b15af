import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Answer, type Door, openDoor } from '../testing/door.ts';
import { assertRefused as refused } from '../testing/refusal.ts';

const test = suite<{ door: Door }>('http/session');
test.before(async context => {
  context.door = await openDoor();
});
test.after(async ({ door }) => door[Symbol.asyncDispose]());

let people = 0;
const newcomer = () => ({ email: `person${++people}@example.com`, password: 'correct horse', name: 'Pat' });

async function adminToken(door: Door): Promise<string> {
  const token = await door.people.makeLink({ id: 'root', name: 'Root', role: 'admin' });
  return (await door.ask('/api/auth/link', { body: { token } })).body.accessToken;
}

test('register signs in: a token for the API, a cookie that scripts cannot read for refreshing', async ({
  door,
}) => {
  const { email, ...who } = newcomer();
  const answer = await door.ask('/api/auth/register', {
    body: { ...who, email: ` ${email.toUpperCase()} ` },
  });
  assert.is(answer.status, 201);
  assert.equal(Object.keys(answer.body).sort(), ['accessToken', 'expiresIn', 'user']);
  assert.is(answer.body.expiresIn, 900);
  assert.is(answer.body.user.name, 'Pat');
  assert.is(answer.body.user.role, 'member');
  const cookie = answer.headers['set-cookie']?.[0] ?? '';
  for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/api/auth', 'Max-Age=2592000'])
    assert.match(cookie, attribute);
  assert.not.match(cookie, /Secure|Domain/);
  assert.is(answer.headers['cache-control'], 'no-store');

  const me = await door.ask('/api/me', { bearer: answer.body.accessToken });
  assert.is(me.status, 200);
  assert.equal(me.body.user, { ...answer.body.user, email });
  assert.ok(me.body.expiresAt > Date.now());
  assert.type(me.body.session, 'string');
});

test('register without a name takes the first part of the e-mail', async ({ door }) => {
  const { name: _, ...who } = newcomer();
  const answer = await door.ask('/api/auth/register', { body: who });
  assert.is(answer.body.user.name, who.email.split('@')[0]);
});

test('register refuses what is missing, wrong or taken, and says which', async ({ door }) => {
  const who = newcomer();
  const ask = (body: unknown) => door.ask('/api/auth/register', { body });
  refused(await ask({}), 400, 'bad_request', /email: is missing; password: is missing/);
  refused(await ask({ ...who, email: 'nobody' }), 400, 'bad_request', /^email: /);
  refused(await ask({ ...who, email: `${'x'.repeat(250)}@example.com` }), 400, 'bad_request', /^email: /);
  refused(await ask({ ...who, password: 'short' }), 400, 'bad_request', /^password: has fewer than 8/);
  refused(
    await ask({ ...who, password: 'x'.repeat(257) }),
    400,
    'bad_request',
    /^password: has more than 256/,
  );
  refused(await ask({ ...who, name: ' ' }), 400, 'bad_request', /^name: is blank/);
  refused(await ask({ ...who, name: 'a\r\nb' }), 400, 'bad_request', /^name: /);
  refused(await ask([who]), 400, 'bad_request');
  assert.is((await ask(who)).status, 201);
  refused(await ask({ ...who, email: who.email.toUpperCase() }), 409, 'conflict', /Sign in instead/);
});

test('login answers the same to a wrong password and to an unknown person (attack 14)', async ({ door }) => {
  const who = newcomer();
  await door.ask('/api/auth/register', { body: who });
  const good = await door.ask('/api/auth/login', { body: who });
  assert.is(good.status, 200);
  assert.ok(good.cookie);
  const wrong = await door.ask('/api/auth/login', { body: { ...who, password: 'wrong horse' } });
  const unknown = await door.ask('/api/auth/login', { body: { ...who, email: 'nobody@example.com' } });
  refused(wrong, 401, 'unauthenticated');
  refused(unknown, 401, 'unauthenticated');
  assert.equal(wrong.body, unknown.body);
  refused(await door.ask('/api/auth/login', { body: { email: who.email } }), 400, 'bad_request');
});

test('login tells a disabled person why, once the password is right', async ({ door }) => {
  const who = newcomer();
  await door.ask('/api/auth/register', { body: who });
  await door.db.sql`update users set disabled_at = now() where email = ${who.email}`;
  refused(await door.ask('/api/auth/login', { body: who }), 403, 'forbidden', /disabled/);
  refused(
    await door.ask('/api/auth/login', { body: { ...who, password: 'wrong horse' } }),
    401,
    'unauthenticated',
  );
});

test('a guest needs nothing, not even a body', async ({ door }) => {
  const bare = await door.ask('/api/auth/guest', { method: 'POST' });
  assert.is(bare.status, 201);
  assert.is(bare.body.user.role, 'guest');
  assert.match(bare.body.user.name, /^Guest \d{4}$/);
  assert.is((await door.ask('/api/auth/guest', { body: { name: 'Gil' } })).body.user.name, 'Gil');
  refused(await door.ask('/api/auth/guest', { body: { name: 'x'.repeat(81) } }), 400, 'bad_request', /^name/);
});

test('a cookie is swapped at each refresh, and the session stays the same', async ({ door }) => {
  const first = await door.ask('/api/auth/guest', { body: {} });
  const second = await door.ask('/api/auth/refresh', { method: 'POST', cookie: first.cookie as string });
  assert.is(second.status, 200);
  assert.equal(second.body.user, first.body.user);
  assert.not('refreshToken' in second.body, 'a token from the cookie never leaves in the body');
  assert.ok(second.cookie && second.cookie !== first.cookie);
  assert.is.not(second.body.accessToken, first.body.accessToken);
  const sessions = [];
  for (const { body } of [first, second])
    sessions.push((await door.ask('/api/me', { bearer: body.accessToken })).body.session);
  assert.is(sessions[0], sessions[1]);
});

test('programs may have the refresh token in the body, and then get no cookie', async ({ door }) => {
  const first = await door.ask('/api/auth/guest', { body: { refreshInBody: true } });
  assert.is(first.cookie, undefined);
  assert.is(first.body.refreshExpiresIn, 2_592_000);
  const { refreshToken } = first.body;
  const second = await door.ask('/api/auth/refresh', { body: { refreshToken } });
  assert.is(second.status, 200);
  assert.is(second.cookie, undefined);
  assert.ok(second.body.refreshToken && second.body.refreshToken !== refreshToken);
});

test('refresh refuses what it does not know, and clears a cookie that is of no more use', async ({
  door,
}) => {
  refused(await door.ask('/api/auth/refresh', { method: 'POST' }), 401, 'unauthenticated', /Sign in/);
  refused(await door.ask('/api/auth/refresh', { body: { refreshToken: 'made up' } }), 401, 'unauthenticated');
  refused(await door.ask('/api/auth/refresh', { body: { refreshToken: 7 } }), 400, 'bad_request');
  const stale = await door.ask('/api/auth/refresh', { method: 'POST', cookie: 'made-up' });
  refused(stale, 401, 'unauthenticated');
  assert.is(stale.cookie, '');
});

test('two tabs that refresh at once both go on (attack 11)', async ({ door }) => {
  const { cookie } = await door.ask('/api/auth/guest', { body: {} });
  const tabs = await Promise.all(
    [1, 2].map(() => door.ask('/api/auth/refresh', { method: 'POST', cookie: cookie as string })),
  );
  for (const tab of tabs) {
    assert.is(tab.status, 200, tab.text);
    assert.is((await door.ask('/api/me', { bearer: tab.body.accessToken })).status, 200);
  }
  const later = await door.ask('/api/auth/refresh', { method: 'POST', cookie: tabs[1]?.cookie as string });
  assert.is(later.status, 200);
});

test('a refresh token that comes back later ends the session of thief and owner (attack 11)', async ({
  door,
}) => {
  const cookies = [(await door.ask('/api/auth/guest', { body: {} })).cookie as string];
  let last: Answer | undefined;
  for (let n = 0; n < 2; n++) {
    last = await door.ask('/api/auth/refresh', { method: 'POST', cookie: cookies[n] as string });
    cookies.push(last.cookie as string);
  }
  refused(
    await door.ask('/api/auth/refresh', { method: 'POST', cookie: cookies[0] as string }),
    401,
    'unauthenticated',
  );
  refused(
    await door.ask('/api/auth/refresh', { method: 'POST', cookie: cookies[2] as string }),
    401,
    'unauthenticated',
  );
  refused(await door.ask('/api/me', { bearer: last?.body.accessToken }), 401, 'unauthenticated', /session/);
});

test('logout by cookie, by body or by access token ends the session at once; twice is no error', async ({
  door,
}) => {
  for (const how of ['cookie', 'body', 'bearer'] as const) {
    const body = { refreshInBody: how === 'body' };
    const grant = await door.ask('/api/auth/guest', { body });
    const ask = {
      cookie: { method: 'POST', cookie: grant.cookie as string },
      body: { body: { refreshToken: grant.body.refreshToken } },
      bearer: { method: 'POST', bearer: grant.body.accessToken },
    }[how];
    const out = await door.ask('/api/auth/logout', ask);
    assert.is(out.status, 200, how);
    assert.is(out.cookie, '', 'the cookie is cleared');
    refused(await door.ask('/api/me', { bearer: grant.body.accessToken }), 401, 'unauthenticated');
    assert.is((await door.ask('/api/auth/logout', ask)).status, how === 'bearer' ? 401 : 200);
  }
  assert.is((await door.ask('/api/auth/logout', { method: 'POST' })).status, 200);
});

test('a one-time link signs in once', async ({ door }) => {
  const token = await door.people.makeLink({ id: 'root', name: 'Root', role: 'admin' });
  const first = await door.ask('/api/auth/link', { body: { token } });
  assert.is(first.status, 200);
  assert.is(first.body.user.role, 'admin');
  assert.ok(first.cookie);
  refused(await door.ask('/api/auth/link', { body: { token } }), 401, 'unauthenticated');
  refused(await door.ask('/api/auth/link', { body: { token: 'made up' } }), 401, 'unauthenticated');
  refused(await door.ask('/api/auth/link', { body: {} }), 400, 'bad_request', /token: is missing/);
});

test('a link dies after its hour', async ({ door }) => {
  const token = await door.people.makeLink({ id: 'root', name: 'Root', role: 'admin' });
  await door.db.sql`update sign_in_links set expires_at = expires_at - interval '1 hour'`;
  refused(await door.ask('/api/auth/link', { body: { token } }), 401, 'unauthenticated');
});

test('an administrator makes bots; nobody else does (attack 32)', async ({ door }) => {
  const bearer = await adminToken(door);
  const made = await door.ask('/api/auth/bots', { bearer, body: { name: 'Weather', id: 'weather' } });
  assert.is(made.status, 201);
  assert.equal(made.body.user, { id: 'weather', name: 'Weather', role: 'bot' });
  const me = await door.ask('/api/me', { bearer: made.body.token });
  assert.is(me.body.user.role, 'bot');
  const again = await door.ask('/api/auth/bots', { bearer, body: { name: 'Rain' } });
  assert.match(again.body.user.id, /^rain-/);

  const { body } = await door.ask('/api/auth/guest', { body: {} });
  const ask = { body: { name: 'Evil' } };
  refused(await door.ask('/api/auth/bots', ask), 401, 'unauthenticated');
  refused(await door.ask('/api/auth/bots', { ...ask, bearer: body.accessToken }), 403, 'forbidden');
  refused(await door.ask('/api/auth/bots', { ...ask, bearer: made.body.token }), 403, 'forbidden');
  refused(
    await door.ask('/api/auth/bots', { bearer, body: { name: 'X', id: body.user.id } }),
    409,
    'conflict',
  );
  refused(await door.ask('/api/auth/bots', { bearer, body: {} }), 400, 'bad_request', /name: is missing/);
  refused(
    await door.ask('/api/auth/bots', { bearer, body: { name: 'X', id: 'a\0b' } }),
    400,
    'bad_request',
    /^id/,
  );
});

test('/api/me tells nobody without a token who they are (attack 32)', async ({ door }) => {
  const { body } = await door.ask('/api/auth/guest', { body: {} });
  const bare = await door.ask('/api/me');
  refused(bare, 401, 'unauthenticated', /Authorization/);
  assert.is(bare.headers['www-authenticate'], 'Bearer');
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    `Basic ${body.accessToken}`,
    body.accessToken,
    'Bearer a b',
  ])
    refused(await door.ask('/api/me', { headers: { authorization } }), 401, 'unauthenticated');
  refused(await door.ask('/api/me', { cookie: body.accessToken }), 401, 'unauthenticated');
  assert.is(
    (await door.ask('/api/me', { headers: { authorization: `bearer ${body.accessToken}` } })).status,
    200,
  );
});

test('over HTTPS the cookie is for HTTPS alone', async () => {
  await using door = await openDoor({ https: true });
  const answer = await door.ask('/api/auth/guest', { body: {} });
  assert.match(answer.headers['set-cookie']?.[0] ?? '', /; Secure/);
});

test('with the database away, sign-in says so and nobody is let in (attack 19)', async () => {
  await using door = await openDoor();
  const { body } = await door.ask('/api/auth/guest', { body: {} });
  await door.db[Symbol.asyncDispose]();
  for (const answer of [
    await door.ask('/api/me', { bearer: body.accessToken }),
    await door.ask('/api/auth/guest', { body: {} }),
    await door.ask('/api/auth/login', { body: newcomer() }),
  ]) {
    refused(answer, 503, 'unavailable');
    assert.is(answer.headers['retry-after'], '1');
  }
});

test.run();
