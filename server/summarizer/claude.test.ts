// Claude through its own client: cited claims as they come, and the failure table of docs/ai/providers.md, row by row.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ClaudeSimulator, openClaudeSimulator } from '../../scripts/simulators/claude/simulator.ts';
import type { Tempo } from '../ai/tempo.ts';
import type { Summarizer } from '../hub/ports-ai.ts';
import { type Complaints, collectingLog, FAST, REQUEST, take, troubled } from '../testing/ai.ts';
import { until } from '../testing/until.ts';
import { openClaude } from './claude.ts';

interface World {
  claude: ClaudeSimulator;
  log: Complaints;
  parts: AsyncDisposableStack;
  time: number;
  /** One whose key and model were looked at already. */
  open(given?: { model?: string; apiKey?: string; tempo?: Partial<Tempo> }): Promise<Summarizer>;
  /** Calls of the Messages API so far. */
  calls(): number;
}

const test = suite<World>('summarizer/claude');

test.before.each(async world => {
  world.parts = new AsyncDisposableStack();
  const claude = world.parts.use(await openClaudeSimulator());
  world.claude = claude;
  world.log = collectingLog();
  world.time = 0;
  world.calls = () => claude.asked.filter(({ path }) => path === '/v1/messages').length;
  world.open = async ({ model = 'claude-sonnet-5-5', apiKey = claude.apiKey, tempo } = {}) => {
    const now = () => world.time;
    const log = world.log;
    const summarizer = world.parts.use(
      openClaude({ apiKey, model, url: claude.url, log, now, tempo: { ...FAST, ...tempo } }),
    );
    await until(
      () => claude.asked.some(({ path }) => path.startsWith('/v1/models/')),
      'the look at the model',
    );
    return summarizer;
  };
});
test.after.each(world => world.parts.disposeAsync());

test('claims come with the lines that they rest on, and with what they cost', async ({ open, claude }) => {
  const { claims, usage } = await take(await open());
  assert.equal(claims, [
    { text: 'Ada: Shall we move the opening to Friday the 4th?', cites: ['m1'] },
    { text: 'Ada: The paint needs two more days.', cites: ['m2'] },
    { text: 'Bo: Friday works for the band as well.', cites: ['m3'] },
    { text: 'Cy: ok', cites: ['m4'] },
    { text: 'Bo: (nothing)', cites: ['m5'] },
  ]);
  assert.is(usage.provider, 'claude');
  assert.is(usage.model, 'claude-sonnet-5-5');
  assert.ok(usage.inputTokens > 100 && usage.outputTokens > 10);
  assert.is(usage.cost, (usage.inputTokens * 2 + usage.outputTokens * 10) / 1_000_000);
  const { body } = claude.asked.find(({ path }) => path === '/v1/messages') ?? {};
  const { system, messages } = body as { system: string; messages: [{ content: { type: string }[] }] };
  assert.equal(
    messages[0].content.map(({ type }) => type),
    ['search_result', 'search_result', 'search_result', 'search_result', 'text'],
    'a run of one speaker is one result',
  );
  assert.not.match(
    system + JSON.stringify(messages[0].content.at(-1)),
    /Friday/,
    'what people said is material alone',
  );
});

test('a claim is given before the answer is whole, and giving up closes the stream', async ({
  open,
  claude,
}) => {
  claude.faults.push({ kind: 'stallAfter', events: 14, path: /messages$/ });
  const summarizer = await open({ tempo: { idle: 60_000 } });
  const parts = summarizer.summarize(REQUEST, new AbortController().signal);
  assert.match(JSON.stringify((await parts.next()).value), /Ada: Shall we/);
  await parts.return(undefined as never);
  await until(() => claude.streams === 0, 'the stream to close');
  assert.equal(summarizer.state(), { state: 'ready' }, 'nothing was learned of Claude');
});

