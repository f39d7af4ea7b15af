import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HubError } from '../hub/errors.ts';
import { createArgon2 } from './argon2.ts';

const test = suite('auth/argon2');
const hasher = createArgon2();

test('passwords become argon2id hashes of 19 MiB and two passes, each with a salt of its own', async () => {
  const [one, two] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$[\w+/]{43}$/);
  assert.is.not(one, two);
});

test('only the right password fits, also with letters beyond ASCII', async () => {
  const stored = await hasher.hash('pass wörd 語 🔑');
  assert.ok(await hasher.verify(stored, 'pass wörd 語 🔑'));
  assert.not(await hasher.verify(stored, 'pass word 語 🔑'));
  assert.not(await hasher.verify(stored, ''));
});

test('an unknown user costs the time of a known one', async () => {
  const stored = await hasher.hash('correct horse');
  const took = async (hash: string | undefined) => {
    const began = performance.now();
    await hasher.verify(hash, 'wrong');
    return performance.now() - began;
  };
  // In turns: what else the machine does slows down both.
  const times: [known: number, unknown: number][] = [];
  for (let n = 0; n < 9; n++) times.push([await took(stored), await took(undefined)]);
  const median = (of: 0 | 1) => times.map(pair => pair[of]).sort((a, b) => a - b)[4] as number;
  const [known, unknown] = [median(0), median(1)];
  assert.ok(unknown > known / 3 && unknown < known * 3, `${known} ms and ${unknown} ms`);
});

test('a flood is turned away with a hint before it fills memory, and the door opens again', async () => {
  const results = await Promise.allSettled(Array.from({ length: 150 }, () => hasher.hash('flood')));
  const refused = results
    .filter(result => result.status === 'rejected')
    .map(result => result.reason as HubError);
  assert.is(refused.length, 50);
  assert.ok(refused.every(error => error.code === 'unavailable' && (error.retryAfterMs ?? 0) > 0));
  assert.ok(await hasher.hash('afterwards'));
});

test.run();
