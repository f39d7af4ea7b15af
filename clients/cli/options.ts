// What options mean: checked where they are typed, so that a mistake is told in the words of the command line.
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import * as p from '../../shared/protocol/primitives.ts';

/** Examples under a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map(line => `  ${line}`).join('\n')}`;
}

/** An argument that a schema of the protocol decides on. */
export function parsed<T>(schema: z.ZodType<T>): (text: string) => T {
  return text => {
    const result = schema.safeParse(text);
    if (result.success) return result.data;
    throw new InvalidArgumentError(`It ${result.error.issues[0]?.message}.`);
  };
}

export const roomArgument = parsed(p.roomId);

/** @throws InvalidArgumentError when it is not a whole number of at least `min` */
export function wholeNumber(min: number): (text: string) => number {
  return text => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min) return number;
    throw new InvalidArgumentError(`It is not a whole number of at least ${min}.`);
  };
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90`, `90s`, `15m`, `12h`, `30d` in seconds. */
export function duration(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNITS[unit || 's'] ?? 1);
  if (amount !== undefined && seconds > 0) return seconds;
  throw new InvalidArgumentError('It is not a duration such as 90s, 15m, 12h or 30d.');
}

/** A time, or how long from now, as an ISO time. */
export function moment(text: string): string {
  if (/^\d+[smhd]?$/.test(text)) return new Date(Date.now() + duration(text) * 1000).toISOString();
  const at = instant(text);
  if (at === undefined) throw new InvalidArgumentError('It is neither a time nor a duration such as 2h.');
  return at;
}

/** In UTC; undefined: it is no time. */
function instant(text: string): string | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** `2`, `0.5`, `10x` or `max`, which is no waiting at all. */
export function speed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const factor = Number(text.replace(/x$/, ''));
  if (factor > 0 && Number.isFinite(factor)) return factor;
  throw new InvalidArgumentError('It is not a factor such as 1, 60 or max.');
}

/** For an option that may be given several times. */
export const several =
  <T>(one: (text: string) => T) =>
  (text: string, before: readonly T[] = []): T[] => [...before, one(text)];

/** Any time that can be told, such as `2026-01-31` or `2026-01-31T12:00Z`, in ISO 8601. */
export function time(text: string): string {
  const at = instant(text);
  if (at !== undefined) return at;
  throw new InvalidArgumentError('It is not a time such as 2026-01-31 or 2026-01-31T12:00Z.');
}

/** `YYYY-MM-DD` */
export function day(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('It is not a day such as 2004-11-15.');
}
