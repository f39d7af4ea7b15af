// The logs of a help channel as lines of a summary: "[07:35] <nick> text". Joins, parts and actions are left out.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface ChannelLine {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

export const channelFolder = path.join(import.meta.dirname, '../../../shared/data/irc');

/** The logs in the order of their names, each by its name; undefined when the folder is not there. */
export async function readChannel(
  folder: string = channelFolder,
): Promise<Map<string, ChannelLine[]> | undefined> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!names) return undefined;
  const logs = new Map<string, ChannelLine[]>();
  for (const name of names.filter(name => /^[\d_-]+\.txt$/.test(name)).sort()) {
    const log = name.slice(0, -4);
    logs.set(log, parse(log, await readFile(path.join(folder, name), 'utf8')));
  }
  return logs;
}

function parse(log: string, text: string): ChannelLine[] {
  return text.split('\n').flatMap((line, index) => {
    const [, time, by, said] = /^\[(\d\d:\d\d)\] <([^>]+)> (.+)$/.exec(line) ?? [];
    return time && by && said
      ? [{ id: `${log}:${index}`, at: `${log.slice(0, 10)}T${time}:00Z`, by, text: said }]
      : [];
  });
}
