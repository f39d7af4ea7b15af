// Meetings become presence, through the real client against a simulated Google and a real hub; and each failure of Google, with what the hub makes of it.
// takes: 43 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENTS, FREE_BUSY } from '../integrations/google/access.ts';
import { createIntegrationStore } from '../store/queries/integrations.ts';
import { connect } from '../testing/client.ts';
import { bootWithGoogle, type GoogleHub } from '../testing/google.ts';
import { until } from '../testing/until.ts';

const test = suite<GoogleHub>('google-calendar');
test.before(async context => {
  Object.assign(context, await bootWithGoogle());
});
test.after(async ({ google, hub }) => {
  await hub[Symbol.asyncDispose]();
  await google[Symbol.asyncDispose]();
});
test.after.each(({ google }) => {
  google.faults.length = 0;
});

const MINUTE = 60_000;
const times = (from: number, to: number) => ({
  start: { dateTime: new Date(Date.now() + from).toISOString() },
  end: { dateTime: new Date(Date.now() + to).toISOString() },
});
const NOW = [-MINUTE, 30 * MINUTE] as const;
let count = 0;

/** A hub user whose calendar the hub may read, with what they consented to. */
async function person({ google, hub }: GoogleHub, scopes = [FREE_BUSY, EVENTS]) {
  const user = `user-${++count}`;
  const account = google.addPerson(`${user}@example.com`);
  await (await connect(hub.url, { token: await hub.token(user) }))[Symbol.asyncDispose]();
  const consent = () =>
    hub.hub.consents.give(
      'google',
      user,
      account.sub,
      JSON.stringify({
        email: account.email,
        refreshToken: google.oauth.grant(account.email, scopes),
        scopes,
      }),
    );
  await consent();
  return {
    user,
    email: account.email,
    consent,
    busy: () => hub.hub.presence.get(user).sources.includes('google'),
    presence: () => hub.hub.presence.get(user),
  };
}

const state = ({ hub }: GoogleHub) => hub.hub.integrations.states().google;
const asked = ({ google }: GoogleHub, what: RegExp) =>
  [...google.requests].reduce((sum, [call, times]) => sum + (what.test(call) ? times : 0), 0);
/** Everything the hub asks is asked once more, whole. */
async function aRound(context: GoogleHub) {
  const before = asked(context, /events$|freeBusy/);
  await until(() => asked(context, /events$|freeBusy/) > before + 2 * count, 'another round');
}

test('a meeting makes busy with its end, and its end makes free again, without anybody asking', async context => {
  const ada = await person(context);
  const ends = Date.now() + 2000;
  context.google.calendars.put(ada.email, times(-MINUTE, 2000));
  await until(ada.busy);
  const { status, text, until: end } = ada.presence();
  assert.is(status, 'dnd');
  assert.match(text ?? '', /^In a meeting until \d\d:\d\d$/);
  assert.ok(Math.abs(Date.parse(end ?? '') - ends) < 1000);
  await until(() => !ada.busy());
  assert.ok(Date.now() >= ends);
});

test('meetings that follow each other are one; declined, called off, whole-day and free ones are none', async context => {
  const { calendars } = context.google;
  const ada = await person(context);
  const ben = await person(context);
  const today = new Date().toISOString().slice(0, 10);
  const tomorrow = new Date(Date.now() + 24 * 60 * MINUTE).toISOString().slice(0, 10);
  calendars.put(ada.email, { start: { date: today }, end: { date: tomorrow } });
  calendars.put(ada.email, { ...times(...NOW), transparency: 'transparent' });
  calendars.put(ada.email, { ...times(...NOW), attendees: [{ self: true, responseStatus: 'declined' }] });
  calendars.cancel(ada.email, calendars.put(ada.email, times(...NOW)));
  calendars.put(ben.email, times(...NOW));
  calendars.put(ben.email, times(30 * MINUTE, 60 * MINUTE));
  await until(() => Date.parse(ben.presence().until ?? '') > Date.now() + 50 * MINUTE);
  await aRound(context);
  assert.is(ada.busy(), false);
});

test('with leave for free/busy alone, free/busy it is, and no channel', async context => {
  const ada = await person(context, [FREE_BUSY]);
  context.google.calendars.put(ada.email, times(...NOW));
  await until(ada.busy);
  assert.not.ok(
    [...context.google.channels.open.values()].some(({ account }) => account.email === ada.email),
  );
});

test('lists of many pages are read to their end', async context => {
  const ada = await person(context);
  context.google.calendars.pageSize = 1;
  for (let hour = 2; hour < 5; hour++)
    context.google.calendars.put(ada.email, times(hour * 60 * MINUTE, (hour + 1) * 60 * MINUTE));
  context.google.calendars.put(ada.email, times(...NOW));
  await until(ada.busy);
  context.google.calendars.pageSize = 250;
});

test('failure: an access token that is taken back early (401) is replaced, and nobody notices', async context => {
  const ada = await person(context);
  const event = context.google.calendars.put(ada.email, times(...NOW));
  await until(ada.busy);
  context.google.oauth.expire(ada.email);
  context.google.calendars.cancel(ada.email, event);
  await until(() => !ada.busy());
  assert.is(state(context).state, 'ready');
});

