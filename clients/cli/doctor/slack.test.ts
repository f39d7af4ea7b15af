// The doctor tells the ways in which Slack can be out of order apart, each with its next step.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSlackSimulator, type SlackSimulator } from '../../../scripts/simulators/slack/simulator.ts';
import { readConfig } from '../../../server/config.ts';
import { slack as check, SLACK_SCOPES } from './slack.ts';

const test = suite('doctor: slack');
let slack: SlackSimulator;

test.before(async () => {
  slack = await openSlackSimulator({ limits: false });
});
test.after(async () => slack[Symbol.asyncDispose]());
test.after.each(() => {
  slack.mend();
  slack.restore();
});

const env = () => ({
  SLACK_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: slack.apiUrl,
});
const look = (more: Record<string, string> = {}) =>
  check({ config: readConfig({ ...env(), ...more }), signal: AbortSignal.timeout(40_000) });
const withScopes = async (scopes: readonly string[]) => {
  const token = slack.tokens.get(slack.botToken);
  const all = token?.scopes ?? [];
  if (token) token.scopes = [...scopes];
  const finding = await look();
  if (token) token.scopes = all;
  return finding;
};

test('not configured, and in order', async () => {
  const none = { SLACK_TOKEN: '', SLACK_APP_TOKEN: '' };
  assert.equal(await look(none), { state: 'off' });
  assert.equal(await look(), { state: 'ok' });
});

test('a bot token that is no good, and an app token that is no good, are told apart', async () => {
  const bot = await look({ SLACK_TOKEN: 'xoxb-wrong' });
  assert.is(bot.state, 'failed');
  assert.match(bot.reason ?? '', 'SLACK_TOKEN (invalid_auth)');
  const app = await look({ SLACK_APP_TOKEN: 'xapp-wrong' });
  assert.match(app.reason ?? '', 'SLACK_APP_TOKEN (invalid_auth)');
  assert.match(app.next ?? '', 'App-Level Tokens');
  for (const text of [bot.reason, bot.next, app.reason, app.next]) assert.not.match(text ?? '', /xox|xapp-/);
});

test('missing scopes are named: those it cannot do without, and those it can', async () => {
  const few = await withScopes(['chat:write']);
  assert.is(few.state, 'failed');
  assert.match(few.next ?? '', 'channels:history');
  const most = await withScopes([...SLACK_SCOPES.needed, 'channels:join']);
  assert.is(most.state, 'degraded');
  assert.match(most.reason ?? '', 'chat:write.customize');
});

test('an app token without connections:write', async () => {
  const token = slack.tokens.get(slack.appToken);
  if (token) token.scopes = [];
  const finding = await look();
  if (token) token.scopes = ['connections:write'];
  assert.match(finding.reason ?? '', 'SLACK_APP_TOKEN lacks the scope connections:write');
});

test('unreachable, out of order and rate-limited are three things', async () => {
  const away = await look({ SLACK_API_URL: 'http://127.0.0.1:9/api' });
  assert.match(away.reason ?? '', /cannot be reached \(ECONNREFUSED\)|cannot be reached \(bad port\)/);
  slack.fail({ kind: 'status', status: 503 });
  assert.match((await look()).reason ?? '', 'HTTP 503');
  slack.mend();
  slack.fail({ kind: 'rate_limited', retryAfter: 30 });
  assert.is((await look()).state, 'degraded');
});

test('the manifest in the guide asks for exactly what the doctor looks for', async () => {
  const guide = path.join(import.meta.dirname, '../../../docs/integrations/slack.md');
  const manifest = /```json\n([\s\S]*?)\n```/.exec(await readFile(guide, 'utf8'))?.[1] ?? '';
  const { oauth_config } = JSON.parse(manifest) as { oauth_config: { scopes: { bot: string[] } } };
  assert.equal(
    oauth_config.scopes.bot.toSorted(),
    [...SLACK_SCOPES.needed, ...SLACK_SCOPES.useful].toSorted(),
  );
});

test.run();
