// How good answers to questions about meetings are: against those that people gave, and by where the evidence is.
import { openExtractive } from '../../server/summarizer/extractive/index.ts';
import type { Part } from './part.ts';
import { mean, type Rouge, rouge } from './rouge.ts';

const WORDS = 80;

export const answers: Part = {
  name: 'answers',
  async run(meetings) {
    await using summarizer = openExtractive();
    const never = new AbortController().signal;
    const scores: Rouge[] = [];
    let cited = 0;
    let relevant = 0;
    for (const { name, turns, specific } of meetings) {
      const lines = turns.map(({ speaker, content }, index) => ({
        id: String(index),
        at: '',
        by: speaker,
        text: content,
      }));
      for (const { query, answer, relevant: evidence } of specific) {
        const request = { title: name, lines, style: 'brief' as const, words: WORDS, question: query };
        const claims = await Array.fromAsync(summarizer.summarize(request, never));
        scores.push(rouge(claims.map(({ text }) => text).join('\n'), answer));
        const ids = claims.flatMap(({ cites }) => cites);
        cited += ids.length;
        relevant += ids.filter(id => evidence.has(Number(id))).length;
      }
    }
    const { r1, r2, rl } = mean(scores);
    const share = (100 * relevant) / (cited || 1);
    return {
      tables: [
        {
          title: `Answers to questions about meetings in ${WORDS} words (F1, and citations in the marked evidence, %)`,
          columns: ['ROUGE-1', 'ROUGE-2', 'ROUGE-L', 'evidence', 'questions'],
          rows: [['extractive', r1, r2, rl, share, scores.length]],
        },
      ],
      figures: { r1, r2, rl, evidence: share, count: scores.length },
    };
  },
};
