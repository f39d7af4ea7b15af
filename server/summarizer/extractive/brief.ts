// The short account of a talk in English: what it was about, and topic by topic what was discussed and who said what that matters.
import type { Claim } from '../../hub/ports-ai.ts';
import { agreements } from './agreements.ts';
import { answers } from './decisions.ts';
import { capital, names, shortName } from './items.ts';
import { distinct, type Phrase, phrases } from './phrases.ts';
import { type Statement, statements } from './statements.ts';
import type { Talk } from './talk.ts';
import { topics } from './topics.ts';
import { words as split } from './words.ts';

/** Chosen on meetings, by leaving each series of them out in turn: see docs/ai/extractive.md. */
const tuning = {
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
  /** Agreements told at the end. */
  agreed: 1,
  /** Of the words asked for. */
  share: 0.96,
};

/** Fewer sentences than this, or nothing named twice: there is nothing to group. */
const FEW = 40;

/** A statement may be so many words longer than what is left for it. */
const OVER = 3;

const LEADS = ['First', 'Then', 'After that', 'Later', 'Next'];

/** Undefined when the talk is too short to be told like this. */
export function brief(talk: Talk): Claim[] | undefined {
  const { all, request, texts } = talk;
  if (all.length < FEW || request.words < 40) return undefined;
  const speakers = new Set(talk.vocabulary.terms([...new Set(all.map(({ by }) => by))].join(' ')));
  const known = phrases(texts, talk.vocabulary).filter(
    phrase => !phrase.terms.every(term => speakers.has(term)),
  );
  const main = distinct(known, tuning.named);
  if (main.length === 0) return undefined;
  const group = all.every(({ by }) => by === all[0]!.by) ? all[0]!.by : 'the group';

  const opening = `The ${isMeeting(talk) ? 'meeting' : 'conversation'} was about ${names(main.map(({ text }) => text))}.`;
  const agreed = agreements(talk).slice(0, tuning.agreed);
  const closing =
    agreed.length > 0 ? `${capital(group)} agreed ${names(agreed.map(({ text }) => text))}.` : '';
  const sections = outline(talk, known, main, group);
  const budget = request.words * tuning.share - size(opening) - size(closing);
  say(
    talk,
    sections,
    statements(talk).filter(({ index }) => agreed.every(other => other.index !== index)),
    new Set(main.flatMap(phrase => phrase.terms)),
    budget,
  );

  const claims: Claim[] = [{ text: opening, cites: mentions(talk, main, 0, all.length) }];
  for (const section of sections) {
    const said = section.said.toSorted((a, b) => a.index - b.index);
    const parts = [section.heading, ...tell(said, talk)].filter(part => part !== '');
    if (parts.length === 0) continue;
    if (section.heading === '') parts[0] = `${section.lead}, ${parts[0]}`;
    const cites = said.flatMap(({ index }) => all[index]!.cites);
    claims.push({
      text: parts.join(' '),
      cites: [...mentions(talk, section.here, section.from, section.to), ...cites],
    });
  }
  if (closing) claims.push({ text: closing, cites: agreed.flatMap(({ cites }) => cites) });
  return claims.map(({ text, cites }) => ({ text, cites: [...new Set(cites)] }));
}

/** One topic of the account. */
interface Section {
  readonly from: number;
  readonly to: number;
  readonly lead: string;
  readonly here: readonly Phrase[];
  readonly topic: ReadonlySet<string>;
  /** Empty when nothing is named. */
  readonly heading: string;
  readonly said: Statement[];
}

function outline(talk: Talk, known: readonly Phrase[], main: readonly Phrase[], group: string): Section[] {
  const count = talk.all.length;
  const named = new Set(main.flatMap(phrase => phrase.terms));
  const starts = topics(talk.terms, Math.max(1, Math.round(talk.request.words / tuning.wordsPerTopic)));
  return starts.map((from, number) => {
    const to = starts[number + 1] ?? count;
    const here = distinct(local(known, from, to, count, named), tuning.namedEach);
    const topic = new Set(here.flatMap(phrase => phrase.terms));
    for (const term of topic) named.add(term);
    const last = number > 0 && number === starts.length - 1;
    const lead = last ? 'Finally' : (LEADS[number] ?? 'Then');
    const heading =
      here.length > 0 ? `${lead}, ${group} discussed ${names(here.map(({ text }) => text))}.` : '';
    return { from, to, lead, here, topic, heading, said: [] };
  });
}

/** Fills the sections: each gets its share, and what is left then goes to whatever says most. */
function say(
  talk: Talk,
  sections: readonly Section[],
  pool: readonly Statement[],
  covered: Set<string>,
  budget: number,
): void {
  let left = budget - sections.reduce((sum, { heading }) => sum + size(heading), 0);
  const place = (section: Section, words: number): boolean => {
    const best = mostTelling(
      talk,
      pool.filter(
        statement =>
          statement.index >= section.from &&
          statement.index < section.to &&
          statement.words <= words &&
          !sections.some(({ said }) => said.includes(statement)),
      ),
      covered,
    );
    if (!best) return false;
    section.said.push(best);
    for (const term of best.terms) covered.add(term);
    left -= best.words;
    return true;
  };
  sections.forEach((section, number) => {
    const end = left - left / (sections.length - number);
    while (section.said.length < tuning.saidEach && place(section, left - end + OVER));
    for (const term of section.topic) covered.add(term);
  });
  for (const section of sections.toSorted((a, b) => a.said.length - b.said.length))
    place(section, left + OVER);
}

/** The statement that says most of what matters and was not said yet. */
function mostTelling(
  talk: Talk,
  pool: readonly Statement[],
  covered: ReadonlySet<string>,
): Statement | undefined {
  let best: Statement | undefined;
  let most = 0;
  for (const statement of pool) {
    let gain = 0;
    for (const term of statement.terms) {
      gain += talk.weight(term) * (covered.has(term) ? tuning.again : 1);
    }
    gain /= statement.words ** tuning.brevity;
    if (gain > most) [best, most] = [statement, gain];
  }
  return best;
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

const size = (text: string) => (text === '' ? 0 : Math.max(1, split(text).length));
