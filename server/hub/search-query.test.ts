// What people type into a search box, and what attackers do (attack 26).
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HubError } from './errors.ts';
import { parseQuery } from './search-query.ts';

const test = suite('hub/search-query');
const NOW = Date.parse('2024-05-10T15:00:00Z');
const parse = (text: string) => parseQuery(text, NOW);
const words = (text: string) => parse(text).words.map(({ text, prefix }) => (prefix ? `${text}*` : text));
const refusal = (text: string) => {
  try {
    parse(text);
  } catch (error) {
    assert.instance(error, HubError);
    assert.is((error as HubError).code, 'bad_request');
    return (error as Error).message;
  }
  throw new Error(`${text} was taken`);
};

test('words, prefixes, phrases and exclusions', () => {
  assert.equal(words('Budget plan* budget'), ['budget', 'plan*']);
  assert.equal(parse('"opening night" „zwei Worte“ x').phrases, ['opening night', 'zwei Worte']);
  assert.equal(parse('a -broken -"very old"').without, ['broken', 'very old']);
  assert.equal(parse('apt-get 10.0.0.1 first_court').phrases, ['apt-get', '10.0.0.1', 'first_court']);
  assert.equal(words('北京 회의'), ['北京', '회의']);
  assert.equal(parse('"never closed').phrases, ['never closed']);
  assert.equal(words('the lanterns of the court'), ['lanterns', 'court']);
  assert.equal(words('the who'), ['the', 'who'], 'nothing but stop words: then they are what is meant');
});

test('operators take names, rooms, days and things, also in quotes and after a space', () => {
  const { from, in: rooms, has } = parse('x from:@Ada from:"Grace Hopper" in:#Lobby has:links FROM: me');
  assert.equal([from, rooms, has], [['ada', 'grace hopper', 'me'], ['lobby'], ['link']]);
  const times = (text: string) => [parse(text).since, parse(text).until].map(time => time?.slice(0, 10));
  assert.equal(times('on:2024-05-01'), ['2024-05-01', '2024-05-02']);
  assert.equal(times('after:2024-04 before:today'), ['2024-05-01', '2024-05-10']);
  assert.equal(times('on:yesterday'), ['2024-05-09', '2024-05-10']);
  assert.equal(times('after:2023 after:2022-06-01'), ['2024-01-01', undefined]);
  assert.equal(parse('see http://x.org/a from:ada').phrases, ['http://x.org/a']);
});

test('what is asked in a sentence is a question, without the words that only ask', () => {
  const { question, words, said } = parse('What did C think about the recording equipment?');
  assert.equal([question, words.map(({ text }) => text)], [true, ['recording', 'equipment?']]);
  assert.ok(said.includes('c') && !parse('what did i think about a c').said.includes('c'));
  assert.not(parse('what happened').question);
  assert.not(parse('budget lanterns from:ada').question);
});

test('what cannot be understood is refused with what to do', () => {
  assert.match(refusal(''), /Type words to look for/);
  assert.match(refusal('-only'), /Type words to look for/);
  assert.match(refusal('x before:someday'), /before: takes a day such as before:2024-05-01/);
  assert.match(refusal('x on:2023-02-29'), /on: takes a day/);
  assert.match(refusal('x has:money'), /has: knows file, link, reaction, thread, pin/);
  assert.match(refusal('x from:'), /from: needs a name, as in from:ada/);
  assert.match(refusal('from: in: x'), /from: needs a name/);
  assert.match(refusal('x -from:ada'), /-from: does not exist/);
  assert.match(
    refusal('x after:2024-05-02 before:2024-05-01'),
    /Nothing can be both after 2024-05-03 and before 2024-05-01/,
  );
  assert.match(refusal('word '.repeat(61)), /at most 60 words/);
});

test('any string is read or refused, quickly', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom(...'":-*\'“» \0\u202eafrominhas:京א'), maxLength: 300 }),
    fc.constantFrom(
      '"'.repeat(10_000),
      'a'.repeat(10_000),
      'from:'.repeat(2000),
      '- '.repeat(5000),
      'a:'.repeat(5000),
    ),
  );
  fc.assert(
    fc.property(hostile, text => {
      try {
        parse(text);
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test.run();
