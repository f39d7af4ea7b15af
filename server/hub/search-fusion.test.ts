// Rankings made one: what both have high comes first, and nothing is lost or doubled.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fuse } from './search-fusion.ts';

const test = suite('hub/search-fusion');
const table: readonly (readonly [words: string, meaning: string, fused: string])[] = [
  ['', '', ''],
  ['abc', '', 'abc'],
  ['', 'abc', 'abc'],
  ['abc', 'abc', 'abc'],
  ['abc', 'cba', 'acb'],
  ['abc', 'xyz', 'axbycz'],
  ['abcd', 'dxyz', 'dabxcyz'],
];
for (const [words, meaning, fused] of table)
  test(`${words || 'nothing'} and ${meaning || 'nothing'}`, () => {
    const found = fuse([[...words], [...meaning]], one => one);
    assert.is(found.map(({ one }) => one).join(''), fused);
    for (const { score } of found) assert.ok(score > 0 && score <= 1);
  });

test('the first of both has the score 1', () => {
  assert.ok(Math.abs((fuse([['a'], ['a']], one => one)[0]?.score ?? 0) - 1) < 1e-9);
});

test.run();
