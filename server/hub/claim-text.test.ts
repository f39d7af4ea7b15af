// Whatever a model writes, what is left of it is one harmless line, and cleaning it again changes nothing (attack 28).
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { harmless } from './claim-text.ts';

const test = suite('claim text');

test('plain words, other scripts, emoji, bold and code stay as they are', () => {
  for (const text of [
    'Ada decided on **PostgreSQL 18.4**, not `sqlite`; see RFC-7231, section 6.',
    '来週の月曜日に集まります。',
    'نلتقي يوم الاثنين',
    'Well done 👩‍👩‍👧!',
    '100% (done), a & b; e.g. this',
  ])
    assert.is(harmless(text), text);
});

test('links, images, HTML, addresses, ids and list marks go; their words stay', () => {
  const cases: [string, string][] = [
    ['- [the plan](https://evil.example/x) is good', 'the plan is good'],
    ['![who](https://evil.example/x.png) came', 'who came'],
    ['<b>bold</b> <img src=x>words', 'bold words'],
    ['see https://evil.example/a?b=c for more', 'see (link) for more'],
    ['write to a.b@evil.example.', 'write to (address).'],
    ['of 1a2b3c4d-1111-2222-3333-444455556666', 'of (id)'],
    ['## 1. Title\nand more', 'Title and more'],
    ['As said [1][2].', 'As said.'],
    ['a\u202eb\u200bc\u0000d', 'abc d'],
  ];
  for (const [text, left] of cases) assert.is(harmless(text), left);
});

test('nothing that says something is nothing', () => {
  for (const text of ['', '   ', '<br>', '![](x)', '---', '[]()']) assert.is(harmless(text), '');
});

test('too long is cut at a word, never in half a character', () => {
  const cut = harmless('word '.repeat(1000));
  assert.ok(cut.length <= 501 && cut.endsWith('word…'));
  assert.ok(harmless(`${'x'.repeat(499)}😀 and more`).isWellFormed());
});

test('of any text at all: one line, no markup that acts, the same when cleaned again', () => {
  const part = fc.constantFrom(
    ...[
      '[',
      ']',
      '(',
      ')',
      '!',
      '<',
      '>',
      'a',
      'b ',
      '://',
      'http',
      'www.',
      'x.yz/',
      '@',
      '\n',
      '`',
      '"',
      '\\',
      'javascript:',
      '\u202e',
      '[1]',
      '<a',
      '<!--',
      '-->',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(part, { maxLength: 30 }).map(parts => parts.join('')),
  );
  fc.assert(
    fc.property(text, text => {
      const clean = harmless(text);
      assert.not.match(clean, /!\[|\]\(|[<>[\]\n]|\b[a-z][a-z0-9+.-]*:\/\/|\bwww\.\w|\bjavascript:/i);
      assert.is(harmless(clean), clean);
    }),
    { numRuns: 2000 },
  );
});

test.run();
