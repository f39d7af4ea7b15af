// A process of several test files, one after the other, so that what they import is loaded once: `node batch-process.ts FILE…`. After each it
// writes a mark with how it went, by which test-batch.ts knows whose output is whose.
import { pathToFileURL } from 'node:url';

// Read by uvu as it is loaded: tests wait to be run.
const uvu = globalThis as unknown as { UVU_DEFER: boolean; UVU_QUEUE: unknown[][] };
uvu.UVU_DEFER = true;
await import('./hook-errors.ts');
const { exec } = await import('uvu');

let worst = 0;
for (const file of process.argv.slice(2)) {
  const began = performance.now();
  const worked = process.cpuUsage();
  uvu.UVU_QUEUE = [[null]];
  await import(pathToFileURL(file).href);
  // Without a summary, whoever reads this sees that the file never called test.run().
  if (uvu.UVU_QUEUE[0]?.length !== 1) await exec();
  const code = Number(process.exitCode ?? 0);
  const { user, system } = process.cpuUsage(worked);
  const mark = { code, ms: Math.round(performance.now() - began), cpuMs: Math.round((user + system) / 1000) };
  process.stdout.write(`\u001e${JSON.stringify(mark)}\n`);
  worst ||= code;
  process.exitCode = 0;
}
process.exitCode = worst;
