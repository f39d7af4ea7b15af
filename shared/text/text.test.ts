// Cutting texts into words, and words to their stems, in several scripts and languages.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { likeness, NEARLY } from './alike.ts';
import { languageOf, stem } from './stem.ts';
import { wordsOf } from './words.ts';

const test = suite('shared/text');
const words = (text: string) => wordsOf(text).map(({ word }) => word);

test('words are folded, and each knows its place', () => {
  assert.equal(words("L'été à Łódź: don't, Ada's ＡＢＣ Straße"), [
    'ete',
    'a',
    'lodz',
    'dont',
    'ada',
    'abc',
    'strasse',
  ]);
  const text = 'naïve 👩‍⚖️ café';
  assert.equal(
    wordsOf(text).map(({ start, end }) => text.slice(start, end)),
    ['naïve', 'café'],
  );
});

test('a text without accents is cut as it is beside one with them', () => {
  const typed = fc.string({ unit: fc.constantFrom(...`aZ09' -_.\n"%`), maxLength: 40 });
  fc.assert(
    fc.property(typed, text => assert.equal(wordsOf(text), wordsOf(`${text} é`).slice(0, -1))),
    { numRuns: 500 },
  );
});

test('scripts without spaces give every two neighbours, and their last character', () => {
  assert.equal(words('東京都 abc'), ['東京', '京都', '都', 'abc']);
  assert.equal(words('회의를'), ['회의', '의를', '를']);
  const [first] = wordsOf('x𠮷野家');
  assert.equal(words('x𠮷野家'), ['x', '𠮷野', '野家', '家']);
  assert.equal([first?.start, first?.end], [0, 1]);
});

test('inflections meet in their stem', () => {
  const meet = (language: Parameters<typeof stem>[1], ...forms: string[]) =>
    assert.is(new Set(forms.map(form => stem(form, language))).size, 1, forms.join());
  meet('en', 'run', 'runs', 'running');
  meet('en', 'decision', 'decisions');
  meet('en', 'discuss', 'discussed', 'discussion');
  meet('en', 'relate', 'relational');
  meet('de', 'haus', 'hauser');
  meet('de', 'besprechung', 'besprechungen');
  meet('fr', 'reunion', 'reunions');
  assert.is(languageOf(wordsOf('Wir haben das nicht entschieden')), 'de');
  assert.is(languageOf(wordsOf('hm')), 'en');
});

test('misspelled words are alike, others are not', () => {
  for (const [one, other] of [
    ['calender', 'calendar'],
    ['recieve', 'receive'],
    ['tommorow', 'tomorrow'],
    ['lnux', 'linux'],
  ] as const)
    assert.ok(likeness(one, other) >= NEARLY, one);
  for (const [one, other] of [
    ['table', 'chair'],
    ['meeting', 'melting'],
    ['house', 'household'],
  ] as const)
    assert.ok(likeness(one, other) < 0.65, one);
});

test.run();
