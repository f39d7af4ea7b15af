// Providers of models behind a whole hub: chosen by settings, seen in readiness and metrics, replaced when they fail, and it is said so.
// takes: 22 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '#shared/protocol/pushes.ts';
import { openClaudeSimulator } from '../../scripts/simulators/claude/simulator.ts';
import { FAST } from '../testing/ai.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { until } from '../testing/until.ts';

const test = suite('models');
const TOKEN = 'a-metrics-token-of-the-tests';

async function stage(env: Record<string, string> = {}) {
  await using parts = new AsyncDisposableStack();
  const claude = parts.use(await openClaudeSimulator());
  const hub = parts.use(
    await boot({
      modelTempo: { ...FAST, failures: 1 },
      env: {
        CLAUDE_API_KEY: claude.apiKey,
        CLAUDE_BASE_URL: claude.url,
        METRICS_TOKEN: TOKEN,
        ...env,
      },
    }),
  );
  const ada = parts.use(await connect(hub.url, { token: await hub.token('ada') }));
  const { room } = await ada.call('room:create', { title: 'Court', kind: 'private' });
  for (const text of ['We open the new court on Friday.', 'The band comes at noon, says Bo.'])
    await ada.call('message:send', { room: room.id, id: crypto.randomUUID(), text });
  const open = parts.move();
  return {
    claude,
    hub,
    async summarize() {
      const { id } = await ada.call('summary:request', { room: room.id, range: 'day' });
      const done = () =>
        ada.pushes.find(
          ({ name, payload }) => name === 'summary:done' && (payload as { id: string }).id === id,
        );
      await ada.until(() => done() !== undefined);
      return done()?.payload as Push<'summary:done'>;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function readiness({ url }: TestHub): Promise<Record<string, string>> {
  const answer = await fetch(`${url}/readyz`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return ((await answer.json()) as { checks: Record<string, string> }).checks;
}

test('with a key Claude writes, with sources; readiness and metrics show it', async () => {
  await using there = await stage();
  const done = await there.summarize();
  assert.equal([done.provider, done.model, done.note], ['claude', 'claude-sonnet-5-5', undefined]);
  assert.is(done.claims.length, 2);
  assert.match(done.text, /We open the new court on Friday\. \[1\]/);
  assert.is((await readiness(there.hub)).claude, 'ready');
  const metrics = await fetch(`${there.hub.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.match(await metrics.text(), /court_integration\{vendor="claude",state="ready"\} 1/);
});

test('when Claude fails the hub writes by itself, says why, and stays ready', async () => {
  await using there = await stage();
  there.claude.faults.push({ kind: 'cutAfter', events: 14, path: /messages$/ });
  const done = await there.summarize();
  assert.is(done.provider, 'extractive');
  assert.match(done.note ?? '', /not reachable just now/);
  assert.match((await readiness(there.hub)).claude ?? '', /^degraded: Claude /);
});

test('a model that is not there does not hold up the start, and is told with what to do', async () => {
  await using there = await stage({ CLAUDE_MODEL: 'claude-9' });
  const told = () => JSON.stringify(there.hub.complaints);
  await until(() => told().includes('was not found ready'));
  assert.match(
    told(),
    /Claude has no model claude-9\..*Set CLAUDE_MODEL to one that it has: claude-opus-5-5/,
  );
  assert.is((await readiness(there.hub)).claude, 'failed: Claude has no model claude-9.');
  assert.is((await there.summarize()).provider, 'extractive');
});

test.run();
