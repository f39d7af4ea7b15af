// Pieces of a text around what was searched for.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { highlights } from './search-highlights.ts';
import { createMatcher } from './search-match.ts';

const test = suite('hub/search-highlights');
const show = (text: string, word: string, phrases: string[] = []) => {
  const matcher = createMatcher({ words: word ? [{ text: word, prefix: false }] : [], phrases, near: false });
  return highlights(text, matcher.read(text));
};
const hits = (text: string, word: string, phrases?: string[]) =>
  show(text, word, phrases).flatMap(piece =>
    piece.ranges.map(([start, end]) => piece.text.slice(start, end)),
  );

test('a short text is shown whole, with words, their inflections and phrases', () => {
  assert.equal(show('Running late, run!', 'run'), [
    {
      text: 'Running late, run!',
      ranges: [
        [0, 7],
        [14, 17],
      ],
    },
  ]);
  assert.equal(hits('in the court, in court', '', ['in the court']), ['in the court']);
  assert.equal(hits('明天在北京开会', '北京开'), ['北京开']);
  assert.equal(show('nothing', 'else'), [{ text: 'nothing', ranges: [] }]);
});

test('of a long text the pieces with hits are shown, cut between words', () => {
  const filler = 'lorem ipsum dolor '.repeat(40);
  const pieces = show(`${filler}needle one ${filler}needle two ${filler}`, 'needle');
  assert.is(pieces.length, 2);
  for (const { text } of pieces) assert.match(text, /^…\S.*needle.*…$/s);
});

test('ranges always hold hits and never cut a character', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('needle', 'hay', '👩‍⚖️', '𠮷野', 'é', '\n', ' '), { maxLength: 400 }),
      parts => {
        const text = parts.join(' ');
        for (const piece of show(text, 'needle')) {
          assert.ok(piece.text.isWellFormed());
          for (const [start, end] of piece.ranges) assert.is(piece.text.slice(start, end), 'needle');
        }
      },
    ),
  );
});

test.run();
