// time limit: 180 s
// The small chaos run: three real hubs, a real database, real faults, and no promise broken (I1-I13, I15, I16).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('chaos/smoke');
/** Always the same plan, so that a failure here is the change's and not the day's. */
const SEED = '1';

test('6,000 sends through three hubs and a few faults of every kind: nothing lost, doubled, out of order or leaked', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'first-court-smoke-'));
  try {
    const args = [path.join(import.meta.dirname, 'run.ts'), '--smoke', '--seed', SEED, '--out', folder];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => (output += text));
    const [code] = await once(child, 'close');
    assert.is(code, 0, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
