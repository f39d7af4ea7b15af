// The quality that the documentation promises holds on real meetings and logs, where they are there.
// takes: 15 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { summarize } from '../../server/summarizer/extractive/summarize.ts';
import { readChannel } from './channel.ts';
import { readMeetings } from './meetings.ts';
import { mean, rouge } from './rouge.ts';
import { summaries } from './summaries.ts';

const test = suite('eval/summaries');

test('ROUGE is what its definition says', () => {
  assert.equal(rouge('The cat sat.', 'the cat sat'), { r1: 100, r2: 100, rl: 100 });
  assert.equal(rouge('a b', 'c d'), { r1: 0, r2: 0, rl: 0 });
  assert.equal(rouge('', 'c d'), { r1: 0, r2: 0, rl: 0 });
  // Three of four and of three words; "the cat" in common; "the … sat" and "the cat" in order.
  const { r1, r2, rl } = rouge('the big cat sat', 'sat the cat');
  assert.is(Math.round(r1), 86);
  assert.is(r2, 0);
  assert.is(Math.round(rl), 57);
  assert.equal(mean([]), { r1: 0, r2: 0, rl: 0 });
});

const meetings = await readMeetings();
if (meetings) {
  test('whole meetings: better than the baselines by far, in about the words that were asked for', async () => {
    const { tables, figures } = await summaries.run(meetings);
    const score = figures as Record<string, { r1: number; r2: number; rl: number }>;
    for (const name of ['extractive', 'without question']) {
      assert.ok(score[name]!.r1 > 33, `ROUGE-1 of ${name} is ${score[name]!.r1}`);
      assert.ok(score[name]!.r2 > 7, `ROUGE-2 of ${name} is ${score[name]!.r2}`);
      assert.ok(score[name]!.rl > 19, `ROUGE-L of ${name} is ${score[name]!.rl}`);
    }
    for (const name of ['lead', 'longest turns', 'TextRank']) assert.ok(score[name]!.r1 < 25);
    const [series] = tables.slice(-1);
    for (const [name, r1] of series!.rows) assert.ok(r1! > 20, `${name}: ${r1}`);
  });
} else console.log('# skip summaries of meetings: ../shared/data/qmsum is not there');

const logs = await readChannel();
if (logs) {
  test('a help channel is told as questions with their answers', () => {
    for (const [log, lines] of logs) {
      const claims = summarize({ title: '#ubuntu', lines, style: 'brief', words: 150 });
      assert.ok(claims.length >= 2, log);
      for (const { text, cites } of claims) {
        assert.match(text, /^.+ asked: “.+” .+ answered: “.+”/);
        const authors = new Set(cites.map(id => lines.find(line => line.id === id)!.by));
        assert.ok(authors.size >= 2, text);
      }
    }
  });
} else console.log('# skip help channels: ../shared/data/irc is not there');

test.run();
