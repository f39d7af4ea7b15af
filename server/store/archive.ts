// The file of a backup: gzip'ed text, one stretch of COPY lines per table, and a manifest as its last line, so that a file that was cut
// off or changed is known before anything of it is used. `zcat` shows it, and `psql` understands each stretch.
//
//     First Court backup 1
//     copy rooms (id, title, …) from stdin;
//     …one line per row…
//     \.
//     {"at": …, "schema": …, "tables": [{"name", "columns", "rows", "sha256"}]}
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { BackupError } from './backup-error.ts';

const MAGIC = 'First Court backup 1';
const END = '\\.';
const LF = 10;

const name = z.string().regex(/^[a-z_][a-z0-9_]*$/);
const tableSchema = z.object({
  name,
  columns: z.array(name).min(1),
  rows: z.int().nonnegative(),
  sha256: z.hex().length(64),
});
const manifestSchema = z.object({
  /** ISO 8601, by the database's clock: what was committed before it is in the backup. */
  at: z.iso.datetime(),
  schema: z.object({ version: z.int().positive(), name, checksum: z.hex().length(64) }),
  tables: z.array(tableSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;
type Table = Manifest['tables'][number];

/** What a backup is made of, in order. */
export type Piece =
  | { readonly kind: 'table'; readonly name: string; readonly columns: readonly string[] }
  /** Whole lines. */
  | { readonly kind: 'rows'; readonly lines: Buffer }
  | { readonly kind: 'end' }
  | { readonly kind: 'manifest'; readonly manifest: Manifest };

/** Counts and hashes a table's lines. */
export function createTally() {
  const hash = createHash('sha256');
  let rows = 0;
  return {
    add(lines: Buffer): void {
      hash.update(lines);
      rows += countLines(lines);
    },
    get rows(): number {
      return rows;
    },
    digest: () => ({ rows, sha256: hash.digest('hex') }),
  };
}

export function countLines(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(LF); at >= 0; at = lines.indexOf(LF, at + 1)) count++;
  return count;
}

export const copySql = (table: string, columns: readonly string[]): string =>
  `copy ${table} (${columns.map(column => `"${column}"`).join(', ')}) from stdin`;

/** The text of the file. */
export async function* writeArchive(pieces: AsyncIterable<Piece>): AsyncGenerator<string | Buffer> {
  yield `${MAGIC}\n`;
  for await (const piece of pieces) {
    if (piece.kind === 'table') yield `${copySql(piece.name, piece.columns)};\n`;
    else if (piece.kind === 'rows') yield piece.lines;
    else if (piece.kind === 'end') yield `${END}\n`;
    else yield `${JSON.stringify(piece.manifest)}\n`;
  }
}

/** @throws BackupError when it is no backup, or not a whole one */
export async function* readArchive(file: string): AsyncGenerator<Piece> {
  let state: 'start' | 'between' | 'rows' | 'done' = 'start';
  for await (const lines of wholeLines(file)) {
    for (let from = 0; from < lines.length; ) {
      if (state === 'rows') {
        const end = endOfRows(lines, from);
        const rows = lines.subarray(from, end ?? lines.length);
        if (rows.length > 0) yield { kind: 'rows', lines: rows };
        if (end === undefined) break;
        yield { kind: 'end' };
        state = 'between';
        from = end + END.length + 1;
        continue;
      }
      const line = lines.toString('utf8', from, lines.indexOf(LF, from));
      from += Buffer.byteLength(line) + 1;
      if (state === 'start') {
        if (line !== MAGIC) throw new BackupError(`${file} is not a backup of First Court.`);
        state = 'between';
      } else if (state === 'between' && line.startsWith('{')) {
        yield { kind: 'manifest', manifest: parseManifest(line, file) };
        state = 'done';
      } else {
        const [, table, columns] = /^copy ([a-z0-9_]+) \((.+)\) from stdin;$/.exec(line) ?? [];
        if (state === 'done' || table === undefined || columns === undefined) throw broken(file);
        yield { kind: 'table', name: table, columns: columns.split(', ').map(one => one.slice(1, -1)) };
        state = 'rows';
      }
    }
  }
  if (state !== 'done') throw broken(file, 'it ends before its manifest');
}

/**
 * Reads all of it and holds it against its own manifest.
 * @throws BackupError when one byte of it is not what was written
 */
export async function verifyArchive(file: string): Promise<Manifest> {
  const found: Table[] = [];
  let open: (Pick<Table, 'name' | 'columns'> & { tally: ReturnType<typeof createTally> }) | undefined;
  let manifest: Manifest | undefined;
  for await (const piece of readArchive(file)) {
    if (piece.kind === 'table')
      open = { name: piece.name, columns: [...piece.columns], tally: createTally() };
    else if (piece.kind === 'rows') open?.tally.add(piece.lines);
    else if (piece.kind === 'manifest') manifest = piece.manifest;
    else if (open) found.push({ name: open.name, columns: open.columns, ...open.tally.digest() });
  }
  if (!manifest) throw broken(file);
  for (const [i, table] of manifest.tables.entries()) {
    if (JSON.stringify(found[i]) !== JSON.stringify(table))
      throw broken(file, `the rows of ${table.name} are not those that were written`);
  }
  if (found.length !== manifest.tables.length) throw broken(file);
  return manifest;
}

/** Where the line that ends the rows begins. */
function endOfRows(lines: Buffer, from: number): number | undefined {
  const mark = `${END}\n`;
  for (let at = lines.indexOf(mark, from); at >= 0; at = lines.indexOf(mark, at + 1)) {
    if (at === from || lines[at - 1] === LF) return at;
  }
  return undefined;
}

async function* wholeLines(file: string): AsyncGenerator<Buffer> {
  const text = createGunzip();
  // Errors of either come out where `text` is read.
  pipeline(createReadStream(file), text, () => {});
  let rest: Buffer[] = [];
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(LF) + 1;
      if (end > 0) yield Buffer.concat([...rest, chunk.subarray(0, end)]);
      if (end > 0) rest = [];
      if (end < chunk.length) rest.push(chunk.subarray(end));
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw error;
    throw code === 'Z_DATA_ERROR' && message.includes('header')
      ? new BackupError(`${file} is not a backup of First Court.`)
      : broken(file, message);
  }
  if (rest.length > 0) throw broken(file);
}

function parseManifest(line: string, file: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(line));
  } catch {
    throw broken(file, 'its manifest cannot be read');
  }
}

const broken = (file: string, why = 'it is not in the order it was written in') =>
  new BackupError(`${file} is broken or not whole: ${why}. Nothing was changed.`);
