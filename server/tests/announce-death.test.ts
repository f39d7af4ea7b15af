// A hub is killed with -9 while it tells people and webhooks: the next one goes on. What was due in between begins, everybody is told, and whoever is
// told twice is told under one name; so is who was named while away (I14).
// takes: 14 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signToken } from '../../clients/cli/signing.ts';
import { freePort, startHub } from '../../scripts/hub-process.ts';
import { withConnection } from '../store/databases.ts';
import { TEST_SECRET } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { openTestDatabase } from '../testing/database.ts';
import { openMailSink } from '../testing/mail-sink.ts';
import { until } from '../testing/until.ts';
import { openWebhookReceiver, textOf } from '../testing/webhooks/receiver.ts';

const test = suite('announcements and a death');
const PEOPLE = 30;
const WORDS = 20;

test('killed in the middle of the mails and of what a webhook hears: the same, once more or not, under the same names', async () => {
  await using database = await openTestDatabase();
  await using mail = await openMailSink();
  await using receiver = await openWebhookReceiver();
  const age = (sql: string) => withConnection(database.url, db => db.unsafe(sql));
  const env = {
    ENVIRONMENT: 'test',
    DATABASE_URL: database.url,
    JWT_SECRET: TEST_SECRET,
    ENCRYPTION_KEY: 'ab'.repeat(32),
    SMTP_URL: mail.url,
    PRIVATE_TARGETS: '127.0.0.1',
    NOTIFY_AFTER_SECONDS: '3',
    // A machine that is busy with other tests must not decide what this one sees.
    LOAD_SHEDDING: 'off',
    // Who comes back under its name has its leases at once.
    NODE_NAME: 'hub-1',
  };
  const start = async () => startHub({ ...env, PORT: await freePort() });
  const token = (user: string, role: 'admin' | 'member') =>
    signToken(TEST_SECRET, { user, role, seconds: 3600 });
  const users = Array.from({ length: PEOPLE }, (_, n) => `user-${n}`);
  await age(`insert into users (id, name, role, email, email_verified_at)
    select 'user-' || n, 'User ' || n, 'member', 'user-' || n || '@people.example', now() from generate_series(0, ${PEOPLE - 1}) as n;
    insert into users (id, name, role, email, email_verified_at) values ('away', 'Away', 'member', 'away@people.example', now())`);
  const common = { text: 'Everybody out', level: 'critical', audience: { users }, requireAck: true } as const;

  await using first = await start();
  const { now, later } = await (async () => {
    await using admin = await connect(first.url, { token: await token('admin', 'admin') });
    await admin.call('room:create', { id: 'yard', title: 'Yard', kind: 'public', members: ['away'] });
    await admin.call('message:send', { room: 'yard', id: crypto.randomUUID(), text: '@away, the gate' });
    await until(async () => (await age('select from notices')).length === 1);
    const { id: later } = await admin.call('announce:send', {
      ...common,
      key: 'later',
      from: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await admin.call('room:create', { id: 'hall', title: 'Hall', kind: 'public' });
    const { secret = '' } = await admin.call('hook:create', {
      ...{ room: 'hall', name: 'Archive', direction: 'out', url: `${receiver.url}/hall` },
      events: ['message.created'],
    });
    receiver.secrets.set('/hall', [secret]);
    const say = async (from: number) => {
      for (let n = from; n < from + WORDS; n++)
        await admin.call('message:send', { room: 'hall', id: crypto.randomUUID(), text: `${n}` });
    };
    await say(0);
    await until(() => receiver.of('/hall').length === WORDS);
    receiver.faults.set('/hall', Array(3).fill('silent'));
    await say(WORDS);
    const { id: now } = await admin.call('announce:send', {
      ...common,
      key: 'now',
      from: new Date(Date.now() + 1000).toISOString(),
      followUp: { remind: null, email: 1, push: null },
    });
    return { now, later };
  })();
  await until(() => mail.mails.length >= 5);
  await until(() => receiver.asked('/hall') > WORDS);
  await first.end('SIGKILL');
  receiver.faults.delete('/hall');
  assert.ok(mail.mails.length < PEOPLE, 'it died in the middle');
  // What it held is held for half a minute, and the hour of the other comes while nobody is there.
  await age(`update outbox set held_until = now() where state = 'waiting';
    update announcements set starts_at = now() where id = '${later}'`);

  await using second = await start();
  await until(() => users.every(user => mail.of(`${user}@people.example`).length > 0));
  for (const user of users) {
    const names = mail.of(`${user}@people.example`).map(({ headers }) => headers['message-id']);
    assert.is(new Set(names).size, 1, `${user}: ${names}`);
  }
  await until(() => receiver.of('/hall').length === 2 * WORDS);
  const words = Array.from({ length: 2 * WORDS }, (_, n) => `${n}`);
  assert.equal([receiver.of('/hall').map(textOf), receiver.forged], [words, 0]);
  // No more than were under way at once.
  assert.ok(mail.mails.length <= PEOPLE + 4, `${mail.mails.length} mails`);
  await until(() => mail.of('away@people.example').length > 0);
  const told = mail.of('away@people.example').map(({ headers }) => headers['message-id']);
  assert.is(new Set(told).size, 1, `${told}`);
  const keys = await age(`select key from outbox where user_id = 'away'`);
  assert.equal(
    keys.map(({ key }) => String(key).replace(/[0-9a-f-]{36}/, 'ID')),
    ['message:yard:ID:away:email'],
  );
  await using admin = await connect(second.url, { token: await token('admin', 'admin') });
  await until(async () => (await admin.call('announce:status', { id: later })).state === 'running');
  await using user = await connect(second.url, { token: await token('user-7', 'member') });
  const { announcements } = await user.push('welcome');

  assert.equal(announcements.map(({ id }) => id).sort(), [now, later].sort());
});

test.run();
