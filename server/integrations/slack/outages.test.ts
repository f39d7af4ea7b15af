// time limit: 300 s
// The hub's own misfortunes while Slack is well: its database goes away, it is killed in the middle of a post. Nothing is lost, nothing comes twice.
// takes: 17 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort, startHub } from '../../../scripts/hub-process.ts';
import { openProxy } from '../../../scripts/lib/tcp-proxy.ts';
import { openSlackSimulator } from '../../../scripts/simulators/slack/simulator.ts';
import { createJwt } from '../../auth/jwt.ts';
import { openPostgres } from '../../store/postgres.ts';
import { createIntegrationStore } from '../../store/queries/integrations.ts';
import { connect } from '../../testing/client.ts';
import { openTestDatabase } from '../../testing/database.ts';
import { openSlackStage, slackEnv, until } from '../../testing/slack.ts';

const test = suite('slack outages');
const times = (texts: readonly string[], text: string) => texts.filter(one => one === text).length;

test('the database goes away while both sides talk: what Slack said waits, what was posted is not posted again', async () => {
  await using database = await openTestDatabase();
  const url = new URL(database.url);
  await using proxy = await openProxy({ host: url.hostname, port: Number(url.port) });
  url.port = `${proxy.port}`;
  await using stage = await openSlackStage({ databaseUrl: url.href });
  const { slack, say, post, there, here } = stage;
  // Slack has the post and takes its time to say so; by then the database is gone, and the pair cannot be written down.
  slack.fail({ method: 'chat.postMessage', kind: 'slow', ms: 500, times: 1 });
  await say('posted before the outage');
  await until(() => there().includes('posted before the outage'));
  proxy.cut();
  post('said during the outage');
  const pings = slack.calls.get('users.getPresence') ?? 0;
  await until(() => stage.hub.complaints.length > 0);
  assert.ok(slack.sockets.size >= 1, 'Slack stays connected');
  proxy.mend();
  await until(async () => (await here().catch((): string[] => [])).includes('said during the outage'));
  await say('posted after the outage');
  await until(() => there().includes('posted after the outage'));
  assert.is(times(there(), 'posted before the outage'), 1);
  assert.is(times(await here(), 'said during the outage'), 1);
  await until(() => (slack.calls.get('users.getPresence') ?? 0) > pings);
});

test('the hub is killed in the middle of a post: the next one finds it at Slack and goes on behind it', async () => {
  await using database = await openTestDatabase();
  await using slack = await openSlackSimulator({ limits: false, retryMs: [0, 100, 500] });
  const secret = 'a secret of the tests that is long enough';
  const env = {
    ...slackEnv(slack),
    PORT: await freePort(),
    ENVIRONMENT: 'test',
    DATABASE_URL: database.url,
    JWT_SECRET: secret,
    // The same node again gets its lease back at once.
    NODE_NAME: 'one',
    LOAD_SHEDDING: 'off',
  };
  const token = await createJwt({ secret }).sign({ sub: 'ada', name: 'Ada', role: 'member' }, 3600);
  const adaThere = slack.workspace.addUser('Ada');
  const channel = slack.workspace.addChannel('general', { members: [adaThere.id] });
  const there = () => channel.messages.map(({ text }) => text);
  await using db = await openPostgres(database.url);
  const store = createIntegrationStore(db);

  const first = await startHub(env);
  await using ada = await connect(first.url, { token });
  await store.link({ vendor: 'slack', id: adaThere.id, user: 'ada', how: 'admin' });
  const { room } = await ada.call('room:create', { title: 'Room', kind: 'public' });
  await store.bind('slack', channel.id, room.id, adaThere.id);
  await until(async () => (await store.cursor('slack', `since:${channel.id}:${room.id}`)) > 0);
  const send = (client: typeof ada, text: string) =>
    client.call('message:send', { room: room.id, id: crypto.randomUUID(), text });
  slack.fail({ method: 'chat.postMessage', kind: 'slow', ms: 60_000, times: 1 });
  await send(ada, 'in the middle');
  await send(ada, 'behind it');
  await until(() => there().includes('in the middle'));
  assert.is(await first.end('SIGKILL'), 'SIGKILL');
  slack.talk.post(channel.id, adaThere.id, { text: 'while it was dead' });

  await using second = await startHub(env);
  await using again = await connect(second.url, { token });
  await until(() => there().includes('behind it'));
  await send(again, 'alive');
  await until(() => there().includes('alive'));
  assert.equal(
    there().filter(text => text !== 'while it was dead'),
    ['in the middle', 'behind it', 'alive'],
  );
  await until(async () => {
    const { messages } = await again.call('messages:read', { room: room.id });
    return (
      times(
        messages.map(({ text }) => text),
        'while it was dead',
      ) === 1
    );
  });
});

test.run();
