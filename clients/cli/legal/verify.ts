// Holds a legal export against its own manifest: every file and no other, byte for byte, and every log dense.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { readLines } from '../formats/lines.ts';
import type { Terminal } from '../terminal.ts';
import { digestOf, readValues } from './folder.ts';
import {
  entryLine,
  fileLine,
  MANIFEST,
  type Manifest,
  manifest,
  peopleLine,
  personLine,
  roomFile,
} from './manifest.ts';

export interface Verified {
  readonly manifest: Manifest;
  /** Empty: all is as it was written. */
  readonly problems: readonly string[];
}

/** @throws CliError when there is no manifest that can be read */
export async function verifyExport(
  folder: string,
  terminal: Pick<Terminal, 'progress' | 'signal'>,
): Promise<Verified> {
  const told = await readManifest(folder);
  const problems: string[] = [];
  const check = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      problems.push(error.message);
    }
  };
  using progress = terminal.progress('Verifying', told.files.length);
  let done = 0;
  for (const { path: name, bytes, sha256 } of told.files) {
    terminal.signal.throwIfAborted();
    await check(async () => {
      const found = await digestOf(path.join(folder, name));
      if (found.sha256 !== sha256)
        throw new CliError(`${name} is not what was written (${found.bytes} bytes, ${bytes} expected).`);
    });
    progress.set(++done);
  }
  const listed = new Map(told.files.map(file => [file.path, file]));
  for (const name of await everyFile(folder))
    if (!listed.has(name)) problems.push(`${name} is not in the manifest.`);
  for (const name of ['people.jsonl', 'audit.jsonl'])
    if (!listed.has(name)) problems.push(`${name} is missing.`);

  const people = new Set<string>();
  await check(async () => {
    for await (const { id } of readValues(folder, 'people.jsonl', personLine)) people.add(id);
  });
  const known = (user: string, where: string) => {
    if (!people.has(user)) throw new CliError(`${where} names "${user}", who is not in people.jsonl.`);
  };
  for (const room of told.rooms) {
    const { id, sha256, entries, head } = room;
    const log = roomFile(id, 'log');
    if (listed.get(log)?.sha256 !== sha256)
      problems.push(`${log} is not the log that the manifest tells of.`);
    await check(async () => {
      let count = 0;
      let last = 0;
      for await (const { seq, by } of readValues(folder, log, entryLine)) {
        count++;
        if (told.whole ? seq !== last + 1 : seq <= last)
          throw new CliError(`${log}: entry ${seq} does not follow entry ${last}.`);
        last = seq;
        known(by, log);
      }
      if (count !== entries || (told.whole && last !== head))
        throw new CliError(`${log} has ${count} entries up to ${last}, not ${entries} up to ${head}.`);
    });
    await check(async () => {
      for await (const { user } of readValues(folder, roomFile(id, 'members'), peopleLine))
        known(user, roomFile(id, 'members'));
      for await (const line of readValues(folder, roomFile(id, 'files'), fileLine))
        if (line.bytes && !listed.has(`files/${line.file.id}`))
          throw new CliError(`The bytes of ${line.file.id} are missing.`);
    });
  }
  return { manifest: told, problems };
}

async function readManifest(folder: string): Promise<Manifest> {
  let text = '';
  for await (const line of readLines(path.join(folder, MANIFEST))) text += `${line}\n`;
  const parsed = manifest.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw new CliError(
    `${path.join(folder, MANIFEST)} is not the manifest of a legal export: ${z.prettifyError(parsed.error)}`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function everyFile(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter(entry => !entry.isDirectory())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter(name => name !== MANIFEST);
}
