// `npm run bench:overload`: every control of the overload table against a real hub. Exit code 1 when one did not hold.
//
//     npm run bench:overload -- payload mute     these rows alone
//     npm run bench:overload -- --json           one JSON text, for programs

import { readOptions } from '../lib/options.ts';
import { admission } from './overload/admission.ts';
import { onBreakOff } from './overload/broken-off.ts';
import { calls } from './overload/calls.ts';
import { connections } from './overload/connections.ts';
import { mute } from './overload/mute.ts';
import { payload } from './overload/payload.ts';
import { reconnect } from './overload/reconnect.ts';
import type { Measured, Row } from './overload/row.ts';
import { slowReader } from './overload/slow-reader.ts';
import { database, redis } from './overload/stall.ts';

const rows: readonly Row[] = [
  payload,
  mute,
  connections,
  ...calls,
  admission,
  slowReader,
  database,
  redis,
  reconnect,
];

const { values, positionals } = readOptions(
  'bench:overload',
  'What one misbehaving client does to the others, for each row of the table of limits.',
  {
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
  'rows of the table; none: all',
);
const unknown = positionals.filter(name => !rows.some(row => row.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `bench:overload: there is no row ${unknown.join(', ')}; there are ${rows.map(row => row.name).join(', ')}.\n`,
  );
  process.exit(1);
}

const began = performance.now();
const say = (line: string) =>
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);

async function run(row: Row): Promise<Measured> {
  say(`${row.name}: ${row.mark}`);
  try {
    return await row.run(line => say(`  ${line}`));
  } catch (error) {
    say(`  ${(error as Error).stack}`);
    return { measured: `broke off: ${(error as Error).message.split('\n')[0]}`, passed: false };
  }
}

/** The rows clean up after themselves, and no other begins. */
let brokenOff = false;
using _watch = onBreakOff(() => {
  brokenOff = true;
});
const results: ({ control: string; mark: string } & Measured)[] = [];
for (const row of rows) {
  if (positionals.length > 0 && !positionals.includes(row.name)) continue;
  const { measured, passed } = await run(row);
  if (brokenOff) break;
  say(`  ${passed ? 'passed' : 'FAILED'}: ${measured}`);
  results.push({ control: row.name, mark: row.mark, measured, passed });
}
if (brokenOff) say('broken off');
else if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
else console.table(Object.fromEntries(results.map(({ control, ...rest }) => [control, rest])));
process.exitCode = brokenOff ? 130 : results.every(({ passed }) => passed) ? 0 : 1;
