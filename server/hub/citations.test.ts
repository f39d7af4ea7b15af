// What becomes of a claim: held to what was given, numbered, quoted.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quoteOf, SourceList, verified } from './citations.ts';
import type { Material } from './ports-summaries.ts';
import { stretchesOf } from './summary-pieces.ts';
import { SummaryText } from './summary-text.ts';

const test = suite('citations');
const given = new Map([
  ['1', [10]],
  ['2', [20]],
  ['1.1', [10, 30, 20]],
]);

test('a claim cites what was given, or it is none', () => {
  assert.equal(verified({ text: 'yes', cites: ['2', '1', '2'] }, given), { text: 'yes', cites: [10, 20] });
  assert.equal(verified({ text: 'of a piece', cites: ['1.1'] }, given), {
    text: 'of a piece',
    cites: [10, 20, 30],
  });
  for (const cites of [[], ['3'], ['1', '3'], ['__proto__'], ['1 '], ['constructor']])
    assert.is(verified({ text: 'no', cites }, given), undefined);
  assert.is(verified({ text: '![](x)', cites: ['1'] }, given), undefined);
});

test('sources are numbered as they first come, and keep their number', () => {
  const list = new SourceList();
  const message = (seq: number) => ({ seq, id: `m${seq}`, text: `text ${seq}` });
  assert.equal(list.add({ text: 'a', cites: [7] }, [message(7)]).claim.cites, [1]);
  const { claim, fresh } = list.add({ text: 'b', cites: [3, 7] }, [message(3), message(7)]);
  assert.equal(claim.cites, [2, 1]);
  assert.equal(fresh, [{ seq: 3, messageId: 'm3', quote: 'text 3' }]);
});

test('the whole of it leaves out claims whose sources fell, and counts anew', () => {
  const text = new SummaryText();
  const message = (seq: number) => ({ seq, id: `m${seq}`, text: 'said' });
  text.add({ text: 'falls', cites: [1, 2] }, [message(1), message(2)]);
  text.add({ text: 'stays', cites: [3] }, [message(3)]);
  assert.is(text.whole([message(1), message(3)]).text, '- stays [1]');
});

test('the quote is the sentence that the claim is about', () => {
  const said = 'Good morning everybody. The opening moves to Friday. See you there!';
  assert.is(quoteOf(said, 'Ada moved the opening to Friday'), '…The opening moves to Friday. See you there!');
  assert.is(quoteOf(said, 'unrelated'), said);
  assert.is(quoteOf('see https://evil.example', 'see'), 'see (link)');
});

test('pieces begin and end at fixed places of the log, whoever asks', () => {
  const lines = Array.from({ length: 1000 }, (_, n) => ({
    seq: n + 1,
    id: `m${n}`,
    at: '',
    by: '',
    text: 'x'.repeat(10),
    version: 0,
  }));
  const material = (first: number, last: number) =>
    ({ first, last, lines: lines.filter(({ seq }) => seq >= first && seq <= last) }) as unknown as Material;
  const cut = (first: number, last: number, chars = 1_000_000) =>
    stretchesOf(material(first, last), chars).map(({ first, last }) => [first, last]);
  assert.equal(cut(1, 600), [
    [1, 250],
    [251, 500],
    [501, 600],
  ]);
  assert.equal(cut(120, 520), [
    [120, 250],
    [251, 500],
    [501, 520],
  ]);
  // A piece that is too long for one request is cut in halves; stretches without talk are left out.
  assert.equal(cut(1, 250, 1300), [
    [1, 125],
    [126, 250],
  ]);
  assert.equal(cut(1001, 1400), []);
});

test.run();
