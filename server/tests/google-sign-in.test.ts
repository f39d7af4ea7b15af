// Signing in with Google, through the real client against a simulated Google: who gets in as whom, and everything that must not get in.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createKeys } from '../../scripts/simulators/google/keys.ts';
import { withConnection } from '../store/databases.ts';
import { type Browser, bootWithGoogle, type GoogleHub, openBrowser } from '../testing/google.ts';

const test = suite<GoogleHub>('google-sign-in');
test.before(async context => {
  Object.assign(context, await bootWithGoogle());
});
test.after(async ({ google, hub }) => {
  await hub[Symbol.asyncDispose]();
  await google[Symbol.asyncDispose]();
});
test.before.each(({ google }) => {
  google.oauth.claims = {};
  google.oauth.forger = undefined;
  google.oauth.algorithm = 'RS256';
  google.faults.length = 0;
});

let count = 0;
/** Somebody new at Google, who is signed in there. */
function person({ google }: GoogleHub, given: object = {}) {
  const account = google.addPerson(`person${++count}@example.com`, given);
  google.oauth.signedIn = account.email;
  return account;
}

async function refreshed(hub: GoogleHub['hub'], browser: Browser) {
  const answer = await browser.post(`${hub.url}/api/auth/refresh`, {});
  return { status: answer.status, ...JSON.parse(answer.text) };
}

const rows = async (context: GoogleHub, email: string) =>
  (await context.hub.db.call('find_login', { email })) as unknown;

test('somebody new is made an account, and is the same person the next time, whatever their address is then', async context => {
  const { hub } = context;
  const account = person(context, { name: 'Ada\n Lovelace' });
  const browser = openBrowser();
  assert.is(await browser.signIn(hub.url), `${hub.url}/#signed-in`);
  const first = await refreshed(hub, browser);
  assert.is(first.status, 200);
  assert.is(first.user.name, 'Ada Lovelace');
  assert.is(first.user.role, 'member');

  const moved = person(context, { sub: account.sub, name: 'Ada King' });
  assert.is.not(moved.email, account.email);
  const again = openBrowser();
  assert.is(await again.signIn(hub.url), `${hub.url}/#signed-in`);
  assert.is((await refreshed(hub, again)).user.id, first.user.id);
});

test('the cookies: ours is Lax, HttpOnly and short, and gone when the way ends; the refresh token is Strict as ever', async context => {
  const { hub } = context;
  person(context);
  const browser = openBrowser();
  const toGoogle = await browser.go(`${hub.url}/api/auth/google`);
  assert.is(toGoogle.status, 303);
  assert.match(
    toGoogle.setCookies[0] ?? '',
    /^court_google=.*Max-Age=600; Path=\/api\/auth\/google; .*HttpOnly; SameSite=Lax/,
  );
  const asked = new URL(toGoogle.location).searchParams;
  assert.is(asked.get('code_challenge_method'), 'S256');
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.ok((asked.get(name) ?? '').length >= 43, name);
  const back = await browser.go(toGoogle.location);
  const end = await browser.go(back.location, { 'sec-fetch-site': 'cross-site' });
  assert.ok(end.setCookies.some(set => /^court_google=;.*Path=\/api\/auth\/google/.test(set)));
  assert.ok(end.setCookies.some(set => /^court_refresh=[^;]+;.*HttpOnly; SameSite=Strict/.test(set)));
});

test('ES256 is taken as RS256 is', async context => {
  person(context);
  context.google.oauth.algorithm = 'ES256';
  assert.is(await openBrowser().signIn(context.hub.url), `${context.hub.url}/#signed-in`);
});

test('attack 10: an ID token with anything wrong in it signs nobody in', async context => {
  const { hub, google } = context;
  const now = () => Math.floor(Date.now() / 1000);
  const wrong: [claims: object, word: string][] = [
    [{ iss: 'https://accounts.google.com.evil.example' }, 'refused'],
    [{ aud: 'another-client.apps.googleusercontent.com' }, 'refused'],
    [{ azp: 'another-client.apps.googleusercontent.com' }, 'refused'],
    // The vendor's library would take it for five minutes more.
    [{ exp: now() - 10 }, 'refused'],
    [{ exp: undefined }, 'refused'],
    [{ nonce: 'of somebody else' }, 'refused'],
    [{ nonce: undefined }, 'refused'],
    [{ sub: undefined }, 'refused'],
    [{ email_verified: false }, 'unverified'],
    [{ email_verified: 'true' }, 'unverified'],
    [{ email: undefined }, 'unverified'],
  ];
  for (const [claims, word] of wrong) {
    const account = person(context);
    google.oauth.claims = claims as never;
    const browser = openBrowser();
    assert.is(await browser.signIn(hub.url), `${hub.url}/#google=${word}`, JSON.stringify(claims));
    assert.is(browser.cookies.has('court_refresh'), false);
    assert.is(await rows(context, account.email), null);
  }
  google.oauth.claims = {};
  google.oauth.forger = await createKeys();
  person(context);
  assert.is(await openBrowser().signIn(hub.url), `${hub.url}/#google=refused`, 'signed with other keys');
});

