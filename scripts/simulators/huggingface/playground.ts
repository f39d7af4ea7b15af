// The simulated Hugging Face for `npm run simulators`: embeddings made from words, slow to wake when somebody wants it so.
import { playgroundOf } from '../models/playground.ts';
import type { OpenPlayground } from '../playground.ts';
import { openHuggingFaceSimulator } from './simulator.ts';

export const open: OpenPlayground = async (_, port) => {
  const huggingface = await openHuggingFaceSimulator({ port });
  return playgroundOf(huggingface, {
    title: 'Hugging Face',
    settings: {
      HF_TOKEN: huggingface.token,
      HF_ENDPOINT_URL: huggingface.url,
      EMBEDDING_PROVIDER: 'huggingface',
    },
    more: {
      'fall asleep': { kind: 'status', status: 503, code: '2' },
      'change its model': { kind: 'dimensions', count: 768 },
    },
  });
};
