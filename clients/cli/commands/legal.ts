// `court export --legal`, `--verify`, and `court import --legal`: the records of a hub for the law, out and in again.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type OpenedBlobs, openBlobs } from '../../../server/blobs/open.ts';
import { loadSecrets, loadStorage } from '../../../server/config.ts';
import { createLegalStore, type Part } from '../../../server/store/queries/legal.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { unreadable } from '../formats/lines.ts';
import { writeExport } from '../legal/export.ts';
import { readExport } from '../legal/import.ts';
import { MANIFEST, type Manifest } from '../legal/manifest.ts';
import { verifyExport } from '../legal/verify.ts';
import { openOperatorStore, operatorConfig } from '../operator.ts';

export interface LegalWish {
  out: string;
  by: string;
  part: Part;
  /** With the bytes of files. */
  files: boolean;
}

export async function exportLegal(context: Context, { out, by, part, files }: LegalWish): Promise<void> {
  await refuseFull(out);
  const partial = `${out}.partial`;
  // Of an export that was cut off.
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    await using parts = new AsyncDisposableStack();
    const db = parts.use(await openOperatorStore(context));
    const blobs = files ? parts.use(await storage(context)) : undefined;
    const { terminal } = context;
    const manifest = await writeExport(createLegalStore(db), partial, { by, part, blobs, terminal });
    await writeFile(path.join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, {
      mode: 0o600,
      flush: true,
    });
    // An empty folder may be there.
    await rm(out, { recursive: true, force: true });
    await rename(partial, out);
    await terminal.result({ folder: out, ...manifest }, () => describe(out, manifest));
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

function describe(out: string, { rooms, people, audit, files, whole }: Manifest): string {
  const entries = rooms.reduce((sum, room) => sum + room.entries, 0);
  return [
    `Wrote ${entries} entries of ${rooms.length} rooms, ${people} people and ${audit.lines} lines of the audit log into ${out} (${files.length} files).`,
    ...(whole ? [] : ['It holds parts of logs, and so cannot be imported.']),
    ...(audit.intact ? [] : ['The audit log was changed by somebody who can write into the database.']),
    `To check it: court export --verify ${out}`,
  ].join('\n');
}

export async function verifyLegal({ terminal }: Context, folder: string): Promise<void> {
  const { manifest, problems } = await verifyExport(folder, terminal);
  const { at, by, hub, rooms, files } = manifest;
  const entries = rooms.reduce((sum, room) => sum + room.entries, 0);
  const about = { folder, at, by, hub, rooms: rooms.length, entries, files: files.length };
  if (problems.length > 0) {
    if (terminal.json) await terminal.result({ ok: false, ...about, problems }, '');
    else for (const problem of problems) terminal.note(problem);
    throw new CliError(`${folder} is not what was exported at ${at}.`);
  }
  await terminal.result(
    { ok: true, ...about, problems },
    `All ${files.length} files are as they were written at ${at} for ${by}: ${entries} entries of ${rooms.length} rooms.`,
  );
}

export interface TakeIn {
  folder: string;
  by: string;
  renamed: ReadonlyMap<string, string>;
  admins: boolean;
  dryRun: boolean;
}

export async function importLegal(
  context: Context,
  { folder, by, renamed, admins, dryRun }: TakeIn,
): Promise<void> {
  const { terminal } = context;
  const { manifest, problems } = await verifyExport(folder, terminal);
  for (const problem of problems) terminal.note(problem);
  if (problems.length > 0) throw new CliError(`${folder} is not what was exported: nothing was imported.`);
  if (!manifest.whole)
    throw new CliError(
      `${folder} holds parts of logs (of some people, or of a time): only whole rooms can be imported.`,
    );
  const stranger = [...renamed.keys()].find(id => !manifest.rooms.some(room => room.id === id));
  if (stranger !== undefined) throw new CliError(`There is no room "${stranger}" in ${folder}.`);
  if (dryRun) {
    const entries = manifest.rooms.reduce((sum, room) => sum + room.entries, 0);
    const rooms = manifest.rooms.map(({ id }) => renamed.get(id) ?? id);
    await terminal.result(
      { dryRun, rooms, entries, people: manifest.people },
      `Would import ${entries} entries into ${rooms.length} rooms: ${rooms.join(', ')}.`,
    );
    return;
  }
  await using parts = new AsyncDisposableStack();
  const db = parts.use(await openOperatorStore(context));
  const blobs = parts.use(await storage(context));
  const done = await readExport(createLegalStore(db), folder, manifest, {
    by,
    renamed,
    admins,
    blobs,
    terminal,
  });
  const entries = done.rooms.reduce((sum, room) => sum + room.entries, 0);
  const there = done.rooms.filter(room => room.there).length;
  await terminal.result({ ...done, entries }, () =>
    [
      `Imported ${entries} entries into ${done.rooms.length - there} rooms, ${done.people} people and ${done.files} files.`,
      ...(there > 0 ? [`There already, as they are here: ${there} rooms.`] : []),
    ].join('\n'),
  );
}

async function storage(context: Context): Promise<OpenedBlobs> {
  const config = operatorConfig(context);
  const { encryptionKey } = config.filesEncrypted ? await loadSecrets(config) : {};
  return openBlobs(await loadStorage(config), { encryptionKey });
}

/** Nothing that is there is ever replaced. */
async function refuseFull(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new CliError(`${folder} is a file.`);
    throw unreadable(folder, error);
  });
  if (there.length > 0) throw new CliError(`There is something in ${folder} already. Name another folder.`);
}
