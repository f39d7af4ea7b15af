import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inPlaces } from './places.ts';

const test = suite('scripts/places');

/** Runs jobs named by what they take; each ends when it is told to. */
function run(places: number, names: readonly string[]) {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const all = inPlaces(
    places,
    names.map(name => ({ name, places: Number(name[0]) })),
    async ({ name }) => {
      begun.push(name);
      ends.set(name, Promise.withResolvers());
      await ends.get(name)?.promise;
    },
  );
  const turn = () => new Promise(resolve => setImmediate(resolve));
  return {
    begun,
    all,
    turn,
    async end(name: string) {
      ends.get(name)?.resolve();
      await turn();
    },
  };
}

test('the first that fits begins, in their order; a heavy one leaves room beside it to a light one', async () => {
  const { begun, all, end, turn } = run(3, ['2a', '2b', '1c', '1d', '2e']);
  await turn();
  assert.equal(begun, ['2a', '1c']);
  await end('1c');
  assert.equal(begun, ['2a', '1c', '1d']);
  await end('2a');
  assert.equal(begun, ['2a', '1c', '1d', '2b']);
  await end('1d');
  assert.equal(begun.length, 4);
  await end('2b');
  assert.equal(begun, ['2a', '1c', '1d', '2b', '2e']);
  await end('2e');
  await all;
});

test('light ones do not keep a heavy one from beginning, wherever it stands', async () => {
  const { begun, all, end, turn } = run(3, ['1a', '1b', '1c', '2d', '1e']);
  await turn();
  assert.equal(begun, ['1a', '2d']);
  await end('1a');
  assert.equal(begun, ['1a', '2d', '1b', '1c'].slice(0, 3));
  await end('2d');
  assert.equal(begun, ['1a', '2d', '1b', '1c', '1e']);
  for (const name of ['1b', '1c', '1e']) await end(name);
  await all;
});

test('what could never begin is an error, and one that fails ends it', async () => {
  await inPlaces(3, [{ places: 4 }], async () => {}).then(
    () => assert.unreachable(),
    error => assert.match(error.message, 'more than 3 places'),
  );
  const broken = inPlaces(1, [{ places: 1 }], () => Promise.reject(new Error('broken')));
  await broken.then(
    () => assert.unreachable(),
    error => assert.match(error.message, 'broken'),
  );
});

test.run();
