// Slack's markup and ours, there and back.
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { emojiOf, slackNameOf } from './emoji.ts';
import { markdownToSlack, slackToMarkdown } from './markup.ts';

const test = suite('slack markup');
const people: Record<string, string> = { U1: 'ada', U2: 'Grace.Hopper' };
const names = { person: (id: string) => people[id] ?? id };
const ids = { slackId: (name: string) => (name === 'ada' ? 'U1' : undefined) };
const there = (text: string) => slackToMarkdown(text, names);
const back = (text: string) => markdownToSlack(text, ids);

const BOTH_WAYS: [slack: string, markdown: string][] = [
  ['Hello', 'Hello'],
  ['*bold* and _it_ and ~gone~', '**bold** and _it_ and ~~gone~~'],
  ['a &lt;b&gt; &amp; c', 'a <b> & c'],
  ['see <https://example.com/?a=1&amp;b=2>', 'see https://example.com/?a=1&b=2'],
  ['see <https://example.com|the page>', 'see [the page](https://example.com)'],
  ['<@U1>: look', '@ada: look'],
  ['`*x* &lt;y&gt;` stays', '`*x* <y>` stays'],
  ['```\n*x* &amp;&amp; y\n```', '```\n*x* && y\n```'],
  ['• one\n• two', '- one\n- two'],
  ['snake_case_name 2*3*4', 'snake_case_name 2*3*4'],
  ['&amp;lt; is an entity', '&lt; is an entity'],
];

test('what both know goes there and back unchanged', () => {
  for (const [slack, markdown] of BOTH_WAYS) {
    assert.is(there(slack), markdown);
    assert.is(back(markdown), slack);
  }
});

const TO_MARKDOWN: [slack: string, markdown: string][] = [
  ['<!here> and <!subteam^S1|@team> on <!date^1^{date}|Friday>', '@here and @team on Friday'],
  ['<#C1|general> <#C2>', '#general #C2'],
  ['<@U2|x> <@U404>', '@Grace.Hopper @U404'],
  ['<mailto:a@example.com|a@example.com>', 'a@example.com'],
  ['&gt; quoted\nnot', '> quoted\nnot'],
  ['# no heading', '\\# no heading'],
  [':tada: :+1::skin-tone-3: :party_parrot:', '🎉 👍 :party_parrot:'],
  ['```<https://example.com|example.com>```', '```\nexample.com\n```'],
];

test("Slack's own signs are read", () => {
  for (const [slack, markdown] of TO_MARKDOWN) {
    assert.is(there(slack), markdown);
  }
});

const TO_SLACK: [markdown: string, slack: string][] = [
  ['# Title', '*Title*'],
  ['*it* __strong__', '_it_ *strong*'],
  ['\\*plain\\*', '*plain*'],
  ['![cat](https://example.com/cat.png)', '<https://example.com/cat.png|cat>'],
  ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
  ['@bob @ada!', '@bob <@U1>!'],
  ['> said', '> said'],
  ['```js\nx < 1\n```', '```\nx &lt; 1\n```'],
];

test('Markdown is told in what Slack has', () => {
  for (const [markdown, slack] of TO_SLACK) assert.is(back(markdown), slack);
});

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

test('plain text survives the way from Slack and back, whatever it is', () => {
  const words = fc
    .string({ unit: 'grapheme', maxLength: 80 })
    // Marks of either side are not plain text.
    .map(text => text.replace(/[\0*_~`@•:>\r\n]|https?:\/\/|^#+ |^\s*[-+] |\]\(/g, ''));
  fc.assert(
    fc.property(words, text => {
      const slack = escaped(text);
      assert.is(back(there(slack)), slack);
    }),
    { numRuns: 2000 },
  );
});

test('nothing that is written here becomes a mention or a command at Slack (attack 28)', () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '<!channel>',
          '<!here>',
          '<@U9>',
          '<',
          '>',
          '|',
          '`',
          '```',
          '*',
          '[',
          '](',
          '&lt;',
          '\0',
        ),
        fc.constantFrom('\n', '\\', 'https://x.example', ')', '@ada', '~~', '# ', '!', '@channel'),
        fc.string({ maxLength: 5 }),
      ),
      { maxLength: 12 },
    )
    .map(parts => parts.join(''));
  fc.assert(
    fc.property(hostile, text => {
      for (const [token] of back(text).matchAll(/<[^<>]*>?/g)) {
        assert.ok(token === '<@U1>' || /^<(https?:\/\/|mailto:)[^<>]*>$/.test(token), token);
      }
    }),
    { numRuns: 5000 },
  );
});

test('emoji keep their names both ways, and unknown ones stay as they are', () => {
  for (const name of ['+1', 'tada', 'heart', 'white_check_mark']) assert.is(slackNameOf(emojiOf(name)), name);
  assert.is(emojiOf('thumbsup'), '👍');
  assert.is(emojiOf('+1::skin-tone-4'), '👍');
  assert.is(slackNameOf('👍🏽'), '+1');
  assert.is(slackNameOf('❤'), 'heart');
  assert.is(emojiOf('party_parrot'), ':party_parrot:');
  assert.is(slackNameOf(':party_parrot:'), 'party_parrot');
  assert.is(slackNameOf('🪿'), undefined);
});

test.run();
