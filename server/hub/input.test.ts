import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { messageText } from '#shared/protocol/primitives.ts';
import { refusal } from '../testing/refusal.ts';
import { parseInput } from './input.ts';

const test = suite('hub/input');
const schema = z.object({ text: messageText, count: z.number().optional(), rest: z.unknown().optional() });

const refused = (input: unknown) => refusal(Promise.try(() => parseInput(schema, input)));

test('keys that the schema does not know are left out (attack 20)', async () => {
  assert.equal(parseInput(schema, { text: 'hi', role: 'admin', seq: 1 }), { text: 'hi' });
});

test('a refusal says where and why, and does not repeat the value', async () => {
  const error = await refused({ text: 'hi', count: 'a secret' });
  assert.is(error.code, 'bad_request');
  assert.match(error.message, /^count: /);
  assert.not.match(JSON.stringify(error.toWire()), /a secret/);
  assert.is((await refused({})).message, 'text: is missing');
});

test('a text that is too long is too_large', async () =>
  assert.is((await refused({ text: 'x'.repeat(16_385) })).code, 'too_large'));

test('keys that reach for a prototype are refused at any depth, prototypes stay as they are (attack 20)', async () => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    for (const wrap of [
      (inner: string) => inner,
      (inner: string) => `{"text":"hi","rest":[{"a":${inner}}]}`,
    ]) {
      const error = await refused(JSON.parse(wrap(`{"${key}":{"polluted":true}}`)));
      assert.is(error.code, 'bad_request');
      assert.match(error.message, key);
    }
  }
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
});

test('nesting as deep as a packet allows is refused without running out of stack', async () => {
  const error = await refused({ text: 'hi', rest: JSON.parse('['.repeat(30_000) + ']'.repeat(30_000)) });
  assert.match(error.message, /nested/);
});

test.run();
