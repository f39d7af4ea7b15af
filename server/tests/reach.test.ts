// How people are told who are not here: an announcement goes on to e-mail, Web Push and SMS, through a real mail server, push service and gateway that
// fail in every way they do. Everything due arrives at least once, and once by its name (I14).
// takes: 14 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keyPart } from '../hub/outbox.ts';
import { withConnection } from '../store/databases.ts';
import { createOutboxStore } from '../store/queries/outbox.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { type MailFault, type MailSink, openMailSink } from '../testing/mail-sink.ts';
import { openPushReceiver, type PushFault, type PushReceiver } from '../testing/push-receiver.ts';
import { openSmsGateway, type SmsGateway } from '../testing/sms-gateway.ts';
import { until } from '../testing/until.ts';

const test = suite('reaching people');
const parts = new AsyncDisposableStack();
let hub: TestHub;
let admin: TestClient;
let mail: MailSink;
let push: PushReceiver;
let sms: SmsGateway;

const age = (sql: string) => withConnection(hub.databaseUrl, db => db.unsafe(sql));
/** Somebody with an address who is not here. */
async function absent(id: string): Promise<string> {
  await age(
    `insert into users (id, name, role, email, email_verified_at)
      values ('${id}', 'Name of ${id}', 'member', '${id}@people.example', now())`,
  );
  return id;
}
const announce = async (users: string[], followUp: object, text = 'The gate closes at nine.') =>
  admin.call('announce:send', {
    key: crypto.randomUUID(),
    text,
    level: 'critical',
    audience: { users },
    requireAck: true,
    followUp: { remind: null, email: null, push: null, sms: null, ...followUp },
  });
/** As if so much time had passed since these people were owed it. */
const pass = (id: string, seconds: number) =>
  age(`update announcement_people set owed_at = owed_at - make_interval(secs => ${seconds}),
    next_at = next_at - make_interval(secs => ${seconds}) where announcement = '${id}'`);
const entries = async (prefix: string) => (await admin.call('outbox:list', { prefix })).entries;
const settled = (prefix: string) =>
  until(async () => {
    const found = await entries(prefix);
    return found.length > 0 && found.every(({ state }) => state !== 'waiting');
  }, `nothing waits at ${prefix}`);

test.before(async () => {
  mail = parts.use(await openMailSink());
  push = parts.use(await openPushReceiver());
  sms = parts.use(await openSmsGateway('a secret of the gateway'));
  hub = parts.use(
    await boot({
      env: {
        SMTP_URL: mail.url,
        MAIL_FROM: 'First Court <court@hub.example>',
        SMS_WEBHOOK_URL: sms.url,
        SMS_WEBHOOK_SECRET: 'a secret of the gateway',
        PRIVATE_TARGETS: '127.0.0.1',
        PUBLIC_URL: 'https://court.example',
      },
      outbox: {
        look: 30,
        pace: { email: 0, push: 0, sms: 0, webhook: 0 },
        retry: { least: 10, most: 50 },
        rest: { least: 10, most: 50 },
        patience: 1500,
      },
    }),
  );
  admin = parts.use(await connect(hub.url, { token: await hub.token('admin', { role: 'admin' }) }));
});
test.after(() => parts[Symbol.asyncDispose]());

test('first e-mail, then the browser, then SMS; and nothing more for who has acknowledged', async () => {
  for (const id of ['ann', 'ben']) {
    await absent(id);
    await using there = await connect(hub.url, { token: await hub.token(id) });
    await there.call('push:subscribe', { ...push.browser(id), device: 'Laptop' });
    await admin.call('contact:phone', { user: id, phone: '+491701234567' });
  }
  const { id } = await announce(['ann', 'ben'], { email: 600, push: 1200, sms: 1800 });
  await pass(id, 600);
  await until(() => mail.mails.length === 2);
  const [letter] = mail.of('ann@people.example');
  assert.is(letter?.headers.from, 'First Court <court@hub.example>');
  assert.is(letter?.headers.subject, 'Important: admin announces: The gate closes at nine.');
  assert.match(letter?.headers['message-id'] ?? '', /^<[0-9a-f]{40}@hub\.example>$/);
  assert.match(letter?.body ?? '', 'The gate closes at nine.');
  assert.match(letter?.body ?? '', 'https://court.example/#/');
  assert.equal(push.pushes, []);
  const { pending } = await admin.call('announce:status', { id });
  assert.equal(
    pending.map(({ user, told }) => [user, told]),
    [
      ['ann', ['email']],
      ['ben', ['email']],
    ],
  );

  await using ann = await connect(hub.url, { token: await hub.token('ann') });
  await ann.call('announce:ack', { id });
  await pass(id, 600);
  await until(() => push.of('ben').length === 1);
  const [got] = push.of('ben');
  const { key } = await ann.call('push:list', {});
  assert.equal([got?.signedBy, got?.subject, got?.urgency], [key, 'https://court.example', 'high']);
  assert.equal([got?.payload.title, got?.payload.body], ['admin announces', 'The gate closes at nine.']);
  await pass(id, 600);
  await until(() => sms.messages.length === 1);
  assert.equal(
    [sms.messages[0]?.to, sms.messages[0]?.text, sms.forged],
    ['+491701234567', 'admin announces: The gate closes at nine.', 0],
  );
  await settled(`announcement:${id}:`);
  assert.equal(push.of('ann'), []);
});

