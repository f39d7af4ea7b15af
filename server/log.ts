// The hub's log: JSON lines to standard output, or readable ones on a developer's terminal. What is secret or private is struck out
// wherever it stands in a field.
import { type DestinationStream, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Config } from './config.ts';
import type { Log } from './hub/ports.ts';

const PRIVATE = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'accesstoken',
  'refreshtoken',
  'password',
  'secret',
  'jwtsecret',
  'encryptionkey',
  'text',
]);
const DEPTH = 6;

/** @param out where lines go; standard output unless a test listens */
export function createLog(
  { logLevel, environment, nodeName }: Pick<Config, 'logLevel' | 'environment' | 'nodeName'>,
  out: DestinationStream & { isTTY?: boolean } = process.stdout,
): Log {
  const readable = environment === 'development' && out.isTTY === true;
  const target = readable ? prettyStream(out) : out;
  return pino(
    {
      level: logLevel,
      base: readable ? null : { node: nodeName },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => error },
      formatters: { level: label => ({ level: label }), log: strike },
    },
    target,
  ) as Log;
}

/** In this process, not in a worker thread: what is logged last is still written when the process ends. */
function prettyStream(out: DestinationStream): DestinationStream {
  const pretty = prettyFactory({
    colorize: true,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    ignore: 'pid,hostname',
  });
  return { write: line => void out.write(pretty(visible(line))) };
}

/** Control characters of others stay escaped: a terminal would obey them. Line breaks of a stack are ours. */
function visible(line: string): string {
  return line.replace(/\\\\|\\(?=u00[01]|[rbf])/g, '\\\\');
}

/** A copy without private values. Field names alone decide, so that a new place in the code cannot forget it. */
function strike(fields: Record<string, unknown>): Record<string, unknown> {
  return struck(fields, DEPTH) as Record<string, unknown>;
}

function struck(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.map(item => struck(item, depth - 1));
  if (value instanceof Date || Buffer.isBuffer(value))
    return Buffer.isBuffer(value) ? `<${value.length} bytes>` : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      PRIVATE.has(name.toLowerCase().replaceAll('_', '')) ? '<private>' : struck(item, depth - 1),
    ]),
  );
}

function describeError(error: Error, depth: number): object {
  const { cause, message, stack, name, ...rest } = error;
  return {
    type: name,
    message,
    stack,
    ...(struck({ ...rest }, depth) as object),
    ...(cause === undefined || depth === 0 ? {} : { cause: struck(cause, depth - 1) }),
  };
}
