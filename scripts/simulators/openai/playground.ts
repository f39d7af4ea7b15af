// The simulated OpenAI for `npm run simulators`: summaries by a plain rule, embeddings from words, and faults when somebody wants them.
import { playgroundOf } from '../models/playground.ts';
import type { OpenPlayground } from '../playground.ts';
import { openOpenAiSimulator } from './simulator.ts';

export const open: OpenPlayground = async (_, port) => {
  const openai = await openOpenAiSimulator({ port });
  return playgroundOf(openai, {
    title: 'OpenAI',
    settings: {
      OPENAI_API_KEY: openai.apiKey,
      OPENAI_BASE_URL: openai.base,
      OPENAI_MODEL: 'gpt-6-luna',
      EMBEDDING_PROVIDER: 'openai',
      EMBEDDING_MODEL: 'text-embedding-3-small',
      EMBEDDING_DIMENSIONS: '512',
    },
    notes: ['Where Claude is set too, it is asked first.'],
    more: { 'run out of credit': { kind: 'status', status: 429, code: 'insufficient_quota' } },
  });
};
