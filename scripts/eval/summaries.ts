// How near summaries of whole meetings come to those that people wrote: ours with and without the question, beside the baselines.
import { openExtractive } from '../../server/summarizer/extractive/index.ts';
import { type Baseline, lead, longest, textRank } from './baselines.ts';
import type { Meeting } from './meetings.ts';
import type { Part, Table } from './part.ts';
import { mean, type Rouge, rouge } from './rouge.ts';

const WORDS = 150;

type Method = (meeting: Meeting, query: string) => string | Promise<string>;
interface Score extends Rouge {
  readonly series: string;
  readonly words: number;
}

export const summaries: Part = {
  name: 'summaries',
  async run(meetings) {
    await using summarizer = openExtractive();
    const ours = async (meeting: Meeting, question?: string): Promise<string> => {
      const claims: string[] = [];
      const request = {
        title: meeting.name,
        lines: meeting.turns.map(({ speaker, content }, index) => ({
          id: String(index),
          at: '',
          by: speaker,
          text: content,
        })),
        style: 'brief' as const,
        words: WORDS,
        ...(question === undefined ? {} : { question }),
      };
      for await (const { text } of summarizer.summarize(request, new AbortController().signal))
        claims.push(text);
      return claims.join('\n');
    };
    const plain =
      (baseline: Baseline): Method =>
      ({ turns }) =>
        baseline(
          turns.map(({ content }) => content),
          WORDS,
        );
    const methods: Record<string, Method> = {
      lead: plain(lead),
      'longest turns': plain(longest),
      TextRank: plain(textRank),
      extractive: (meeting, query) => ours(meeting, query),
      'without question': meeting => ours(meeting),
    };
    const scores = new Map<string, Score[]>();
    for (const [name, method] of Object.entries(methods)) {
      const list: Score[] = [];
      for (const meeting of meetings) {
        for (const { query, answer } of meeting.general) {
          const text = await method(meeting, query);
          list.push({
            ...rouge(text, answer),
            series: series(meeting.name),
            words: text.split(/\s+/).length,
          });
        }
      }
      scores.set(name, list);
    }
    return {
      tables: [overall(scores), bySeries(scores.get('extractive')!)],
      figures: Object.fromEntries(
        [...scores].map(([name, list]) => [name, { ...mean(list), count: list.length }]),
      ),
    };
  },
};

/** "ES2006a" is of the series "ES": the same people, task and scribe, so that it is one fold. */
const series = (name: string) => /^\p{L}+/u.exec(name)?.[0] ?? name;

function overall(scores: ReadonlyMap<string, readonly Score[]>): Table {
  return {
    title: `Summaries of whole meetings in ${WORDS} words (F1, %)`,
    columns: ['ROUGE-1', 'ROUGE-2', 'ROUGE-L', 'words'],
    rows: [...scores].map(([name, list]) => {
      const { r1, r2, rl } = mean(list);
      return [name, r1, r2, rl, list.reduce((sum, { words }) => sum + words, 0) / list.length];
    }),
  };
}

function bySeries(list: readonly Score[]): Table {
  const folds = Map.groupBy(list, score => score.series);
  return {
    title: 'Extractive, by series of meetings',
    columns: ['ROUGE-1', 'ROUGE-2', 'ROUGE-L', 'meetings'],
    rows: [...folds].map(([name, fold]) => {
      const { r1, r2, rl } = mean(fold);
      return [name, r1, r2, rl, fold.length];
    }),
  };
}