test('an abort ends with its reason, at once', async ({ open, claude }) => {
  claude.faults.push({ kind: 'silence', path: /messages$/ });
  const aborting = new AbortController();
  const taking = take(await open({ tempo: { idle: 60_000 } }), REQUEST, aborting.signal);
  await until(() => claude.asked.some(({ path }) => path === '/v1/messages'), 'the call');
  aborting.abort(new Error('not wanted any more'));
  await taking.then(
    () => assert.unreachable(),
    error => assert.is(error.message, 'not wanted any more'),
  );
});

test('the same lines again are read from the cache, at its price', async ({ open }) => {
  const summarizer = await open();
  const text = 'It was a long day at the court and much was said. '.repeat(20);
  const lines = REQUEST.lines.map(line => ({ ...line, text: `${line.id} ${text}` }));
  const first = await take(summarizer, { ...REQUEST, lines });
  const second = await take(summarizer, { ...REQUEST, lines, style: 'decisions' });
  assert.ok(second.usage.inputTokens > 1000);
  assert.ok(second.usage.cost < first.usage.cost / 2, `${second.usage.cost} beside ${first.usage.cost}`);
});

test('401: refused, told with the setting, and left alone', async ({ open, log, calls }) => {
  const summarizer = await open({ apiKey: 'wrong' });
  await until(() => log.lines.length > 0, 'the line in the log');
  const state = summarizer.state();
  assert.is(state.state, 'failed');
  assert.match('next' in state ? state.next : '', /CLAUDE_API_KEY/);
  const error = await troubled(take(summarizer));
  assert.is(error.trouble, 'refused');
  assert.is(calls(), 0, 'nobody asks again until a while has passed');
  assert.not.match(JSON.stringify(log.lines) + error.message, /wrong/, 'the key is told nobody');
});

test('404: a model that is not there is told at the start, with those that are', async ({ open, log }) => {
  const summarizer = await open({ model: 'claude-9' });
  await until(() => summarizer.state().state === 'failed', 'the model to be found missing');
  assert.match(
    JSON.stringify(log.lines),
    /CLAUDE_MODEL to one that it has: claude-opus-5-5, claude-sonnet-5-5/,
  );
  assert.not.match(JSON.stringify(log.lines), /claude-3-opus/, 'none that is retired');
});

test('a model that will be retired is warned of, and works', async ({ open, log }) => {
  const summarizer = await open({ model: 'claude-haiku-4-5' });
  await until(() => log.lines.length > 0, 'the line in the log');
  assert.match(JSON.stringify(log.lines), /2027-01-15/);
  assert.ok((await take(summarizer)).claims.length > 0);
});

test('429: waits for as long as it is told to, and goes on', async ({ open, claude, calls }) => {
  const headers = { 'retry-after': '0.02' };
  claude.faults.push({ kind: 'status', status: 429, headers, times: 2, path: /messages$/ });
  assert.is((await take(await open())).claims.length, 5);
  assert.is(calls(), 3);
});

test('429 for longer than anybody waits: limited at once, with the time', async ({ open, claude, calls }) => {
  const headers = { 'retry-after': '120' };
  claude.faults.push({ kind: 'status', status: 429, headers, path: /messages$/ });
  const summarizer = await open();
  const error = await troubled(take(summarizer));
  assert.equal([error.trouble, error.retryAfterMs], ['limited', 120_000]);
  assert.ok(((await troubled(take(summarizer))).retryAfterMs ?? 0) > 100_000);
  assert.is(calls(), 1, 'nor does anybody else ask meanwhile');
});

