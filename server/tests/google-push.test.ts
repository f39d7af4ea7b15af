// What Google pushes: taken only with the token of the channel, heeded at once, and harmless when it comes twice or from elsewhere.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENTS, FREE_BUSY } from '../integrations/google/access.ts';
import { boot } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { openTestDatabase } from '../testing/database.ts';
import { bootWithGoogle, type GoogleHub } from '../testing/google.ts';
import { until } from '../testing/until.ts';

const MINUTE = 60_000;
const EMAIL = 'ada@example.com';
const LIST = 'GET /calendar/v3/calendars/primary/events';
/** One round as a hub starts, and no other: later changes are heard of by pushes alone. */
const ONCE = { everyMs: 60 * MINUTE, gap: 0, wait: 10 };

const test = suite<GoogleHub>('google-push');
let parts: AsyncDisposableStack;
test.before(async context => {
  parts = new AsyncDisposableStack();
  const { url: databaseUrl } = parts.use(await openTestDatabase());
  const first = await bootWithGoogle({ databaseUrl });
  const { google, hub } = first;
  parts.defer(() => google[Symbol.asyncDispose]());
  const { sub } = google.addPerson(EMAIL);
  await (await connect(hub.url, { token: await hub.token('ada') }))[Symbol.asyncDispose]();
  const scopes = [FREE_BUSY, EVENTS];
  const consent = { email: EMAIL, refreshToken: google.oauth.grant(EMAIL, scopes), scopes };
  await hub.hub.consents.give('google', 'ada', sub, JSON.stringify(consent));
  // Read after the channel was made, so that the hub knows of it.
  await until(() => google.channels.open.size === 1 && lists(first) > 0);
  await hub[Symbol.asyncDispose]();
  assert.is(google.channels.open.size, 0, 'a hub that ends stops its channels');

  const second = await bootWithGoogle({ databaseUrl, googleTempo: ONCE }, 'client', google);
  parts.use(second.hub);
  Object.assign(context, { google, hub: second.hub });
  await until(
    () => google.channels.open.size === 1 && second.hub.hub.integrations.states().google.state === 'ready',
  );
});
test.after(() => parts.disposeAsync());

const busy = ({ hub }: GoogleHub) => hub.hub.presence.get('ada').sources.includes('google');
const lists = ({ google }: GoogleHub) => google.requests.get(LIST) ?? 0;
const post = ({ hub }: GoogleHub, headers: Record<string, string>) =>
  fetch(`${hub.url}/api/hooks/google`, { method: 'POST', headers });

function put({ google }: GoogleHub) {
  const id = google.calendars.put(EMAIL, {
    start: { dateTime: new Date(Date.now() - MINUTE).toISOString() },
    end: { dateTime: new Date(Date.now() + 30 * MINUTE).toISOString() },
  });
  return () => google.calendars.cancel(EMAIL, id);
}

test('a push is heeded at once, and the change of a change too', async context => {
  const cancel = put(context);
  await until(() => busy(context));
  cancel();
  await until(() => !busy(context));
  await context.google.channels.settled();
  assert.equal(new Set(context.google.channels.answers), new Set([204]));
});

test('a push that comes twenty times while the calendar is being read makes it read once more, and says the same', async context => {
  const { channels, faults } = context.google;
  const before = lists(context);
  channels.copies = 20;
  faults.push({ kind: 'slow', ms: 3000, path: /events$/, times: 1 });
  const cancel = put(context);
  await channels.settled();
  channels.copies = 1;
  await until(() => busy(context));
  await until(() => lists(context) === before + 2);
  cancel();
  await until(() => !busy(context));
  assert.is(lists(context), before + 3);
});

test('a push without the token of its channel, or about none, is refused, and nothing is asked of Google', async context => {
  const [{ id = '', token = '' } = {}] = context.google.channels.open.values();
  const before = lists(context);
  const channel = (given: object) =>
    ({ 'X-Goog-Resource-State': 'exists', ...given }) as Record<string, string>;
  for (const headers of [
    {},
    { 'X-Goog-Channel-ID': id },
    { 'X-Goog-Channel-ID': id, 'X-Goog-Channel-Token': '' },
    { 'X-Goog-Channel-ID': id, 'X-Goog-Channel-Token': `${token.slice(0, -1)}_` },
    { 'X-Goog-Channel-ID': id, 'X-Goog-Channel-Token': `${token}x` },
    { 'X-Goog-Channel-ID': crypto.randomUUID(), 'X-Goog-Channel-Token': token },
  ])
    assert.is((await post(context, channel(headers))).status, 404, JSON.stringify(headers));
  assert.is(lists(context), before);
  const good = await post(context, channel({ 'X-Goog-Channel-ID': id, 'X-Goog-Channel-Token': token }));
  assert.is(good.status, 204);
  await until(() => lists(context) > before);
});

test('a hub without Google knows no such address', async context => {
  await using hub = await boot();
  assert.is((await post({ ...context, hub }, { 'X-Goog-Channel-ID': 'x' })).status, 404);
  const methods = await (await fetch(`${hub.url}/api/auth/methods`)).json();
  assert.equal(methods, { password: true, google: false });
});

test.run();
