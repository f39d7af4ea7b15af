// Models mark their sources in many ways; all of these are read, and nothing of them is left in the text.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createLines } from './lines.ts';
import { readMarks } from './marks.ts';

const test = suite('summarizer/marks');

const shapes: readonly (readonly [line: string, text: string, numbers: number[]])[] = [
  ['The band can come on Friday. [3]', 'The band can come on Friday.', [3]],
  ['The band can come [3][12].', 'The band can come.', [3, 12]],
  ['The band [3] can come [12, 14] on Friday.', 'The band can come on Friday.', [3, 12, 14]],
  ['It rained [2-4].', 'It rained.', [2, 3, 4]],
  ['It rained ([2]; [3]).', 'It rained.', [2, 3]],
  ['It rained 【7】', 'It rained', [7]],
  ['It rained [^7] [#8] [line 9] [messages 10 and 11]', 'It rained', [7, 8, 9, 10, 11]],
  ['From [1-900000]', 'From', [1, 900_000]],
  [
    'Ada asked for [x] and a [link](https://a.example).',
    'Ada asked for [x] and a [link](https://a.example).',
    [],
  ],
];
for (const [line, text, numbers] of shapes)
  test(`${line}`, () => {
    assert.equal(readMarks(line), { text, numbers });
  });

/** In pieces of every length, since a stream cuts anywhere. */
function linesOf(text: string, piece: number): string[] {
  const lines = createLines();
  const parts = text.match(new RegExp(`[\\s\\S]{1,${piece}}`, 'g')) ?? [];
  return [...parts.flatMap(part => lines.add(part)), ...lines.end()].map(line => line.text);
}

test('lines are cut the same wherever the stream is, without list marks, fences and thoughts', () => {
  const text =
    '<think>\nHm, [1]\n- what now?\n</think>\n```markdown\n# Recap\n\n- First. [1]\n* Second. [2]\n 3) Third. [3]\n> Fourth.\n---\n```\nFifth.';
  for (let piece = 1; piece < 40; piece++)
    assert.equal(linesOf(text, piece), [
      'Recap',
      'First. [1]',
      'Second. [2]',
      'Third. [3]',
      'Fourth.',
      'Fifth.',
    ]);
});

test('a line rests on all that its pieces rest on, and not on what surrounds it', () => {
  const lines = createLines();
  const found = [
    ...lines.add('- '),
    ...lines.add('Ada asked', ['m1']),
    ...lines.add(' and Bo agreed', ['m2', 'm1']),
    ...lines.add('.\n- '),
    ...lines.add('Cy left.', ['m3']),
    ...lines.end(),
  ];
  assert.equal(found, [
    { text: 'Ada asked and Bo agreed.', cites: ['m1', 'm2'] },
    { text: 'Cy left.', cites: ['m3'] },
  ]);
});

test.run();
