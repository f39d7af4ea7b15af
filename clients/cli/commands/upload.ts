// `court upload`: files into a room, as one message. The same command again goes on where the last one stopped.
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { bytesWords } from '../../../shared/file-words.ts';
import { messageText } from '../../../shared/protocol/primitives.ts';
import type { Court, Upload } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { CliError } from '../errors.ts';
import { examples, parsed, roomArgument } from '../options.ts';
import { printableLine, type Terminal } from '../terminal.ts';
import { uploadRecord } from '../upload-record.ts';

interface Options {
  room: string;
  text?: string;
}

/** What one message may name. */
const MOST = 20;

interface Local {
  path: string;
  size: number;
  mtimeMs: number;
}

export function uploadCommand(context: Context): Command {
  return new Command('upload')
    .description('share files in a room; once more goes on where it was interrupted')
    .argument('<file...>', 'paths of files')
    .requiredOption('--room <room>', 'where to', roomArgument)
    .option('--text <text>', 'what to say with them', parsed(messageText))
    .addHelpText(
      'after',
      examples(
        'court upload plan.pdf --room garden',
        'court upload *.jpg --room garden --text "From this morning"',
        'court upload backup.tar --room builds --json | jq -r .id',
      ),
    )
    .action(async (paths: string[], { room, text = '' }: Options) => {
      if (paths.length > MOST)
        throw new CliError(`A message takes at most ${MOST} files, and these are ${paths.length}.`);
      const locals = await Promise.all(paths.map(look));
      const { signal, terminal } = context;
      const uploads = uploadRecord(path.dirname(context.credentials.file));
      await using court = await openCourt(await context.session(), signal, { uploads });
      await court.call('room:join', { room }, { signal });
      await court.call('room:leave', { room }, { signal });
      const most = court.welcome?.limits.fileBytes ?? Number.POSITIVE_INFINITY;
      for (const { path: name, size } of locals)
        if (size > most)
          throw new CliError(
            `${name} has ${bytesWords(size)}. The hub takes files up to ${bytesWords(most)}.`,
          );
      const done: Upload[] = [];
      for (const local of locals) done.push(await send(court, room, local, context));
      const files = done.map(upload => upload.id!);
      const { id, seq, at } = await court.room(room).send(text, { files }).done;
      await terminal.result({ id, seq, at, files }, said(done.length, room, terminal));
    });
}

async function look(name: string): Promise<Local> {
  const found = await stat(name).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(
      error.code === 'ENOENT' ? `There is no file ${name}.` : `Cannot read ${name}: ${error.code}.`,
    );
  });
  if (!found.isFile()) throw new CliError(`${name} is not a file.`);
  return { path: name, size: found.size, mtimeMs: found.mtimeMs };
}

async function send(
  court: Court,
  room: string,
  local: Local,
  { terminal, signal }: Context,
): Promise<Upload> {
  const name = path.basename(local.path);
  using bar = terminal.progress(printableLine(name), local.size, bytesWords);
  const upload = court.room(room).upload(await openAsBlob(local.path), {
    name,
    fingerprint: `${path.resolve(local.path)} ${local.size} ${local.mtimeMs}`,
    onProgress: sent => bar.set(sent),
    signal,
  });
  const file = await upload.done;
  bar[Symbol.dispose]();
  await terminal.result(
    file,
    `${printableLine(file.name)}  ${bytesWords(file.size)}  ${file.type}  ${file.id}`,
  );
  return upload;
}

const said = (count: number, room: string, { style }: Terminal): string =>
  style('dim', `${count === 1 ? 'Shared' : `${count} files shared`} in ${room}.`);