test('attack 15: state, PKCE or cookie changed on the way, or none of ours: refused', async context => {
  const { hub } = context;
  const tampered: [what: string, change: (browser: Browser, back: URL) => void][] = [
    ['state', (_, back) => back.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (_, back) => back.searchParams.delete('state')],
    ['no cookie', browser => browser.cookies.delete('court_google')],
    [
      'cookie',
      browser =>
        void browser.cookies.set('court_google', `${browser.cookies.get('court_google')?.slice(0, -2)}xx`),
    ],
    [
      'unsigned cookie',
      browser => {
        const [, payload] = (browser.cookies.get('court_google') ?? '').split('.');
        browser.cookies.set('court_google', `${btoa('{"alg":"none"}').replaceAll('=', '')}.${payload}.`);
      },
    ],
  ];
  for (const [what, change] of tampered) {
    person(context);
    const browser = openBrowser();
    const toGoogle = await browser.go(`${hub.url}/api/auth/google`);
    const back = new URL((await browser.go(toGoogle.location)).location);
    change(browser, back);
    const end = await browser.go(back.href, { 'sec-fetch-site': 'cross-site' });
    assert.is(end.location, `${hub.url}/#google=stale`, what);
    assert.is(browser.cookies.has('court_refresh'), false, what);
  }
});

test('attack 15: a code that was got for another browser is of no use in this one (PKCE), with the state of this one', async context => {
  const { hub } = context;
  person(context);
  const [mallory, victim] = [openBrowser(), openBrowser()];
  const stolen = await mallory.go((await mallory.go(`${hub.url}/api/auth/google`)).location);
  const own = new URL((await victim.go(`${hub.url}/api/auth/google`)).location);
  const back = new URL(stolen.location);
  back.searchParams.set('state', own.searchParams.get('state') ?? '');
  assert.is((await victim.go(back.href)).location, `${hub.url}/#google=stale`);
  assert.is(victim.cookies.has('court_refresh'), false);
});

test('attack 15: a code is good once, also with the cookie put back', async context => {
  const { hub } = context;
  person(context);
  const browser = openBrowser();
  const back = await browser.go((await browser.go(`${hub.url}/api/auth/google`)).location);
  const cookie = browser.cookies.get('court_google') ?? '';
  assert.is((await browser.go(back.location)).location, `${hub.url}/#signed-in`);
  browser.cookies.delete('court_refresh');
  assert.is((await browser.go(back.location)).location, `${hub.url}/#google=stale`, 'without it');
  browser.cookies.set('court_google', cookie);
  assert.is((await browser.go(back.location)).location, `${hub.url}/#google=stale`, 'with it');
  assert.is(browser.cookies.has('court_refresh'), false);
});

test('attack 15: a page of another site cannot begin a sign-in', async context => {
  for (const from of ['cross-site', 'same-site']) {
    const answer = await openBrowser().go(`${context.hub.url}/api/auth/google`, { 'sec-fetch-site': from });
    assert.is(answer.location, `${context.hub.url}/#google=foreign`);
    assert.equal(answer.setCookies, []);
  }
});

test('who says no at Google, or comes back with nonsense, is told so at the door', async context => {
  const { hub } = context;
  for (const [params, word] of [
    ['error=access_denied', 'cancelled'],
    ['error=%3Cscript%3E', 'refused'],
    ['', 'refused'],
  ]) {
    const browser = openBrowser();
    const asked = new URL((await browser.go(`${hub.url}/api/auth/google`)).location).searchParams;
    const end = await browser.go(`${hub.url}/api/auth/google/callback?state=${asked.get('state')}&${params}`);
    assert.is(end.location, `${hub.url}/#google=${word}`);
  }
});

