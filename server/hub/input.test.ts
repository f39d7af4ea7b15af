import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { messageText } from '#shared/protocol/primitives.ts';
import type { HubError } from './errors.ts';
import { parseInput } from './input.ts';

const test = suite('hub/input');
const schema = z.object({ text: messageText, count: z.number().optional(), rest: z.unknown().optional() });

function refusal(input: unknown): HubError {
  try {
    parseInput(schema, input);
  } catch (error) {
    return error as HubError;
  }
  throw new Error('was accepted');
}

test('keys that the schema does not know are left out (attack 20)', () => {
  assert.equal(parseInput(schema, { text: 'hi', role: 'admin', seq: 1 }), { text: 'hi' });
});

test('a refusal says where and why, and does not repeat the value', () => {
  const error = refusal({ text: 'hi', count: 'a secret' });
  assert.is(error.code, 'bad_request');
  assert.match(error.message, /^count: /);
  assert.not.match(JSON.stringify(error.toWire()), /a secret/);
  assert.is(refusal({}).message, 'text: is missing');
});

test('a text that is too long is too_large', () =>
  assert.is(refusal({ text: 'x'.repeat(16_385) }).code, 'too_large'));

test('keys that reach for a prototype are refused at any depth, prototypes stay as they are (attack 20)', () => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    for (const wrap of [
      (inner: string) => inner,
      (inner: string) => `{"text":"hi","rest":[{"a":${inner}}]}`,
    ]) {
      const error = refusal(JSON.parse(wrap(`{"${key}":{"polluted":true}}`)));
      assert.is(error.code, 'bad_request');
      assert.match(error.message, key);
    }
  }
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
});

test('nesting as deep as a packet allows is refused without running out of stack', () => {
  const error = refusal({ text: 'hi', rest: JSON.parse('['.repeat(30_000) + ']'.repeat(30_000)) });
  assert.match(error.message, /nested/);
});

test.run();
