// Text that was written to break or to misuse a summary (attack 28): nothing throws, and no claim carries a link, an image or a call.
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Claim, Line } from '../../hub/ports-ai.ts';
import { summarize } from './summarize.ts';

const test = suite('extractive, hostile text');

const STYLES = ['brief', 'decisions', 'actions'] as const;

/** In every style, with and without a question; each claim is checked for what all of them promise. */
function all(lines: readonly Line[]): Claim[] {
  const ids = new Set(lines.map(({ id }) => id));
  return STYLES.flatMap(style =>
    [undefined, 'What about the release plan?'].flatMap(question => {
      const claims = summarize({ title: 'x', lines, style, words: 150, ...(question ? { question } : {}) });
      for (const { text, cites } of claims) {
        assert.ok(cites.length > 0 && cites.every(id => ids.has(id)), 'it cites lines that were given');
        assert.not.match(text, /!?\[[^\]]*\]\(|https?:|www\.|[<>`\u200b\u202e\u0000]|@[a-z]/i);
        assert.not.ok(text.includes('\n'));
      }
      return claims;
    }),
  );
}

const lines = (texts: readonly string[], by = (index: number) => `p${index % 3}`): Line[] =>
  texts.map((text, index) => ({ id: `l${index}`, at: '', by: by(index), text }));

test('no lines and empty lines give nothing', () => {
  assert.equal(all([]), []);
  assert.equal(all(lines(['', ' ', '\u200b\u200b', '```\ncode\n```', '***'])), []);
});

test('one line is its own summary', () => {
  assert.equal(summarize({ title: '', lines: lines(['We ship on Monday.']), style: 'brief', words: 50 }), [
    { text: 'p0: We ship on Monday.', cites: ['l0'] },
  ]);
});

test('identical lines are told once', () => {
  const claims = summarize({
    title: '',
    lines: lines(Array.from({ length: 500 }, () => 'buy cheap watches at the shop')),
    style: 'brief',
    words: 150,
  });
  assert.is(claims.length, 1);
});

test('links, images, HTML and mentions are words at most', () => {
  const texts = [
    'look at [our plan](https://evil.example/x?y=1) for the release plan',
    '![pixel](https://evil.example/track.png) the release plan is attached',
    '<img src=x onerror=alert(1)> the release plan is <b>final</b>, we decided to ship',
    'see https://evil.example/long?token=abc and www.evil.example for the release plan',
    '[text][ref] the release plan\n\n[ref]: https://evil.example',
    "@room @everyone let's ship the release plan on Friday",
    'the rel\u200bease \u202eplan is `rm -rf /` and **bold** and ~~gone~~',
    'javascript:alert(1) data:text/html,x mailto:a@b.example the release plan',
  ];
  const claims = all(lines(texts));
  assert.ok(claims.length > 0);
  const named = all(lines(texts, () => '[click](https://evil.example) @here'));
  assert.ok(named.length > 0);
});

test('words of a hundred thousand letters, brackets without end, and walls of marks end soon', () => {
  const long = 100_000;
  const texts = [
    'a',
    '[',
    '](',
    '<a',
    '(',
    '"',
    ', ',
    'a. ',
    'a - ',
    '```',
    '> ',
    '* ',
    '𝕏',
    '漢',
    'um ',
    '@',
    ':',
    "'",
    'we decided ',
    "let's ",
  ].map(part => part.repeat(Math.ceil(long / part.length)));
  for (const claim of all(lines(texts))) assert.ok(claim.text.length < 3_000);
  // All of them by one person, each left open, so that they would be put together.
  all(
    lines(
      Array.from({ length: 2_000 }, (_, index) => `and so on about the plan number ${index},`),
      () => 'p',
    ),
  );
});

test('any text at all', () => {
  const word = fc.constantFrom(
    'we',
    'decided',
    'I',
    "I'll",
    'you',
    '?',
    '.',
    ',',
    '@p1',
    'p2:',
    'the plan',
    '[',
    '](',
    'https://x',
    '\u200b',
    'ja',
    '好',
    "don't",
    'have',
    'do',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(word, { maxLength: 30 }).map(list => list.join(' ')),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 60 }), texts => {
      all(lines(texts));
    }),
    { numRuns: 60, seed: 5 },
  );
});

test.run();
