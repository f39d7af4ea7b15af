// Search by meaning knows what was written before the search, though vectors are read and taken in at their own pace.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createEmbeddings } from './embeddings.ts';
import { Unreachable } from './errors.ts';
import type { StoredVector } from './ports-vectors.ts';

const test = suite('embeddings');

/** Vectors are written by `written.push`; each taking in waits in `takings` to be let through. */
function open() {
  const written: StoredVector[] = [];
  const held: StoredVector[] = [];
  const takings: (() => void)[] = [];
  const faults: Error[] = [];
  let readings = 0;
  const never = async () => {
    throw new Error('not in these tests');
  };
  const embeddings = createEmbeddings({
    store: {
      async readVectors(_, after) {
        readings++;
        const fault = faults.pop();
        if (fault) throw fault;
        return { vectors: written.slice(after), version: written.length, more: false };
      },
      vectorChanges: never,
      writeVectors: never,
      tendVectors: never,
      moved: never,
    },
    embedder: {
      provider: 'openai',
      model: 'test',
      dimensions: 1,
      state: () => ({ state: 'ready' }),
      embed: async texts => texts.map(() => Float32Array.of(1)),
      async [Symbol.asyncDispose]() {},
    },
    vectors: {
      kind: 'memory',
      async apply(vectors) {
        await new Promise<void>(resolve => takings.push(resolve));
        held.push(...vectors);
      },
      nearest: async () => held.map(({ room, seq }) => ({ room, seq, score: 1 })),
      async [Symbol.asyncDispose]() {},
    },
    pollMs: 1000,
    now: () => 0,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const find = async () => (await embeddings.nearest('x', [], 10))?.map(({ seq }) => seq);
  return { embeddings, written, takings, faults, find, readings: () => readings };
}
const vector = (seq: number): StoredVector => ({ room: 'r', seq, scale: 1, bytes: 'AA==' });
const turn = () => new Promise(resolve => setImmediate(resolve));

test('a search finds what was written while an older reading was still taken in; all who wait share one reading', async () => {
  const { embeddings, written, takings, find, readings } = open();
  await embeddings.sync();
  written.push(vector(1));
  const older = embeddings.sync();
  await turn();
  assert.is(takings.length, 1);
  written.push(vector(2));
  const searches = [find(), find(), find()];
  await turn();
  assert.is(readings(), 2, 'they wait for the older one');
  takings.shift()?.();
  await older;
  await turn();
  takings.shift()?.();
  assert.equal(await Promise.all(searches), [
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  assert.is(readings(), 3);
});

test('a reading that fails is no reason for the next to fail', async () => {
  const { embeddings, faults, find } = open();
  await embeddings.sync();
  faults.push(new Unreachable('away', false));
  assert.is(await find(), undefined);
  assert.equal(await find(), []);
});

test.run();