test('an account that somebody registered with this address is neither taken over nor takes over', async context => {
  const { hub } = context;
  const account = person(context);
  const password = 'correct horse battery';
  const squatter = openBrowser();
  const registered = await squatter.post(`${hub.url}/api/auth/register`, { email: account.email, password });
  const { user, accessToken } = JSON.parse(registered.text);
  const browser = openBrowser();
  assert.is(await browser.signIn(hub.url), `${hub.url}/#google=taken`);
  assert.is(browser.cookies.has('court_refresh'), false);

  // It opens with its password as before; its owner can prove the address from inside, and then both ways lead to it.
  const { url } = JSON.parse(
    (await squatter.post(`${hub.url}/api/auth/google/connect`, {}, accessToken)).text,
  );
  const end = await squatter.go((await squatter.go(url)).location, { 'sec-fetch-site': 'cross-site' });
  assert.is(end.location, `${hub.url}/#google=connected`);
  assert.is(await browser.signIn(hub.url), `${hub.url}/#signed-in`);
  assert.is((await refreshed(hub, browser)).user.id, user.id);
});

test('nobody can register an address that signs in with Google, nor guess a password for it', async context => {
  const { hub } = context;
  const account = person(context);
  await openBrowser().signIn(hub.url);
  const body = { email: account.email, password: 'correct horse battery' };
  assert.is((await openBrowser().post(`${hub.url}/api/auth/register`, body)).status, 409);
  assert.is((await openBrowser().post(`${hub.url}/api/auth/login`, body)).status, 401);
});

test('an address that has changed hands at Google does not open the account of who had it before', async context => {
  const { hub, google } = context;
  const account = person(context);
  await openBrowser().signIn(hub.url);
  google.addPerson(account.email, { sub: '999000999' });
  assert.is(await openBrowser().signIn(hub.url), `${hub.url}/#google=taken`);
});

test('attack 12: a disabled account stays outside', async context => {
  const { hub } = context;
  person(context);
  const browser = openBrowser();
  await browser.signIn(hub.url);
  const { user } = await refreshed(hub, browser);
  await withConnection(
    hub.databaseUrl,
    sql => sql`update users set disabled_at = now() where id = ${user.id}`,
  );
  const again = openBrowser();
  assert.is(await again.signIn(hub.url), `${hub.url}/#google=disabled`);
  assert.is(again.cookies.has('court_refresh'), false);
});

test('with Google away, people are told so, and passwords work as ever', async context => {
  const { hub, google } = context;
  for (const [path, kind] of [
    [/^\/token$/, 'cut'],
    [/^\/token$/, 'status'],
  ] as const) {
    person(context);
    google.faults.push({ kind, status: 503, path });
    assert.is(await openBrowser().signIn(hub.url), `${hub.url}/#google=unavailable`, kind);
    const body = { email: `local${++count}@example.com`, password: 'correct horse battery' };
    assert.is((await openBrowser().post(`${hub.url}/api/auth/register`, body)).status, 201);
    google.faults.length = 0;
  }
});

test('attack 30: neither codes, tokens nor the client secret stand in the log', async context => {
  const logged = JSON.stringify(context.hub.complaints);
  assert.not.match(logged, /GOCSPX-|ya29\.|1\/\/|4\//);
});

test('only people of GOOGLE_HOSTED_DOMAIN, when it is set; the hint alone is not believed', async () => {
  await using context = await bootWithGoogle({ env: { GOOGLE_HOSTED_DOMAIN: 'example.com' } });
  const { hub, google } = context;
  const asked = new URL((await openBrowser().go(`${hub.url}/api/auth/google`)).location);
  assert.is(asked.searchParams.get('hd'), 'example.com');
  for (const [email, hd, word] of [
    ['ok@example.com', 'example.com', 'signed-in'],
    ['x@gmail.com', undefined, 'google=domain'],
    ['x@evil.example', 'evil.example', 'google=domain'],
    // An address of the domain at an account that is not the domain's.
    ['y@example.com', undefined, 'google=domain'],
  ] as const) {
    google.addPerson(email, { hd } as object);
    google.oauth.signedIn = email;
    assert.is(await openBrowser().signIn(hub.url), `${hub.url}/#${word}`, email);
  }
});

test('with a service account alone, or without Google, there is no such way in', async () => {
  await using context = await bootWithGoogle({}, 'service');
  const { url } = context.hub;
  assert.equal(JSON.parse((await openBrowser().go(`${url}/api/auth/methods`)).text), {
    password: true,
    google: false,
  });
  assert.is((await openBrowser().go(`${url}/api/auth/google`)).status, 404);
  assert.is((await openBrowser().go(`${url}/api/auth/google/callback?code=x`)).status, 404);
});

test.run();
