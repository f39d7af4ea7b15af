import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DbUnavailable } from './db.ts';
import { createTogether } from './together.ts';

const test = suite('together');

/** A database that answers when it is told to. */
function held() {
  const groups: { questions: number[]; answer(): void; fail(error: Error): void }[] = [];
  const one = createTogether<number, number>(
    questions =>
      new Promise((resolve, reject) => {
        groups.push({ questions, answer: () => resolve(questions.map(n => n * 10)), fail: reject });
      }),
  );
  return { groups, one };
}
const turn = () => new Promise(resolve => setImmediate(resolve));

test('what comes in one moment is one query; what comes while two are under way is the next', async () => {
  const { groups, one } = held();
  const first = [one(1), one(2), one(3)];
  await turn();
  const second = one(4);
  await turn();
  const third = [one(5), one(6)];
  await turn();
  assert.equal(
    groups.map(({ questions }) => questions),
    [[1, 2, 3], [4]],
  );
  groups[0]?.answer();
  await turn();
  assert.equal(groups[2]?.questions, [5, 6]);
  groups[1]?.answer();
  groups[2]?.answer();
  assert.equal(await Promise.all([...first, second, ...third]), [10, 20, 30, 40, 50, 60]);
});

test('a bad question is refused alone; a database that is away is not asked again', async () => {
  const asked: number[][] = [];
  const one = createTogether<number, number>(async questions => {
    asked.push(questions);
    if (questions.includes(2)) throw new Error('two is bad');
    if (questions.includes(9)) throw new DbUnavailable('away', 'TEST', false);
    return questions;
  });
  const outcome = (n: number) => one(n).catch((error: Error) => error.message);
  assert.equal(await Promise.all([1, 2, 3].map(outcome)), [1, 'two is bad', 3]);
  asked.length = 0;
  assert.equal(await Promise.all([8, 9].map(outcome)), ['away', 'away']);
  assert.is(asked.length, 1);
});

test.run();
