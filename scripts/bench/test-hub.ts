// How long a test of a bot waits for its hub: `npm run bench:test-hub`. Some starts one after the other; the first may have to make the database.
import { createTestHub } from '../../clients/bot/testing/hub.ts';

const STARTS = 6;

for (let start = 1; start <= STARTS; start++) {
  const began = performance.now();
  const hub = await createTestHub();
  const there = performance.now();
  await hub[Symbol.asyncDispose]();
  const ms = (from: number, to: number) => `${Math.round(to - from)} ms`;
  process.stdout.write(`start ${start}: ${ms(began, there)}, end: ${ms(there, performance.now())}\n`);
}
