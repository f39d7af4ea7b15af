// Two real providers in a row, each with its own client: who writes when the first cannot, before its first claim and after.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ClaudeSimulator, openClaudeSimulator } from '../../scripts/simulators/claude/simulator.ts';
import { type OpenAiSimulator, openOpenAiSimulator } from '../../scripts/simulators/openai/simulator.ts';
import { collectingLog, FAST, REQUEST, take, troubled } from '../testing/ai.ts';
import { type OpenedSummarizer, openSummarizer } from './open.ts';

interface World {
  claude: ClaudeSimulator;
  openai: OpenAiSimulator;
  opened: OpenedSummarizer;
  parts: AsyncDisposableStack;
}

const test = suite<World>('summarizer/chain');

test.before.each(async world => {
  world.parts = new AsyncDisposableStack();
  world.claude = world.parts.use(await openClaudeSimulator());
  world.openai = world.parts.use(await openOpenAiSimulator());
  const opened = await openSummarizer(
    {
      claude: { apiKey: world.claude.apiKey, model: 'claude-sonnet-5-5', url: world.claude.url },
      openai: { apiKey: world.openai.apiKey, model: 'llama3.3:8b', url: world.openai.base },
    },
    { log: collectingLog(), tempo: FAST },
  );
  if (!opened) throw new Error('nobody was opened');
  world.opened = world.parts.use(opened);
});
test.after.each(world => world.parts.disposeAsync());

test('the first writes, and is named', async ({ opened }) => {
  const { usage, restarts } = await take(opened.summarizer);
  assert.equal(
    [usage.provider, usage.model, usage.note, restarts],
    ['claude', 'claude-sonnet-5-5', undefined, []],
  );
  assert.is(opened.summarizer.maxChars, 60_000, 'as much as the smaller of them takes');
});

test('the next takes over before the first claim, and it is said why', async ({ opened, claude }) => {
  claude.faults.push({ kind: 'status', status: 529, path: /messages$/ });
  const { claims, usage, restarts } = await take(opened.summarizer);
  assert.is(claims.length, 5);
  assert.equal(
    [usage.provider, usage.model],
    ['openai', 'llama3.3:8b'],
    'kept under the name of who wrote it',
  );
  assert.is(usage.note, 'Claude does not answer just now.');
  assert.equal(restarts, [], 'nothing was given that could be void');
  assert.is(opened.states().claude?.state, 'degraded');
  assert.match(JSON.stringify(opened.summarizer.state()), /degraded.*OpenAI stands in/);
});

test('the next begins anew after claims were given, and what was spent on them counts', async ({
  opened,
  claude,
}) => {
  claude.faults.push({ kind: 'cutAfter', events: 14, path: /messages$/ });
  const { claims, usage, restarts } = await take(opened.summarizer);
  assert.equal(restarts, [{ restart: 'Claude does not answer just now. OpenAI begins anew.' }]);
  assert.equal(
    claims.map(({ cites }) => cites),
    [['m1'], ['m2'], ['m3'], ['m4'], ['m5']],
    'each claim once',
  );
  assert.ok(usage.cost > 0, 'Claude charges for what broke off; the other costs nothing');
});

test('who declines is not asked again for the same; the next is', async ({ opened, claude }) => {
  claude.faults.push({ kind: 'stop', reason: 'refusal', lines: 0, path: /messages$/ });
  const { usage } = await take(opened.summarizer);
  assert.equal([usage.provider, usage.note], ['openai', 'Claude declined to answer.']);
});

test('when the last gives up, its trouble is told with what was spent on all', async ({
  opened,
  claude,
  openai,
}) => {
  claude.faults.push({ kind: 'truncateAfter', events: 14, path: /messages$/ });
  openai.faults.push({ kind: 'status', status: 429, code: 'insufficient_quota', path: /completions$/ });
  const error = await troubled(take(opened.summarizer));
  assert.is(error.trouble, 'limited');
  assert.ok((error.spent?.cost ?? 0) > 0);
});

test('an abort is no failure, and nobody else is asked', async ({ opened, claude, openai }) => {
  claude.faults.push({ kind: 'silence', path: /messages$/ });
  const signal = AbortSignal.timeout(30);
  await take(opened.summarizer, REQUEST, signal).then(
    () => assert.unreachable(),
    error => assert.is(error, signal.reason),
  );
  assert.is(openai.asked.filter(({ path }) => path.endsWith('completions')).length, 0);
});

test.run();
