// The simulated Google Cloud Storage for `npm run simulators`: one bucket, in memory, that fails when somebody wants it to.
import { playgroundOf } from '../objects/playground.ts';
import type { OpenPlayground } from '../playground.ts';
import { openGcsSimulator } from './simulator.ts';

export const open: OpenPlayground = async (_, port) => {
  const gcs = await openGcsSimulator({ port });
  gcs.makeBucket('court-files');
  return playgroundOf(gcs, {
    title: 'Google Cloud Storage',
    settings: {
      STORAGE_URL: 'gs://court-files',
      GOOGLE_ROOT_URL: gcs.url,
      GOOGLE_CREDENTIALS: gcs.credentials,
    },
    notes: [
      'It is storage alone: with its GOOGLE_ROOT_URL there is no Calendar. What is put there is in memory.',
    ],
  });
};
