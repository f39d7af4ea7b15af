// What comes in from outside, made into what a schema promises, or refused with a sentence that says where and why. For both doors.
import type { z } from 'zod';
import { HubError } from './errors.ts';

const MAX_DEPTH = 32;
const HOSTILE = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * @param input parsed JSON
 * @throws HubError `bad_request`, or `too_large` where the schema says so; never with the refused value in it
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  refuseHostile(input);
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const details = result.error.issues.map(({ path, message, ...issue }) => ({
    path: path.join('.'),
    message: issue.code === 'invalid_type' && isMissing(input, path) ? 'is missing' : message,
  }));
  const tooLarge = result.error.issues.some(
    issue => issue.code === 'custom' && issue.params?.code === 'too_large',
  );
  const message = details.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  throw new HubError(tooLarge ? 'too_large' : 'bad_request', message, { details });
}

function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  let value = input;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value === undefined;
}

/** Keys that reach for a prototype, and nesting that only a machine writes (attack 20). */
function refuseHostile(input: unknown): void {
  const queue: { value: unknown; depth: number }[] = [{ value: input, depth: 0 }];
  for (let item = queue.pop(); item; item = queue.pop()) {
    const { value, depth } = item;
    if (typeof value !== 'object' || value === null) continue;
    if (ArrayBuffer.isView(value)) throw new HubError('bad_request', 'Binary data is not taken here.');
    if (depth >= MAX_DEPTH)
      throw new HubError('bad_request', `The input is nested more than ${MAX_DEPTH} levels deep.`);
    for (const key of Object.keys(value)) {
      if (HOSTILE.has(key)) throw new HubError('bad_request', `The key "${key}" is not allowed.`);
      queue.push({ value: (value as Record<string, unknown>)[key], depth: depth + 1 });
    }
  }
}
