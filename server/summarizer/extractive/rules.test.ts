// Decisions and tasks by their own rules, and answers to questions, on conversations as people have them.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SummaryRequest, SummaryStyle } from '../../hub/ports-ai.ts';
import { talk } from '../../testing/talk.ts';
import { summarize } from './summarize.ts';

const test = suite('extractive rules');

const LAUNCH = talk(`
Ada: morning all! the load test finished, p99 is 180 ms with 5k sockets
Bob: nice. so do we still want to release on Thursday?
Cara: the migration isn't reviewed yet, I'd rather not rush it
Bob: shall we move the release to Monday then?
Ada: yes, makes sense
Cara: +1
Ada: ok so we've decided: release on Monday, 10:00 UTC
Bob: @Cara can you review the migration by Friday?
Cara: sure, will do
Ada: I'll write the announcement tomorrow
Dan: what about Redis 6 support?
Ada: let's drop Redis 6, nobody uses it
Dan: hmm no, two of our customers still run it
Bob: agreed with Dan, let's keep it until the summer
Ada: fine by me
Dan: I'll be right back
Bob: TODO: update the upgrade guide
Cara: Bob, could you please also ping the customers about the new date?
Bob: yep
Eve: has anybody seen my mug?
Dan: Should we use Postgres 18 for the new cluster?
Cara: no, not before it has been out for half a year
`);

function ask(lines: SummaryRequest['lines'], style: SummaryStyle, question?: string) {
  return summarize({ title: 'Launch', lines, style, words: 150, ...(question ? { question } : {}) });
}

const told = (lines: SummaryRequest['lines'], style: SummaryStyle) =>
  ask(lines, style).map(({ text, cites }) => `${text} ${cites.join()}`);

test('what was decided, or proposed and agreed to, is found; what was refused or never answered is not', () => {
  assert.equal(told(LAUNCH, 'decisions'), [
    'Move the release to Monday (Bob; agreed by Ada and Cara). m3,m4,m5',
    "We've decided: release on Monday, 10:00 UTC (Ada). m6",
    'Keep it until the summer (Bob; agreed by Ada). m13,m14',
  ]);
});

test('tasks name who does them: who promised, who was asked and agreed, and nobody where nobody was named', () => {
  assert.equal(told(LAUNCH, 'actions'), [
    'Cara: review the migration by Friday (asked by Bob; agreed). m7,m8',
    'Ada: write the announcement tomorrow. m9',
    'Update the upgrade guide (noted by Bob). m16',
    'Bob: ping the customers about the new date (asked by Cara; agreed). m17,m18',
  ]);
});

test('a reply counts as the answer to what it replies to, however much was said between', () => {
  const lines = [
    ...talk('Ada: how about we use the small room for the review?'),
    ...Array.from({ length: 20 }, (_, n) => ({ ...talk('Eve: the train was late again')[0]!, id: `x${n}` })),
    { ...talk('Bob: sounds good')[0]!, id: 'answer', replyTo: 'm0' },
  ];
  assert.equal(told(lines, 'decisions'), [
    'Use the small room for the review (Ada; agreed by Bob). m0,answer',
  ]);
});

test('a task that was declined is none', () => {
  assert.equal(
    told(talk('Ada: @Bob can you restart the cache tonight?\nBob: no, I am on leave'), 'actions'),
    [],
  );
});

test('nothing decided and nothing to do gives nothing, instead of something made up', () => {
  const lines = talk('Ada: the weather is lovely\nBob: yes, at last\nAda: I think so too');
  assert.equal(told(lines, 'decisions'), []);
  assert.equal(told(lines, 'actions'), []);
});

test('in German', () => {
  const lines = talk(`
Anna: Guten Morgen, der Lasttest ist fertig und die Ergebnisse sehen gut aus.
Bernd: Wollen wir das Release auf Montag verschieben?
Clara: Ja, einverstanden, die Migration ist noch nicht geprüft.
Anna: Gut. Wir haben beschlossen, dass das Release am Montag kommt.
Bernd: Ich schicke die Ankündigung morgen an alle Kunden.
Clara: Ich übernehme die Prüfung der Migration bis Freitag.
Anna: Danke euch, dann sehen wir uns am Montag.`);
  assert.equal(told(lines, 'decisions'), [
    'Das Release auf Montag verschieben (Bernd; ✓ Clara). m1,m2',
    'Wir haben beschlossen, dass das Release am Montag kommt (Anna). m3',
  ]);
  assert.equal(told(lines, 'actions'), [
    'Bernd: Ich schicke die Ankündigung morgen an alle Kunden. m4',
    'Clara: Ich übernehme die Prüfung der Migration bis Freitag. m5',
  ]);
});

test('in Chinese, where no spaces part the words', () => {
  const lines = talk(`
小明: 我们什么时候发布新版本？
小红: 数据库迁移还没有审核完，我建议推迟到星期一。
小明: 同意，那就决定星期一发布新版本。
小刚: 我今天晚上会写发布公告，明天早上发给客户。
小红: 好的，我星期五之前完成数据库迁移的审核。`);
  assert.equal(told(lines, 'decisions'), ['同意，那就决定星期一发布新版本 (小明; ✓ 小红). m2,m4']);
  assert.equal(
    ask(lines, 'actions').map(({ cites }) => cites.join()),
    ['m3', 'm4'],
  );
  assert.ok(ask(lines, 'brief').length > 0);
});

test('an answer to a question is what was said about it, with what followed, and nothing else', () => {
  const lines = talk(`
Ada: the build is broken since the update of node
Bob: lunch was great today
Cara: the login page shows an error 500 for people without an avatar
Dan: which browsers?
Cara: all of them. it's the avatar url being null in the session
Ada: I fixed the build by pinning node to 24.2
Bob: the weather is awful`);
  const cites = ask(lines, 'brief', 'Why does the login page fail?').flatMap(claim => claim.cites);
  assert.ok(cites.includes('m2') && cites.includes('m4'), 'the report and its explanation');
  assert.not.ok(cites.includes('m1') || cites.includes('m6') || cites.includes('m0'), 'no small talk');
});

test('a question that asks for a summary gives the same as none', () => {
  assert.equal(ask(LAUNCH, 'brief', 'Summarize the whole conversation.'), ask(LAUNCH, 'brief'));
});

test.run();
