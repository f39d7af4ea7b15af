// Mail goes to people who said that the address is theirs: else anybody could have the hub write to strangers.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { type MailSink, openMailSink, type SunkMail } from '../testing/mail-sink.ts';
import { until } from '../testing/until.ts';

const test = suite('addresses');
const parts = new AsyncDisposableStack();
const EMAIL = 'wim@people.example';
let hub: TestHub;
let mail: MailSink;

test.before(async () => {
  mail = parts.use(await openMailSink());
  hub = parts.use(
    await boot({
      env: { SMTP_URL: mail.url, PUBLIC_URL: 'https://court.example' },
      outbox: { look: 30, pace: { email: 0, push: 0, sms: 0, webhook: 0 } },
    }),
  );
});
test.after(() => parts[Symbol.asyncDispose]());

const put = (user: string, key: string) =>
  hub.hub.outbox.put([
    { key, channel: 'email', topic: 'message', user, payload: { title: 'Ada in Hall', text: key } },
  ]);

test('who registers is asked once whether the address is theirs, and gets nothing else there before they say yes', async () => {
  const register = await fetch(`${hub.url}/api/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      email: EMAIL,
      password: 'a password of nobody else',
      name: 'Wim',
      refreshInBody: true,
    }),
  });
  const { user, accessToken } = (await register.json()) as { user: { id: string }; accessToken: string };
  await using wim = await connect(hub.url, { token: accessToken });
  await wim.call('contact:confirm', {});
  assert.equal(await put(user.id, 'before'), { put: 0 });
  await until(() => mail.of(EMAIL).length === 1, 'the question');
  const asked = mail.of(EMAIL)[0] as SunkMail;
  assert.is(asked.headers['list-unsubscribe'], undefined);
  const text = asked.body.replace(/=\r?\n/g, '');
  const link = /https:\/\/court\.example(\/confirm\/[\w.-]+)/.exec(text)?.[1] as string;

  for (const [method, at, status] of [
    ['GET', link, 200],
    ['POST', `${link.slice(0, -3)}abc`, 404],
    ['POST', link.replace('/confirm/', '/unsubscribe/'), 404],
  ] as const)
    assert.is((await fetch(hub.url + at, { method })).status, status, `${method} ${at}`);
  assert.is((await wim.call('contact:get', {})).confirmed, false);

  assert.is((await fetch(hub.url + link, { method: 'POST' })).status, 200);
  assert.is((await wim.call('contact:get', {})).confirmed, true);
  assert.equal(await put(user.id, 'after'), { put: 1 });
  await until(() => mail.of(EMAIL).length === 2, 'the mail that may go now');
  assert.is(mail.of(EMAIL)[1]?.headers.subject, 'Ada in Hall: after');
});

test.run();
