// The extractive summarizer as the hub uses it: in a thread that starts when needed, is given up when cancelled, and is replaced when it breaks.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Claim, type Line, SummarizerError } from '../../hub/ports-ai.ts';
import { type ExtractiveSummarizer, openExtractive } from './index.ts';

const test = suite('extractive');

const never = new AbortController().signal;
const lines = (count: number): Line[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${index}`,
    at: '',
    by: `p${index % 7}`,
    text: `The ${['release', 'migration', 'budget', 'login page'][index % 4]} needs another look before day ${index}.`,
  }));

async function run(summarizer: ExtractiveSummarizer, count: number, signal = never): Promise<Claim[]> {
  const request = { title: 'Court', lines: lines(count), style: 'brief', words: 100 } as const;
  return Array.fromAsync(summarizer.summarize(request, signal));
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.unreachable('it should have been refused'),
    error => error,
  );
}

test('it costs nothing, is the same each time, and cites what it was given', async () => {
  await using summarizer = openExtractive();
  const request = { title: 'Court', lines: lines(300), style: 'brief', words: 100 } as const;
  const given = summarizer.summarize(request, never);
  const claims: Claim[] = [];
  let step = await given.next();
  for (; !step.done; step = await given.next()) claims.push(step.value);
  const { model } = summarizer;
  assert.equal(step.value, { provider: 'extractive', model, inputTokens: 0, outputTokens: 0, cost: 0 });
  assert.ok(claims.length > 0);
  assert.ok(claims.flatMap(({ cites }) => cites).every(id => Number(id) < 300));
  assert.equal(await run(summarizer, 300), claims);
});

test('many at once are served one after the other', async () => {
  await using summarizer = openExtractive();
  const all = await Promise.all([20, 60, 20, 60].map(count => run(summarizer, count)));
  assert.equal(all[0], all[2]);
  assert.equal(all[1], all[3]);
});

test('what is cancelled ends with the reason: before its turn, in its turn, and without harm to the others', async () => {
  await using summarizer = openExtractive();
  const [first, second] = [new AbortController(), new AbortController()];
  const running = refusal(run(summarizer, 20_000, first.signal));
  const waiting = refusal(run(summarizer, 10, second.signal));
  const other = run(summarizer, 40);
  second.abort(new Error('not wanted any more'));
  assert.match(String(await waiting), /not wanted any more/);
  first.abort(new Error('left the room'));
  assert.match(String(await running), /left the room/);
  assert.ok((await other).length > 0);
  assert.match(
    String(await refusal(run(summarizer, 10, AbortSignal.abort(new Error('too late'))))),
    /too late/,
  );
});

test('a thread that breaks fails its request alone; the next one gets a new thread', async () => {
  await using summarizer = openExtractive({ memory: 16 });
  const before = await run(summarizer, 50);
  const broken = refusal(run(summarizer, 60_000));
  const next = run(summarizer, 50);
  const error = await broken;
  assert.instance(error, SummarizerError);
  assert.is((error as SummarizerError).trouble, 'away');
  assert.equal(await next, before);
});

test('closing ends what is under way', async () => {
  const summarizer = openExtractive();
  const under = refusal(run(summarizer, 5_000));
  await summarizer[Symbol.asyncDispose]();
  assert.instance(await under, SummarizerError);
  assert.instance(await refusal(run(summarizer, 1)), SummarizerError);
});

test('a room of 2,000 messages fits into one request', async () => {
  await using summarizer = openExtractive();
  assert.ok(summarizer.maxChars >= 2_000 * 500);
  assert.ok((await run(summarizer, 2_000)).length > 0);
});

test.run();
