// Secrets at rest: unreadable, and good for nothing but the row that they stand in (attack 29).
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HubError } from '../hub/errors.ts';
import { createSealer } from './sealer.ts';

const test = suite('sealer');
const sealer = createSealer(randomBytes(32));
const secret = 'canary: a refresh token, ⚖️';

test('what was sealed opens again, and every box of it is another one', () => {
  const boxes = [1, 2].map(() => sealer.seal(secret, 'slack:ada'));
  assert.is.not(boxes[0]?.box, boxes[1]?.box);
  for (const box of boxes) {
    assert.is(sealer.open(box, 'slack:ada'), secret);
    assert.not.match(Buffer.from(box.box, 'base64').toString('latin1'), 'canary');
  }
});

test('a box that was moved to another owner or vendor does not open (attack 29)', () => {
  const box = sealer.seal(secret, 'slack:ada');
  for (const context of ['slack:eve', 'google:ada', '']) assert.throws(() => sealer.open(box, context));
});

test('a box with one bit changed, or cut short, does not open', () => {
  const { keyId, box } = sealer.seal(secret, 'slack:ada');
  const bytes = Buffer.from(box, 'base64');
  for (const at of [0, 12, 28, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    assert.throws(() => sealer.open({ keyId, box: changed.toString('base64') }, 'slack:ada'));
  }
  for (const length of [0, 12, 20, 28])
    assert.throws(() =>
      sealer.open({ keyId, box: bytes.subarray(0, length).toString('base64') }, 'slack:ada'),
    );
});

test('under another key the operator is told which key it was', () => {
  const sealed = sealer.seal(secret, 'slack:ada');
  try {
    createSealer(randomBytes(32)).open(sealed, 'slack:ada');
    assert.unreachable('opened with another key');
  } catch (error) {
    assert.instance(error, HubError);
    assert.match((error as Error).message, sealed.keyId);
  }
});

test.run();
