// Samples for the tests of the readers: files in a folder of their own, and all that a reader yields.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Entry, type Findings, newFindings, type Source } from './entry.ts';

export interface Folder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file, folders on the way included, and returns where it is. Objects are written as JSON. */
  write(name: string, content: string | Uint8Array | object): Promise<string>;
}

export async function openFolder(): Promise<Folder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'court-'));
  return {
    path: folder,
    async write(name, content) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      const raw = typeof content === 'string' || content instanceof Uint8Array;
      await writeFile(file, raw ? content : JSON.stringify(content));
      return file;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function readAll(source: Source): Promise<{ entries: Entry[]; findings: Findings }> {
  const findings = newFindings();
  return { entries: await Array.fromAsync(source(findings)), findings };
}

/** An entry in short: who, what, and the text or the person. */
export function brief({ by, type, data }: Entry): string {
  const what = 'text' in data ? data.text : 'emoji' in data ? data.emoji : 'user' in data ? data.user : '';
  return `${by} ${type} ${what}`;
}