for (const [name, fault] of [
  ['529', { kind: 'status', status: 529 }],
  ['500', { kind: 'status', status: 500 }],
  ['a cut connection', { kind: 'cut' }],
  ['no answer at all', { kind: 'silence' }],
  ['an error event before the first claim', { kind: 'errorAfter', events: 4, code: 'overloaded_error' }],
  ['a stream that ends early', { kind: 'truncateAfter', events: 4 }],
  ['a stream that is cut', { kind: 'cutAfter', events: 4 }],
  ['a stream that stalls', { kind: 'stallAfter', events: 4 }],
] as const) {
  test(`${name}: tried again, then away`, async ({ open, claude, calls }) => {
    claude.faults.push({ ...fault, times: 1, path: /messages$/ });
    const patient = await open({ tempo: { idle: 400 } });
    assert.is((await take(patient)).claims.length, 5, 'the second try went well');
    assert.is(calls(), 2);
    claude.faults.push({ ...fault, path: /messages$/ });
    const summarizer = await open({ tempo: { idle: 100, tries: 2 } });
    assert.is((await troubled(take(summarizer))).trouble, 'away');
    assert.is(calls(), 4);
    assert.is(summarizer.state().state, 'degraded');
  });
}

test('a stream that breaks after a claim is not begun again by itself', async ({ open, claude, calls }) => {
  for (const kind of ['truncateAfter', 'cutAfter', 'stallAfter'] as const) {
    claude.faults.push({ kind, events: 14, times: 1, path: /messages$/ });
    const before = calls();
    const error = await troubled(take(await open({ tempo: { idle: 400 } })));
    assert.is(error.trouble, 'away', kind);
    assert.is(calls(), before + 1);
  }
});

test('pings are life; without an end they are not', async ({ open, claude }) => {
  claude.faults.push({ kind: 'stallAfter', events: 4, pings: true, path: /messages$/ });
  const error = await troubled(take(await open({ tempo: { total: 400, tries: 1 } })));
  assert.match(error.message, /did not finish within/);
});

test('a refusal is no failure of Claude: declined', async ({ open, claude }) => {
  claude.faults.push({ kind: 'stop', reason: 'refusal', lines: 0, path: /messages$/ });
  const summarizer = await open();
  assert.is((await troubled(take(summarizer))).trouble, 'declined');
  assert.equal(summarizer.state(), { state: 'ready' });
});

test('max_tokens: what was whole counts, with a note', async ({ open, claude }) => {
  claude.faults.push({ kind: 'stop', reason: 'max_tokens', lines: 3, times: 1, path: /messages$/ });
  const summarizer = await open();
  const { claims, usage } = await take(summarizer);
  assert.is(claims.length, 2, 'the third was not ended');
  assert.match(usage.note ?? '', /cut/);
  claude.faults.push({ kind: 'stop', reason: 'max_tokens', lines: 0, path: /messages$/ });
  assert.is((await troubled(take(summarizer))).trouble, 'too_long');
});

test('what does not fit is too long, said before or after', async ({ open, claude }) => {
  claude.faults.push({ kind: 'stop', reason: 'model_context_window_exceeded', times: 1, path: /messages$/ });
  const summarizer = await open({ model: 'claude-haiku-4-5' });
  assert.is((await troubled(take(summarizer))).trouble, 'too_long');
  const lines = REQUEST.lines.map(line => ({ ...line, text: 'x'.repeat(200_000) }));
  assert.is((await troubled(take(summarizer, { ...REQUEST, lines }))).trouble, 'too_long');
});

test('the breaker: opens after failures in a row, lets one call through after a rest', async world => {
  const { open, claude, calls } = world;
  claude.faults.push({ kind: 'status', status: 529, path: /messages$/ });
  const summarizer = await open({ tempo: { tries: 1 } });
  for (let call = 0; call < 4; call++) await troubled(take(summarizer));
  assert.is(calls(), 2, 'the others were not made');
  const error = await troubled(take(summarizer));
  assert.ok((error.retryAfterMs ?? 0) > 50_000, 'it says when to come back');

  world.time += 60_000;
  await troubled(take(summarizer));
  await troubled(take(summarizer));
  assert.is(calls(), 3, 'one, to see; it failed');

  world.time += 60_000;
  claude.faults.length = 0;
  assert.is((await take(summarizer)).claims.length, 5);
  assert.equal(summarizer.state(), { state: 'ready' });
});

test.run();
