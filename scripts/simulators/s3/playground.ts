// The simulated S3 for `npm run simulators`: one bucket, in memory, that fails when somebody wants it to.
import { playgroundOf } from '../objects/playground.ts';
import type { OpenPlayground } from '../playground.ts';
import { openS3Simulator } from './simulator.ts';

export const open: OpenPlayground = async (_, port) => {
  const s3 = await openS3Simulator({ port });
  s3.makeBucket('court-files');
  return playgroundOf(s3, {
    title: 'S3',
    settings: {
      STORAGE_URL: 's3://court-files',
      S3_ENDPOINT: s3.url,
      S3_REGION: s3.keys.region,
      S3_ACCESS_KEY_ID: s3.keys.id,
      S3_SECRET_ACCESS_KEY: s3.keys.secret,
    },
    notes: ['What is put there is in memory, and gone with it; the keys are new at each start.'],
  });
};