test('failure: a consent that was taken back (invalid_grant) ends the claim and is forgotten; a new one works', async context => {
  const ada = await person(context);
  context.google.calendars.put(ada.email, times(...NOW));
  await until(ada.busy);
  context.google.oauth.revoke(ada.email);
  await until(() => !ada.busy());
  await until(() => state(context).state === 'degraded');
  assert.match(
    (state(context) as { reason: string }).reason,
    /1 person cannot be read; they can connect it again/,
  );
  assert.not.match((await context.hub.hub.consents.secret('google', ada.user)) ?? '', '1//');
  await ada.consent();
  await until(ada.busy);
  await until(() => state(context).state === 'ready');
});

for (const kind of ['rateLimit403', 'rateLimit429'] as const)
  test(`failure: too many requests (${kind}) is said, waited for, and over`, async context => {
    const ada = await person(context);
    context.google.calendars.put(ada.email, times(...NOW));
    await until(ada.busy);
    context.google.faults.push({ kind, path: /calendar/ });
    await until(() => state(context).state === 'degraded');
    assert.match((state(context) as { reason: string }).reason, /has had enough requests/);
    assert.ok(ada.busy(), 'what is known goes on to count');
    context.google.faults.length = 0;
    await until(() => state(context).state === 'ready');
  });

test('failure: Retry-After is kept to', async context => {
  await person(context);
  const { google } = context;
  google.faults.push({ kind: 'rateLimit429', retryAfter: 2, times: 1, path: /calendar/ });
  await until(() => google.faults.length === 0);
  const [from, before] = [performance.now(), asked(context, /calendar/)];
  await until(() => asked(context, /calendar/) > before);
  assert.ok(performance.now() - from > 1500, `asked again after ${performance.now() - from} ms`);
});

for (const fault of [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'cut' },
] as const)
  test(`failure: Google broken or gone (${JSON.stringify(fault)}): said, meetings go on to count, and it heals`, async context => {
    const ada = await person(context);
    const ben = await person(context);
    context.google.calendars.put(ada.email, times(...NOW));
    context.google.calendars.put(ben.email, times(3000, 10 * MINUTE));
    await until(ada.busy);
    await aRound(context);
    context.google.faults.push(fault);
    await until(() => state(context).state === 'degraded');
    assert.match((state(context) as { reason: string }).reason, /Google cannot be reached/);
    await until(ben.busy, 'a meeting that was known begins');
    assert.ok(ada.busy());
    context.google.faults.length = 0;
    await until(() => state(context).state === 'ready');
  });

test('failure: a sync token that is too old (410) makes the hub read everything anew', async context => {
  const ada = await person(context);
  const event = context.google.calendars.put(ada.email, times(...NOW));
  await until(ada.busy);
  await aRound(context);
  context.google.calendars.forgetTokens();
  context.google.calendars.cancel(ada.email, event);
  await until(() => !ada.busy());
  assert.is(state(context).state, 'ready');
});

test('failure: a lost push costs time, since calendars are asked in any case', async context => {
  const ada = await person(context);
  context.google.channels.copies = 0;
  context.google.calendars.put(ada.email, times(...NOW));
  await until(ada.busy);
  context.google.channels.copies = 1;
});

test('failure: channels that end soon are renewed, and the old ones stopped', async context => {
  const { google } = context;
  google.channels.longest = 60;
  const ada = await person(context);
  const open = () => [...google.channels.open.values()].filter(({ account }) => account.email === ada.email);
  await until(() => open().length === 1);
  const first = open()[0]?.id;
  await until(() => open().length === 1 && open()[0]?.id !== first);
  google.channels.longest = 7 * 24 * 3600;
});

test('failure: slow answers hold up no message', async context => {
  const { google, hub } = context;
  const ada = await person(context);
  await aRound(context);
  google.faults.push({ kind: 'slow', ms: 60_000 });
  const before = asked(context, /./);
  await until(() => asked(context, /./) > before);
  await using client = await connect(hub.url, { token: await hub.token(ada.user) });
  const { room } = await client.call('room:create', { title: 'Room', kind: 'private' });
  await client.call('room:join', { room: room.id });
  const url = 'https://docs.google.com/document/d/1aB2cD3eF4gH5iJ6kL7mN8oP9/edit';
  const looking = client.refused('drive:lookup', { url }).catch(() => undefined);
  const { seq } = await client.call('message:send', { room: room.id, id: crypto.randomUUID(), text: url });
  assert.ok(seq > 0);
  google.faults.length = 0;
  await looking;
});

test('unlinking ends the claim and the channel', async context => {
  const { google, hub } = context;
  const ada = await person(context);
  google.calendars.put(ada.email, times(...NOW));
  await until(ada.busy);
  await createIntegrationStore(hub.db).unlink('google', ada.user);
  await until(() => !ada.busy());
  await until(() => ![...google.channels.open.values()].some(({ account }) => account.email === ada.email));
});

test('attack 29: no refresh token stands in the database as it is', async context => {
  await person(context);
  for (const { user } of await createIntegrationStore(context.hub.db).links({ vendor: 'google' })) {
    const sealed = await createIntegrationStore(context.hub.db).secret('google', user);
    assert.not.match(Buffer.from(sealed?.box ?? '', 'base64').toString('latin1'), '1//');
  }
});

test.run();
