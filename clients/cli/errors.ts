// What ends a command: one clear line for people, and an exit code for scripts.
import { z } from 'zod';
import { CallError } from '../js/errors.ts';

/** Its message is the one line that people see. */
export class CliError extends Error {
  override name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

/** Any error as one line. */
export function explain(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (error instanceof CallError && error.code === 'forbidden' && /join/i.test(error.message))
    return `${error.message} (court room join ROOM)`;
  if (error instanceof Error) return oneLine(error.message || (error instanceof CliError ? '' : error.name));
  return oneLine(String(error));
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();