/** Each line befalls somebody of their own, all at once. */
const mailFaults: [who: string, faults: MailFault[], state: string, mails: number][] = [
  ['greylisted-twice', [{ rcpt: 450 }, { rcpt: 451 }], 'sent', 1],
  ['put-off', [{ data: 452 }], 'sent', 1],
  ['no-such-address', [{ rcpt: 550 }], 'dead', 0],
  ['refused', [{ data: 554 }], 'dead', 0],
  // Taken, and we were not told: it comes twice, under one name.
  ['cut-after-the-text', ['cut'], 'sent', 2],
  ['no-answer-to-the-text', ['hang'], 'sent', 2],
  ['shut-down', [{ rcpt: 421 }], 'sent', 1],
];
test('e-mail: put off, refused, cut, silent, shut down; what was taken twice has one Message-ID', async () => {
  for (const [who, faults] of mailFaults) mail.faults.set(`${await absent(who)}@people.example`, faults);
  const { id } = await announce(
    mailFaults.map(([who]) => who),
    { email: 1 },
  );
  await pass(id, 1);
  await settled(`announcement:${id}:`);
  const found = new Map((await entries(`announcement:${id}:`)).map(entry => [entry.user, entry]));
  for (const [who, , state, mails] of mailFaults) {
    const entry = found.get(who);
    assert.is(entry?.state, state, JSON.stringify(entry));
    const got = mail.of(`${who}@people.example`);
    assert.is(got.length, mails, who);
    assert.is(new Set(got.map(({ headers }) => headers['message-id'])).size, Math.min(mails, 1));
    if (state === 'dead') assert.match(entry?.error ?? '', /^The mail server: 55\d as told/);
  }
});

const pushFaults: [who: string, faults: PushFault[], state: string, pushes: number, devices: number][] = [
  ['too-many', [429, 429], 'sent', 1, 1],
  ['broken', [500, 503], 'sent', 1, 1],
  ['cut', ['cut'], 'sent', 1, 1],
  ['no-answer', ['hang'], 'sent', 1, 1],
  ['not-taken', [400], 'dead', 0, 1],
  ['too-large', [413], 'dead', 0, 1],
  // These browsers are gone, and with them their subscriptions.
  ['gone', [410], 'cancelled', 0, 0],
  ['unknown', [404], 'cancelled', 0, 0],
];
test('Web Push: put off, broken, cut, silent, refused; 404 and 410 take the subscription out', async () => {
  const store = createOutboxStore(hub.db);
  for (const [who, faults] of pushFaults) {
    await store.pushSubscribe(await absent(who), push.browser(who), 5);
    push.faults.set(who, faults);
  }
  const { id } = await announce(
    pushFaults.map(([who]) => who),
    { push: 1 },
  );
  await pass(id, 1);
  await settled(`announcement:${id}:`);
  const found = new Map((await entries(`announcement:${id}:`)).map(entry => [entry.user, entry]));
  for (const [who, , state, pushes, devices] of pushFaults) {
    assert.is(found.get(who)?.state, state, JSON.stringify(found.get(who)));
    assert.is(push.of(who).length, pushes, who);
    assert.is((await store.pushDevices(who)).length, devices, who);
  }
});

test('SMS: broken and cut ones come again and are one by their id; one that is refused is given up, and tried again when asked', async () => {
  const user = await absent('sam');
  await admin.call('contact:phone', { user, phone: '+4915112345678' });
  const before = sms.messages.length;
  sms.faults.push(500, 'cut');
  const first = await announce([user], { sms: 1 });
  await pass(first.id, 1);
  await settled(`announcement:${first.id}:`);
  assert.is(sms.messages.length, before + 1);
  sms.faults.push(422);
  const second = await announce([user], { sms: 1 });
  await pass(second.id, 1);
  await settled(`announcement:${second.id}:`);
  const [dead] = (await admin.call('outbox:list', { state: 'dead', channel: 'sms' })).entries;
  assert.equal([dead?.user, dead?.error], ['sam', 'The SMS gateway answered with 422.']);
  assert.equal(await admin.call('outbox:retry', { prefix: dead?.key ?? '' }), { count: 1 });
  await until(() => sms.messages.length === before + 2);
});

