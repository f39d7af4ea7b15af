import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createUploadPace } from './upload-pace.ts';

const test = suite('hub/upload-pace');
const MB = 1024 * 1024;

test('uploads have no bound in silence, one for all of them while people talk, and none again after it', () => {
  let now = 0;
  const pace = createUploadPace(() => now);
  for (let n = 0; n < 1000; n++) assert.is(pace.took(MB), 0);
  pace.talked();
  // Twenty uploads that wait as they are told, piece after piece, while somebody says something every second.
  const ready = Array.from({ length: 20 }, () => 0);
  let taken = 0;
  for (now = 0; now < 10_000; now++) {
    if (now % 1000 === 0) pace.talked();
    for (const [i, at] of ready.entries()) {
      if (at > now) continue;
      taken += 64 * 1024;
      ready[i] = now + pace.took(64 * 1024);
    }
  }
  const perSecond = taken / MB / 10;
  assert.ok(perSecond > 23 && perSecond < 26, `${perSecond} MB/s`);
  now += 3000;
  for (let n = 0; n < 1000; n++) assert.is(pace.took(MB), 0);
});

test.run();
