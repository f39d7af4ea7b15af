// How long a test of a bot waits for its hub: `npm run bench:test-hub`. Some starts one after the other; the first may have to make the database.
import { createTestHub } from './hub.ts';

const STARTS = 6;

for (let start = 1; start <= STARTS; start++) {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const hub = await createTestHub();
  const there = performance.now();
  await hub[Symbol.asyncDispose]();
  const ended = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  const parts = [
    `there after ${Math.round(there - began)} ms`,
    `gone after ${Math.round(ended - there)} more`,
  ];
  process.stdout.write(
    `${start}: ${parts.join(', ')}; ${Math.round((user + system) / 1000)} ms of CPU here\n`,
  );
}
