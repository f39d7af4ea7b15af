// The short account of a talk in English: what it was about, and topic by topic what was discussed and who said what that matters.
import type { Claim } from '../../hub/ports-ai.ts';
import { answers } from './decisions.ts';
import { names } from './items.ts';
import { distinct, type Phrase, phrases } from './phrases.ts';
import { type Statement, statements } from './statements.ts';
import type { Talk } from './talk.ts';
import { topics } from './topics.ts';
import { words as split } from './words.ts';

/** Chosen on meetings, by leaving each series of them out in turn: see docs/ai/extractive.md. */
export const tuning = {
  /** A topic for so many words of the summary. */
  wordsPerTopic: 50,
  /** Things named at the beginning, and for each topic. */
  named: 3,
  namedEach: 3,
  /** Statements of one topic. */
  saidEach: 2,
  /** What a word counts that was said in the summary before. */
  again: 0.5,
  /** How much length counts against a statement. */
  brevity: 0.5,
  /** What a word counts more that names the topic. */
  onTopic: 1,
  /** What a proposal, a decision or a number counts more. */
  cue: 1,
  /** Of the words asked for. */
  share: 0.93,
};

/** Fewer sentences than this, or nothing named twice: there is nothing to group. */
const FEW = 40;

const LEADS = ['First', 'Then', 'After that', 'Later', 'Next'];

/** Undefined when the talk is too short to be told like this. */
export function brief(talk: Talk): Claim[] | undefined {
  const { all, request, terms, texts } = talk;
  if (all.length < FEW || request.words < 40) return undefined;
  const speakers = new Set(talk.vocabulary.terms([...new Set(all.map(({ by }) => by))].join(' ')));
  const known = phrases(texts, talk.vocabulary).filter(
    phrase => !phrase.terms.every(term => speakers.has(term)),
  );
  const main = distinct(known, tuning.named);
  if (main.length === 0) return undefined;
  const group = all.every(({ by }) => by === all[0]!.by) ? all[0]!.by : 'the group';

  const account = new Account(request.words * tuning.share);
  account.add(
    `The ${isMeeting(talk) ? 'meeting' : 'conversation'} was about ${names(main.map(({ text }) => text))}.`,
    mentions(talk, main, 0, all.length),
  );
  const named = new Set(main.flatMap(phrase => phrase.terms));
  const covered = new Set(named);
  const pool = statements(talk);
  const starts = topics(terms, Math.max(1, Math.round(request.words / tuning.wordsPerTopic)));
  starts.forEach((from, number) => {
    const to = starts[number + 1] ?? all.length;
    const share = account.left / (starts.length - number);
    const here = distinct(local(known, from, to, all.length, named), tuning.namedEach);
    const topic = new Set(here.flatMap(phrase => phrase.terms));
    for (const term of topic) named.add(term);
    const last = number > 0 && number === starts.length - 1;
    const lead = last ? 'Finally' : (LEADS[number] ?? 'Then');
    const heading =
      here.length > 0 ? `${lead}, ${group} discussed ${names(here.map(({ text }) => text))}.` : '';
    const said = choose(
      talk,
      pool.filter(({ index }) => index >= from && index < to),
      covered,
      topic,
      share - size(heading),
    );
    for (const term of topic) covered.add(term);
    const parts = [heading, ...tell(said, talk)].filter(part => part !== '');
    if (parts.length === 0) return;
    if (heading === '') parts[0] = `${lead}, ${parts[0]}`;
    account.add(parts.join(' '), [
      ...mentions(talk, here, from, to),
      ...said.flatMap(({ index }) => all[index]!.cites),
    ]);
  });
  return account.claims;
}

class Account {
  readonly claims: Claim[] = [];
  left: number;

  constructor(words: number) {
    this.left = words;
  }

  add(text: string, cites: Iterable<string>): void {
    this.claims.push({ text, cites: [...new Set(cites)] });
    this.left -= size(text);
  }
}

/** The statements that say most of what matters and was not said yet, in their order. */
function choose(
  talk: Talk,
  pool: readonly Statement[],
  covered: Set<string>,
  topic: ReadonlySet<string>,
  words: number,
): Statement[] {
  const chosen: Statement[] = [];
  let left = words;
  while (chosen.length < tuning.saidEach) {
    let best: Statement | undefined;
    let most = 0;
    for (const statement of pool) {
      if (statement.words > left + 3 || chosen.includes(statement)) continue;
      let gain = 0;
      for (const term of statement.terms) {
        gain +=
          talk.weight(term) * (covered.has(term) ? tuning.again : 1) * (topic.has(term) ? tuning.onTopic : 1);
      }
      gain *= (statement.cue ? tuning.cue : 1) / statement.words ** tuning.brevity;
      if (gain > most) [best, most] = [statement, gain];
    }
    if (!best) break;
    chosen.push(best);
    for (const term of best.terms) covered.add(term);
    left -= best.words;
  }
  return chosen.sort((a, b) => a.index - b.index);
}

function tell(said: readonly Statement[], talk: Talk): string[] {
  return said.map(({ index, by, report, proposal }, number) => {
    const before = said[number - 1];
    const who = before?.by === by ? 'They' : by;
    const verb = before?.by === by && report.verb === 'said that' ? 'added that' : report.verb;
    const { agreed, refused } = proposal ? answers(talk.all, index) : { agreed: [], refused: true };
    const assent =
      !refused && agreed.length > 0 ? `, and ${names(agreed.map(({ by }) => shortName(by)))} agreed` : '';
    return `${who} ${verb} ${report.statement}${assent}.`;
  });
}

/** What is said in one stretch more than elsewhere. */
function local(
  known: readonly Phrase[],
  from: number,
  to: number,
  count: number,
  named: ReadonlySet<string>,
): Phrase[] {
  return known
    .filter(phrase => !phrase.terms.every(term => named.has(term)))
    .map(phrase => {
      const sentences = phrase.sentences.filter(index => index >= from && index < to);
      const expected = (phrase.sentences.length * (to - from)) / count;
      const score =
        sentences.length * (phrase.terms.length > 1 ? 2 : 1) * Math.log(1 + sentences.length / expected);
      return { ...phrase, sentences, score };
    })
    .filter(({ sentences }) => sentences.length > 0)
    .sort((a, b) => b.score - a.score);
}

/** Where each of the phrases was said first. */
function mentions(talk: Talk, list: readonly Phrase[], from: number, to: number): string[] {
  return list.flatMap(({ sentences }) =>
    sentences
      .filter(index => index >= from && index < to)
      .slice(0, 2)
      .flatMap(index => talk.all[index]!.cites.slice(0, 1)),
  );
}

/** Whether those who talk, or who ask, call it a meeting. */
function isMeeting({ request, all }: Talk): boolean {
  if (/\bmeeting\b/i.test(`${request.title} ${request.question ?? ''}`)) return true;
  return all.filter(({ text }) => /\b(?:this|the|our|today's) meeting\b/i.test(text)).length >= 2;
}

/** "Ms. Ann Lee (Ottawa, CPC)" is called "Ms. Ann Lee". */
export const shortName = (name: string): string => name.replace(/\s*\(.*$/, '') || name;

const size = (text: string) => (text === '' ? 0 : Math.max(1, split(text).length));
