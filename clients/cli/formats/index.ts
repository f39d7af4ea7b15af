// The formats that can be imported and replayed, by name.
import { CliError } from '../errors.ts';
import type { Source } from './entry.ts';
import { ircSource } from './irc.ts';
import { jsonlSource } from './jsonl.ts';
import { slackSource } from './slack.ts';

export const formats = ['irc', 'slack', 'jsonl'] as const;
export type Format = (typeof formats)[number];

export interface SourceOptions {
  format: Format;
  /** Where it goes; ids are made from it. */
  room: string;
  date?: string | undefined;
  channel?: string | undefined;
}

export function openSource(files: readonly string[], { format, room, date, channel }: SourceOptions): Source {
  if (date !== undefined && files.length > 1) {
    throw new CliError(
      '--date is the day of one file: import the files one by one, or put the day in their names.',
    );
  }
  if (format === 'irc') return ircSource(files, { room, date });
  if (format === 'jsonl') return jsonlSource(files, { room });
  const [folder, ...more] = files;
  if (folder === undefined || more.length > 0)
    throw new CliError('Name one folder: that of the unpacked Slack export.');
  return slackSource(folder, { room, channel });
}