test('a bundle leaves as one, what is cancelled or too late does not leave, and nobody cancels what begins like theirs', async () => {
  const { outbox } = hub.hub;
  const [user, other] = [await absent('uma'), await absent('uma:b')];
  const letter = (text: string) => ({ title: 'Ada in Hall', text });
  const one = (n: number, whose = user) => ({
    key: `message:${keyPart(whose)}:${n}`,
    channel: 'email' as const,
    topic: 'message' as const,
    user: whose,
    payload: letter(`message ${n}`),
    waitMs: 60_000,
    bundle: `message:email:${whose}`,
  });
  await outbox.put([one(1), one(2), one(3), one(1, other)]);
  assert.equal(await outbox.put([one(2)]), { put: 0 });
  await outbox.put([
    { ...one(4), expiresAt: new Date(Date.now() - 1000).toISOString(), waitMs: 0, bundle: 'late' },
  ]);
  assert.is(await outbox.cancel([`message:${user}:3`], 'It was read.'), 1);
  // The two minutes of the first one are over.
  await age(`update outbox set not_before = now() where key = 'message:uma:1'`);
  await settled('message:uma:');
  const mails = mail.of('uma@people.example');
  assert.is(mails.length, 1);
  assert.is(mails[0]?.headers.subject, 'Ada in Hall: message 1 (and 1 more)');
  assert.match(mails[0]?.body ?? '', /message 1[\s\S]*message 2/);
  assert.not.match(mails[0]?.body ?? '', /message [34]/);
  const states = Object.fromEntries(
    (await entries('message:uma:')).map(({ key, state }) => [key.at(-1), state]),
  );
  assert.equal(states, { 1: 'sent', 2: 'sent', 3: 'cancelled', 4: 'cancelled' });
  assert.is(await outbox.cancel([`message:${keyPart(other)}:`], 'It was read.'), 1);
});

test('a mail says how to get no more of them, for mail programs too (RFC 8058); a look at the link changes nothing', async () => {
  const user = await absent('vic');
  const { id } = await announce([user], { email: 1 });
  await pass(id, 1);
  await settled(`announcement:${id}:`);
  const [{ headers = {} } = {}] = mail.of('vic@people.example');
  assert.is(headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click');
  const link = (headers['list-unsubscribe'] ?? '').replace(/^<https:\/\/court\.example|>$/g, '');
  const ask = (method: string, at = link) =>
    fetch(hub.url + at, {
      method,
      ...(method === 'POST' && { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }),
    });
  assert.is((await ask('GET')).status, 200);
  assert.equal((await admin.call('contact:get', { user })).off, []);
  assert.is((await ask('POST', `${link.slice(0, -3)}abc`)).status, 404);
  assert.is((await ask('POST', '/unsubscribe/WyJ2aWMiXQ.x')).status, 404);
  assert.is((await ask('POST')).status, 200);
  assert.equal((await admin.call('contact:get', { user })).off, [
    { channel: 'email', topic: 'announcement' },
  ]);
  const again = await announce([user], { email: 1 });
  await pass(again.id, 1);
  const [{ reminders } = {}] = (await admin.call('announce:status', { id: again.id })).pending;
  assert.is(reminders, 0);
  assert.equal(await entries(`announcement:${again.id}:`), []);
});

test('a push goes nowhere but to the public internet, and nobody takes another’s browser (attack 23)', async () => {
  await using eve = await connect(hub.url, { token: await hub.token('eve') });
  const mine = push.browser('eve');
  const at = (endpoint: string) => eve.refused('push:subscribe', { ...mine, endpoint });
  for (const endpoint of [
    'https://10.0.0.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://2130706434/x',
    'https://0x7f.2/x',
    'https://user:pass@push.example/x',
    'http://push.example/x',
    'ftp://push.example/x',
    'javascript:alert(1)',
  ])
    assert.is((await at(endpoint)).code, 'bad_request', endpoint);
  await using ann = await connect(hub.url, { token: await hub.token('ann') });
  await ann.call('push:subscribe', mine);
  assert.is(
    (await eve.refused('push:subscribe', { ...push.browser('other'), endpoint: mine.endpoint })).code,
    'conflict',
  );
  const { id } = await eve.call('push:subscribe', mine);
  await ann.call('push:unsubscribe', { id });
  assert.is((await eve.call('push:list', {})).devices.length, 1);
});

test('nothing was logged as a fault of ours (I16)', () => {
  const own = hub.complaints.filter(({ level }) => level === 'error');
  assert.equal(own, []);
});

test.run();
