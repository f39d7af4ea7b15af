// Lines of a text file, whatever its line ends and its encoding: UTF-8 where it is that, else Windows-1252, decided line by line as old chat logs mix both.
import { createReadStream } from 'node:fs';
import { CliError } from '../errors.ts';

const LF = 0x0a;

/** @throws CliError when the file cannot be read */
export async function* readLines(file: string): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const fallback = new TextDecoder('windows-1252');
  const decode = (bytes: Uint8Array): string => {
    const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
    const line = bytes.subarray(0, end);
    try {
      return utf8.decode(line);
    } catch {
      return fallback.decode(line);
    }
  };
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file)) {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
      let start = 0;
      for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF, start)) {
        yield decode(rest.subarray(start, end));
        start = end + 1;
      }
      rest = rest.subarray(start);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (rest.length > 0) yield decode(rest);
}

/** One line for people about a file that cannot be read. */
export function unreadable(file: string, error: unknown): CliError {
  const code = (error as NodeJS.ErrnoException).code;
  const why =
    code === 'ENOENT'
      ? 'it does not exist'
      : code === 'EISDIR'
        ? 'it is a folder'
        : code === 'EACCES'
          ? 'no permission'
          : code;
  if (why === undefined) throw error;
  return new CliError(`Cannot read ${file}: ${why}.`);
}
