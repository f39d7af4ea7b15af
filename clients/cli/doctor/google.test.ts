import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type GoogleSimulator, openGoogleSimulator } from '../../../scripts/simulators/google/simulator.ts';
import { readConfig } from '../../../server/config.ts';
import { google as check } from './google.ts';

const test = suite<{ google: GoogleSimulator }>('doctor/google');
test.before(async context => {
  context.google = await openGoogleSimulator();
});
test.after(async ({ google }) => google[Symbol.asyncDispose]());
test.after.each(({ google }) => {
  google.skew = 0;
});

const look = ({ url }: { url: string }, credentials: string, env: object = {}) =>
  check({
    config: readConfig({
      GOOGLE_CREDENTIALS: credentials,
      GOOGLE_ROOT_URL: url,
      PUBLIC_URL: 'https://chat.example.com',
      ...env,
    }),
    signal: AbortSignal.timeout(30_000),
  });

test('not configured is off, and nothing is asked', async () => {
  assert.equal(await check({ config: readConfig({}), signal: AbortSignal.timeout(1000) }), {
    state: 'off',
  });
});

test('good credentials are found good, with what would make it better', async ({ google }) => {
  assert.equal(await look(google, google.credentials.client), { state: 'ok' });
  assert.match((await look(google, google.credentials.service)).next ?? '', /delegate .*calendar.freebusy/);
  assert.match((await look(google, google.credentials.both, { PUBLIC_URL: '' })).next ?? '', /redirect URIs/);
  const http = { PUBLIC_URL: 'http://chat.example.com' };
  assert.match((await look(google, google.credentials.client, http)).next ?? '', /https/);
});

test('a client and a service account that Google does not know are told apart', async ({ google }) => {
  await using other = await openGoogleSimulator();
  const client = await look(google, other.credentials.client);
  assert.is(client.state, 'failed');
  assert.match(client.reason ?? '', /OAuth client.*invalid_client/);
  assert.match(client.next ?? '', 'console.cloud.google.com');
  const service = await look(google, other.credentials.service);
  assert.is(service.state, 'failed');
  assert.match(service.reason ?? '', /service account/);
});

test('a clock that is wrong is said to be that, and how far', async ({ google }) => {
  google.skew = 3_600_000;
  const finding = await look(google, google.credentials.client);
  assert.is(finding.state, 'failed');
  assert.match(finding.reason ?? '', /clock is 3[56]\d\d s behind/);
});

test('unreachable is unreachable', async ({ google }) => {
  const finding = await look({ url: 'http://127.0.0.1:1' }, google.credentials.client);
  assert.is(finding.state, 'failed');
  assert.match(finding.reason ?? '', /cannot be reached/);
  assert.match(finding.next ?? '', /oauth2.googleapis.com/);
});

test('nothing that the doctor says holds a secret (attack 30)', async ({ google }) => {
  await using other = await openGoogleSimulator();
  const said = JSON.stringify([
    await look(google, other.credentials.both),
    await look({ url: 'http://127.0.0.1:1' }, google.credentials.both),
  ]);
  assert.not.match(said, /GOCSPX|PRIVATE KEY/);
});

test.run();
