// `court download`: a file, or all of a message, to where one stands. What was interrupted goes on; what is there is not written over.
import { createWriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { bytesWords } from '../../../shared/file-words.ts';
import { roomId, uuid } from '../../../shared/protocol/primitives.ts';
import type { Court, File } from '../../js/index.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { CliError } from '../errors.ts';
import { examples } from '../options.ts';
import { printableLine } from '../terminal.ts';

/** Cut so often without a byte more, it is given up. */
const MOST_CUTS = 5;

export function downloadCommand(context: Context): Command {
  return new Command('download')
    .description('get a file, or all files of a message; once more goes on where it was interrupted')
    .argument('<what>', 'id of a file, or a message as ROOM#SEQ (see court files, court search)')
    .option('-o, --output <path>', 'file or folder to write to; "-" is stdout')
    .option('--force', 'write over what is there')
    .addHelpText(
      'after',
      examples(
        'court download 0d4c1f6e-6a2b-4a53-9f7e-2f1f3f0d9a11',
        'court download garden#412 -o pictures/',
        'court download 0d4c1f6e-6a2b-4a53-9f7e-2f1f3f0d9a11 -o - | tar t',
      ),
    )
    .action(async (what: string, options: { output?: string; force?: boolean }) => {
      await using court = await openCourt(await context.session(), context.signal);
      const files = await find(court, what, context.signal);
      const { output } = options;
      const isFolder =
        output !== undefined && output !== '-' && (await sizeAt(output, 'folder')) !== undefined;
      if (files.length > 1 && output !== undefined && !isFolder)
        throw new CliError(`There are ${files.length} files: name a folder that is there with -o.`);
      for (const file of files) {
        if (output === '-') await toStdout(court, file, context);
        else
          await toFile(
            court,
            file,
            isFolder || !output ? path.join(output ?? '.', safeName(file.name)) : output,
            context,
            options.force,
          );
      }
    });
}

async function find(court: Court, what: string, signal: AbortSignal): Promise<File[]> {
  const file = uuid.safeParse(what);
  if (file.success) return [(await court.call('file:get', { file: file.data }, { signal })).file];
  const [, room = '', seq = ''] = /^([^#]+)#(\d+)$/.exec(what) ?? [];
  if (!roomId.safeParse(room).success)
    throw new CliError(`"${what}" is neither the id of a file nor a message such as garden#412.`);
  const { messages } = await court.call('messages:read', { room, around: Number(seq), limit: 3 }, { signal });
  const message = messages.find(one => one.seq === Number(seq));
  if (!message) throw new CliError(`There is no message ${what}.`);
  if (message.files.length === 0) throw new CliError(`The message ${what} has no files.`);
  return message.files;
}

async function toStdout(court: Court, { id }: File, { terminal, signal }: Context): Promise<void> {
  const { body } = await court.fetchFile(id, { signal });
  if (body) await pipeline(Readable.fromWeb(body as never), terminal.stdout, { end: false, signal });
}

async function toFile(
  court: Court,
  file: File,
  target: string,
  context: Context,
  force = false,
): Promise<void> {
  const { terminal, signal } = context;
  if (!force && (await sizeAt(target, 'file')) !== undefined)
    throw new CliError(
      `${target} is there already. Name another place with -o, or write over it with --force.`,
    );
  // What a file holds never changes, so its id says that a part belongs to it.
  const part = `${target}.${file.id.slice(0, 8)}.part`;
  using bar = terminal.progress(printableLine(path.basename(target)), file.size, bytesWords);
  let [has, cuts] = [(await sizeAt(part, 'file')) ?? 0, 0];
  if (has > file.size) has = 0;
  while (has < file.size || has === 0) {
    const before = has;
    try {
      const { body, status } = await court.fetchFile(file.id, { from: has, signal });
      if (status !== 206) has = 0;
      const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          has += chunk.length;
          bar.set(has);
          yield chunk;
        }
      };
      const out = createWriteStream(part, { flags: has > 0 ? 'a' : 'w' });
      await pipeline(body ? Readable.fromWeb(body as never) : Readable.from([]), counted, out, { signal });
      if (file.size === 0) break;
    } catch (error) {
      has = (await sizeAt(part, 'file')) ?? 0;
      cuts = has > before ? 0 : cuts + 1;
      if (signal.aborted || cuts >= MOST_CUTS || !isCut(error)) throw error;
    }
  }
  await rename(part, target);
  bar[Symbol.dispose]();
  await terminal.result({ ...file, path: target }, `${printableLine(target)}  ${bytesWords(file.size)}`);
}

/** The way broke, or the hub was away; all else will not change by asking again. */
const isCut = (error: unknown): boolean => {
  const { code, name } = error as { code?: string; name?: string };
  return (
    code === 'unavailable' ||
    name === 'TypeError' ||
    code?.startsWith('ECONN') === true ||
    code?.startsWith('UND_') === true
  );
};

/** Bytes of a file, 0 of a folder; undefined: no such thing is there. */
async function sizeAt(name: string, kind: 'file' | 'folder'): Promise<number | undefined> {
  const found = await stat(name).catch(() => undefined);
  if (kind === 'folder') return found?.isDirectory() ? 0 : undefined;
  return found?.isFile() ? found.size : undefined;
}

/** The hub keeps paths out of names; a name that hides itself does not. */
const safeName = (name: string): string => path.basename(name).replace(/^\.+/, '_') || 'file';
