// A whole hub with nothing but a Supabase project: its database, its people.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { openTestProject, type TestProject } from '../testing/supabase.ts';

const test = suite<{ project: TestProject; hub: TestHub }>('flow/supabase');
test.before(async context => {
  context.project = await openTestProject();
  context.hub = await bootOn(context.project);
});
test.after(async ({ project, hub }) => {
  await hub[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});
test.after.each(({ project }) => {
  project.simulator.fault = undefined;
});

const bootOn = ({ simulator, databaseUrl }: TestProject) =>
  boot({
    databaseUrl,
    env: { DATABASE_URL: '', SUPABASE_URL: simulator.url, SUPABASE_KEY: simulator.secretKey },
  });

test('two people talk, one with a Supabase account, one with an account of the hub', async ({
  project,
  hub,
}) => {
  const claims = { sub: 'ada-in-supabase', user_metadata: { full_name: 'Ada King' } };
  await using ada = await connect(hub.url, { token: await project.simulator.auth.signIn(claims) });
  await using bob = await connect(hub.url, { token: await hub.token('bob', { name: 'Bob' }) });
  const welcome = await ada.push('welcome');
  assert.equal(welcome.user, { id: 'ada-in-supabase', name: 'Ada King', role: 'member' });
  await ada.call('room:create', { id: 'court', title: 'Court', kind: 'public' });
  await ada.call('room:join', { room: 'court' });
  const joined = await bob.call('room:join', { room: 'court' });
  const texts = Array.from({ length: 20 }, (_, n) => `${n} ✓`);
  const acks = await Promise.all(
    texts.map((text, n) =>
      (n % 2 ? ada : bob).call('message:send', { room: 'court', id: crypto.randomUUID(), text }),
    ),
  );
  const last = Math.max(...acks.map(({ seq }) => seq));
  for (const client of [ada, bob]) {
    await client.until(() => client.events('court').at(-1)?.seq === last);
    const said = client.events('court').filter(({ type }) => type === 'message.created');
    assert.equal(said.map(({ data }) => (data as { text: string }).text).sort(), [...texts].sort());
  }
  const back = await bob.call('room:join', {
    room: 'court',
    after: { epoch: joined.epoch, seq: joined.head },
  });
  assert.equal([back.recovered, back.events.length], [true, texts.length]);
  assert.equal(hub.complaints, []);
});

test('two hubs on one project: what is said on one is heard on the other (I4)', async ({ project, hub }) => {
  await using other = await bootOn(project);
  await using ada = await connect(hub.url, { token: await hub.token('ada') });
  await using bob = await connect(other.url, {
    token: await project.simulator.auth.signIn({ email: 'bob@x.example' }),
  });
  await ada.call('room:create', { id: 'both', title: 'Both', kind: 'public' });
  await ada.call('room:join', { room: 'both' });
  await bob.call('room:join', { room: 'both' });
  const { seq } = await ada.call('message:send', { room: 'both', id: crypto.randomUUID(), text: 'hear' });
  await bob.until(() => bob.events('both').at(-1)?.seq === seq);
});

test('answers that are lost make no message double or missing; the hub is not ready meanwhile (I1, I3, I12)', async ({
  project,
  hub,
}) => {
  const { simulator } = project;
  await using ada = await connect(hub.url, { token: await hub.token('ada') });
  await ada.call('room:create', { id: 'lossy', title: 'Lossy', kind: 'public' });
  const { head } = await ada.call('room:join', { room: 'lossy' });
  const calls = () => simulator.requests.get('/rest/v1/rpc/append_events') ?? 0;
  const before = calls();
  simulator.fault = { kind: 'cut' };
  const sending = Promise.all(
    [1, 2, 3].map(n => ada.call('message:send', { room: 'lossy', id: crypto.randomUUID(), text: `${n}` })),
  );
  const ready = await fetch(`${hub.url}/readyz`);
  assert.is(ready.status, 503);
  while (calls() === before) await fetch(`${hub.url}/healthz`);
  simulator.fault = undefined;
  const acks = await sending;
  assert.equal(
    acks.map(({ seq }) => seq),
    [head + 1, head + 2, head + 3],
  );
  const log = await hub.db.call('feed_events', { room: 'lossy', after: head, page: 100 });
  assert.is((log as { events: unknown[] }).events.length, 3);
  assert.is((await fetch(`${hub.url}/readyz`)).status, 200);
});

test.run();
