// Embeddings through the vendors' own clients: within their limits, of the right dimensions or not at all, and what happens when they fail.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openHuggingFaceSimulator } from '../../scripts/simulators/huggingface/simulator.ts';
import { openOpenAiSimulator } from '../../scripts/simulators/openai/simulator.ts';
import { FAST, troubled } from '../testing/ai.ts';
import { batchesOf } from './batches.ts';
import { openHuggingFace } from './huggingface.ts';
import { openOpenAiEmbedder } from './openai.ts';

const test = suite('embedder');
const never = new AbortController().signal;
const TEXTS = ['the court opens on friday', 'the courts open friday', 'bananas are yellow'];
const near = (a: Float32Array | undefined, b: Float32Array | undefined) =>
  [...(a ?? [])].reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0);

async function openai(options: { model?: string; dimensions?: number; apiKey?: string } = {}) {
  await using parts = new AsyncDisposableStack();
  const vendor = parts.use(await openOpenAiSimulator());
  const { model = 'text-embedding-3-small', dimensions = 256, apiKey = vendor.apiKey } = options;
  const embedder = parts.use(
    openOpenAiEmbedder({ apiKey, model, dimensions, url: vendor.base, tempo: FAST }),
  );
  const open = parts.move();
  return { vendor, embedder, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

async function huggingface({ dimensions = 384 } = {}) {
  await using parts = new AsyncDisposableStack();
  const vendor = parts.use(await openHuggingFaceSimulator());
  const embedder = parts.use(
    openHuggingFace({
      token: vendor.token,
      model: 'simulated/model',
      dimensions,
      endpoint: vendor.url,
      tempo: FAST,
    }),
  );
  const open = parts.move();
  return { vendor, embedder, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

for (const [name, open] of [
  ['OpenAI', openai],
  ['Hugging Face', huggingface],
] as const) {
  test(`${name}: a vector of length 1 for each text, near where texts are alike`, async () => {
    await using there = await open();
    const [first, second, third] = await there.embedder.embed(TEXTS, never);
    assert.is(first?.length, there.embedder.dimensions);
    for (const vector of [first, second, third]) assert.ok(Math.abs(near(vector, vector) - 1) < 1e-5);
    assert.ok(near(first, second) > near(first, third) + 0.2);
  });

  test(`${name}: other dimensions, or none, are refused with what to set`, async () => {
    await using there = await open();
    there.vendor.faults.push({ kind: 'dimensions', count: 48, times: 1 });
    const other = await troubled(there.embedder.embed(TEXTS, never));
    assert.is(other.trouble, 'refused');
    assert.match(JSON.stringify(there.embedder.state()), /failed.*of 48 numbers.*EMBEDDING_DIMENSIONS=48/);
    await using again = await open();
    again.vendor.faults.push({ kind: 'dimensions', count: 0, times: 1 });
    assert.match((await troubled(again.embedder.embed(TEXTS, never))).message, /empty vectors/);
  });

  test(`${name}: tried again after 429, 500 and a cut; then away, and left alone`, async () => {
    await using there = await open();
    const { vendor, embedder } = there;
    vendor.faults.push({ kind: 'status', status: 500, times: 1 }, { kind: 'cut', times: 1 });
    assert.is((await embedder.embed(TEXTS, never)).length, 3);
    vendor.faults.push({ kind: 'status', status: 429, times: 1 });
    assert.is((await embedder.embed(TEXTS, never)).length, 3);
    vendor.faults.push({ kind: 'status', status: 500 });
    for (let round = 0; round < 3; round++)
      assert.is((await troubled(embedder.embed(TEXTS, never))).trouble, 'away');
    assert.is(vendor.asked.length, 5 + 6, 'the third round was not asked');
  });
}

test('OpenAI: within the limits of texts and tokens, in order, whatever is asked at once', async () => {
  await using there = await openai({ dimensions: 8 });
  const texts = Array.from({ length: 3000 }, (_, at) => `message number ${at}`);
  texts[7] = '字'.repeat(20_000);
  texts[8] = '   ';
  const vectors = await there.embedder.embed(texts, never);
  assert.is(vectors.length, 3000);
  const [again] = await there.embedder.embed([texts[2999] as string], never);
  assert.equal(vectors[2999], again);
});

test('OpenAI: a server that answers with numbers when asked for base64 gives whole vectors', async () => {
  await using there = await openai({ model: 'nomic-embed-text', dimensions: 768 });
  there.vendor.ignoresBase64 = true;
  assert.is((await there.embedder.embed(TEXTS, never))[0]?.length, 768);
  const [asked] = there.vendor.asked;
  const { encoding_format, dimensions } = (asked?.body ?? {}) as Record<string, unknown>;
  assert.equal([encoding_format, dimensions], ['float', undefined], 'others refuse to shorten');
});

test('OpenAI: a wrong key is refused, with the setting', async () => {
  await using there = await openai({ apiKey: 'wrong' });
  assert.is((await troubled(there.embedder.embed(TEXTS, never))).trouble, 'refused');
  assert.match(JSON.stringify(there.embedder.state()), /OPENAI_API_KEY/);
});

test('Hugging Face: a model that is loading is asked a few times, not thousands', async () => {
  await using there = await huggingface();
  there.vendor.faults.push({ kind: 'status', status: 503, code: '0.02' });
  const error = await troubled(there.embedder.embed(TEXTS, never));
  assert.is(error.trouble, 'away');
  assert.is(there.vendor.asked.length, 3);
  there.vendor.faults.splice(0);
  there.vendor.faults.push({ kind: 'status', status: 503, code: '20' });
  assert.is((await troubled(there.embedder.embed(TEXTS, never))).retryAfterMs, 20_000);
});

test('Hugging Face: every shape in which models give vectors', async () => {
  await using there = await huggingface();
  for (const shape of ['pooled', 'tokens', 'wrapped'] as const) {
    there.vendor.shape = shape;
    for (const texts of [TEXTS, TEXTS.slice(0, 1)]) {
      const vectors = await there.embedder.embed(texts, never);
      assert.equal(
        vectors.map(({ length }) => length),
        texts.map(() => 384),
        `${shape}, ${texts.length}`,
      );
    }
  }
});

test('batches keep within texts, characters and characters in all, and break no character', () => {
  const limits = { chars: 5, texts: 2, charsInAll: 8 };
  assert.equal(batchesOf(['a', 'b', 'c', '1234567', '12345', '', 'abcd😀'], limits), [
    ['a', 'b'],
    ['c', '12345'],
    ['12345', '.'],
    ['abcd'],
  ]);
  assert.equal(batchesOf([], limits), []);
});

test.run();
