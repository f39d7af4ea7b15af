// IRC logs as entries: messages, actions, joins, parts, nick changes. Knows the common layouts (Ubuntu's, irssi's) and skips what it does not know.
import { basename } from 'node:path';
import { CliError } from '../errors.ts';
import {
  cleanText,
  cleanUser,
  type Entry,
  type Findings,
  meet,
  type Source,
  skip,
  stableId,
} from './entry.ts';
import { createIrcClock } from './irc-clock.ts';
import { readLines } from './lines.ts';

export interface IrcOptions {
  /** Ids are made from it, so that one log can be imported into several rooms. */
  room: string;
  /** Day of the first line, `YYYY-MM-DD`; else the file's name has it. */
  date?: string | undefined;
}

const STAMP = /^\[?(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2}))?\]?\s+(.*)$/s;
const MESSAGE = /^<[ @+%&~]?([^>]+)>(?: (.*))?$/s;
const ACTION = /^\* +(\S+)(?: (.*))?$/s;
const NOTICE = /^(?:===|-!-) +(.*)$/s;
const CAME_OR_WENT = /^(\S+) +(?:\[.*?\] +)?has (joined|left|quit)(?=\s*$|\s+[#&!+[]|\s+IRC)/;
const RENAMED = /^(\S+) is now known as (\S+)\s*$/;
const DAY = /^--- (?:Day changed|Log opened) (.*)$/;

const MINUTE = 60_000;

type Said = { kind: 'said' | 'joined' | 'left'; nick: string; text: string };

/** @throws CliError when no day is known for the first line */
export function ircSource(files: readonly string[], options: IrcOptions): Source {
  return async function* (findings) {
    for (const file of files) yield* readFile(file, options, findings);
  };
}

async function* readFile(
  file: string,
  { room, date }: IrcOptions,
  findings: Findings,
): AsyncGenerator<Entry> {
  const clock = createIrcClock(date ?? /\d{4}-\d{2}-\d{2}/.exec(basename(file))?.[0]);
  let now: number | undefined;
  let precision = MINUTE;
  /** All that happened in one minute, or in one second where the log has seconds. Lines without a time belong to the line before. */
  let moment: Said[] = [];

  for await (const line of readLines(file)) {
    const day = DAY.exec(line)?.[1];
    if (line.trim() === '' || (day !== undefined && clock.setDay(day))) continue;
    const stamp = STAMP.exec(line);
    if (stamp) {
      const [, ownDay, hours, minutes, seconds] = stamp;
      const at = clock.read({
        day: ownDay,
        hours: Number(hours),
        minutes: Number(minutes),
        seconds: seconds === undefined ? undefined : Number(seconds),
      });
      if (at === undefined) throw noDay(file);
      if (now !== undefined && at !== now) {
        yield* spread(moment, { room, at: now, precision });
        moment = [];
      }
      now = at;
      precision = seconds === undefined ? MINUTE : 1000;
    }
    const heard = understand(stamp?.[5] ?? line, findings);
    for (const { nick } of heard) meet(findings, nick);
    moment.push(...heard);
  }
  if (moment.length === 0) return;
  now ??= clock.read({ day: undefined, hours: 0, minutes: 0, seconds: undefined });
  if (now === undefined) throw noDay(file);
  yield* spread(moment, { room, at: now, precision });
}

const noDay = (file: string) =>
  new CliError(`${file} says no day: give that of its first line, e.g. --date 2004-11-15.`);

/** Gives all of a moment its own time within it, in order. */
function* spread(
  moment: readonly Said[],
  { room, at, precision }: { room: string; at: number; precision: number },
): Generator<Entry> {
  const seen = new Map<string, number>();
  for (const [n, said] of moment.entries()) {
    const key = JSON.stringify([said.kind, said.nick, said.text]);
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    // Not the line number: a log that lost its first lines, or has another name, is still the same log.
    const id = stableId('irc', room, at, key, nth);
    yield entry(said, id, new Date(at + Math.floor((n * precision) / moment.length)).toISOString());
  }
}

/** What a line says, without its time; nothing when it was skipped. */
function understand(line: string, findings: Findings): Said[] {
  const message = MESSAGE.exec(line);
  if (message) return said(message[1], message[2], findings);
  const action = ACTION.exec(line);
  if (action) return acted(action[1], action[2], findings);
  const notice = NOTICE.exec(line)?.[1];
  if (notice === undefined) return skipped('not understood', findings);
  const moved = CAME_OR_WENT.exec(notice);
  if (moved) return membership(moved[2] === 'joined' ? 'joined' : 'left', moved[1], findings);
  const renamed = RENAMED.exec(notice);
  if (renamed)
    return [...membership('left', renamed[1], findings), ...membership('joined', renamed[2], findings)];
  if (line.startsWith('-!-') || /^(mode|topic)\//i.test(notice))
    return skipped('channel mode or topic', findings);
  // Ubuntu's oldest logs write `/me` this way.
  const old = /^([^\s:/]+) (.*)$/s.exec(notice);
  return old ? acted(old[1], old[2], findings) : skipped('not understood', findings);
}

function said(name: string | undefined, raw: string | undefined, findings: Findings): Said[] {
  const nick = cleanUser(name ?? '');
  if (nick === undefined) return skipped('unusable nick', findings);
  const cleaned = cleanText(raw ?? '');
  return 'text' in cleaned ? [{ kind: 'said', nick, text: cleaned.text }] : skipped(cleaned.reason, findings);
}

function acted(nick: string | undefined, text: string | undefined, findings: Findings): Said[] {
  return text?.trim() ? said(nick, `* ${nick} ${text}`, findings) : skipped('empty text', findings);
}

function membership(kind: 'joined' | 'left', name: string | undefined, findings: Findings): Said[] {
  const nick = cleanUser(name ?? '');
  return nick === undefined ? skipped('unusable nick', findings) : [{ kind, nick, text: '' }];
}

function skipped(reason: string, findings: Findings): [] {
  skip(findings, reason);
  return [];
}

function entry({ kind, nick, text }: Said, id: string, at: string): Entry {
  const common = { id, at, by: nick };
  if (kind === 'said') return { ...common, type: 'message.created', data: { text } };
  if (kind === 'left') return { ...common, type: 'member.left', data: { user: nick } };
  return { ...common, type: 'member.joined', data: { user: nick, name: nick, role: 'member' } };
}
