// Files of an export as they are written and read: each with its digest, for their owner alone.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { readLines, unreadable } from '../formats/lines.ts';
import { canonical } from './canonical.ts';
import type { FileEntry } from './manifest.ts';

export interface LineFile {
  readonly lines: number;
  /** One line of canonical JSON. Waits while the disk is slow. */
  write(value: object): Promise<void>;
  /** When it is on its way to the disk. */
  close(): Promise<FileEntry>;
}

const openWrite = async (folder: string, name: string) => {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  return createWriteStream(file, { flags: 'wx', mode: 0o600 });
};

/** @throws CliError when it cannot be written */
export async function openLines(folder: string, name: string): Promise<LineFile> {
  const file = await openWrite(folder, name);
  const failed = once(file, 'error').then(([error]: Error[]) => {
    throw new CliError(`Cannot write ${name}: ${error?.message}`, { cause: error });
  });
  failed.catch(() => undefined);
  const hash = createHash('sha256');
  let lines = 0;
  let bytes = 0;
  return {
    get lines() {
      return lines;
    },
    async write(value) {
      const line = Buffer.from(`${canonical(value)}\n`);
      hash.update(line);
      lines++;
      bytes += line.length;
      if (!file.write(line)) await Promise.race([once(file, 'drain'), failed]);
    },
    async close() {
      file.end();
      await Promise.race([finished(file), failed]);
      return { path: name, bytes, sha256: hash.digest('hex') };
    },
  };
}

/** The bytes of a stream into a file. */
export async function writeBytes(
  folder: string,
  name: string,
  source: NodeJS.ReadableStream,
): Promise<FileEntry> {
  const hash = createHash('sha256');
  let bytes = 0;
  const tally = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(source, tally, await openWrite(folder, name));
  return { path: name, bytes, sha256: hash.digest('hex') };
}

/** Digest and size of a file as it lies there. @throws CliError when it cannot be read */
export async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file)) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The lines of a file, each as the schema has it. @throws CliError that names the file and the line */
export async function* readValues<T>(folder: string, name: string, schema: z.ZodType<T>): AsyncGenerator<T> {
  let number = 0;
  for await (const line of readLines(path.join(folder, name))) {
    number++;
    const parsed = z
      .string()
      .transform((text, context) => {
        try {
          return JSON.parse(text) as unknown;
        } catch {
          context.addIssue({ code: 'custom', message: 'is not JSON' });
          return z.NEVER;
        }
      })
      .pipe(schema)
      .safeParse(line);
    if (parsed.success) yield parsed.data;
    else throw new CliError(`${name}:${number} is not as it should be: ${parsed.error.issues[0]?.message}.`);
  }
}
