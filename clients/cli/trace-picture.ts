// What became of one message for one person, as a picture for people: a small timeline for each device, and the why in words.
import type { Trace, TraceDevice, TraceMark, TraceNotice } from '../../shared/protocol/trace-calls.ts';
import { printableLine, type Terminal } from './terminal.ts';

type Style = Terminal['style'];

/** Time of the day in UTC, with the day where it is not that of the message. */
type Clock = (time: string) => string;

const MARKS = ['live', 'recovered', 'page', 'acknowledged', 'read'] as const;
const WORDS: Readonly<Record<(typeof MARKS)[number], string>> = {
  live: 'pushed to it as it listened',
  recovered: 'given as what it had missed',
  page: 'given in a page of messages',
  acknowledged: 'it said that it has this one, or a later one',
  read: 'marked as read',
};
/** Rules of notices; of others the word itself says it. */
const RULES: Readonly<Record<string, string>> = {
  away: 'they were away',
  active: 'they were active here',
  dnd: 'they did not want to be disturbed',
  muted: 'they had muted the room',
  read: 'they had read it',
  deleted: 'it was deleted',
  left: 'they had left the room',
  off: 'they do not want to be told of such',
};
const VERDICTS: Readonly<Record<string, string>> = {
  waiting: 'soon, unless they read it first',
  notified: 'yes',
  suppressed: 'no',
  cancelled: 'taken back',
};
const GAP = ' '.repeat(13);

export function tracePicture(trace: Trace, style: Style): string {
  const { message, user, devices, silent, asOf } = trace;
  const day = message.at.slice(0, 10);
  const clock: Clock = time =>
    time.startsWith(day) ? time.slice(11, 23) : `${time.slice(0, 10)} ${time.slice(11, 23)}`;
  const changes = [
    message.editedAt && `edited ${clock(message.editedAt)}`,
    message.deletedAt && `deleted ${clock(message.deletedAt)}`,
  ].filter(Boolean);
  const lines = [
    `${style('bold', message.id)}  entry ${message.seq} of ${message.room}, by ${printableLine(message.by)}`,
    `Written      ${[`${day} ${clock(message.at)} UTC`, ...changes].join(', ')}`,
    `Member       ${memberWords(trace, clock)}`,
    `Read         ${readWords(trace, clock)}`,
    ...noticeLines(trace.notices, clock, style),
    '',
    ...(devices.length > 0
      ? devices.flatMap(device => deviceLines(device, clock, style))
      : [
          `No device of ${printableLine(user)} was in this room in the last thirty days, as far as is known.`,
        ]),
    `As of ${clock(asOf)}.`,
    ...silent.map(
      ({ node, lastWord }) =>
        `${style('yellow', '!')} ${printableLine(node)} died after ${clock(lastWord)}: what it gave after that is not known.`,
    ),
  ];
  return lines.join('\n');
}

function memberWords({ user, member }: Trace, clock: Clock): string {
  const { wasIn, since, until, mayRead, isIn } = member;
  const who = printableLine(user);
  const from = since ? ` since entry ${since.seq} (${clock(since.at)})` : '';
  const to = until
    ? `, ${until.how === 'left' ? 'left' : 'was removed'} with entry ${until.seq} (${clock(until.at)})`
    : '';
  if (wasIn) return `${who} was in the room${from}${to}`;
  if (since)
    return `${who} was not in the room yet: came with entry ${since.seq} (${clock(since.at)})${to}${mayRead ? ', and may read it' : ''}`;
  return isIn ? `${who} is in the room` : `${who} was never in the room`;
}

function readWords({ read }: Trace, clock: Clock): string {
  if (!read) return 'nothing is known';
  const upTo = read.upTo === undefined ? '' : `the cursor is at entry ${read.upTo}`;
  if (!read.reached) return `no: ${upTo}`;
  const when = read.to
    ? `on ${printableLine(read.device ?? '')}, ${whenWords({ node: '', to: read.to, ...(read.from && { from: read.from }) }, clock)}`
    : '';
  return `yes: ${[when, upTo].filter(Boolean).join('; ')}`;
}

function noticeLines(notices: readonly TraceNotice[], clock: Clock, style: Style): string[] {
  if (notices.length === 0)
    return ['Told         nothing was decided: it concerned them in no way of its own'];
  return notices.flatMap(({ reason, verdict, rule, at, channels }) => [
    `Told         ${VERDICTS[verdict] ?? verdict}: ${RULES[rule] ?? printableLine(rule)} (${reason}, ${clock(at)})`,
    ...channels.map(one => {
      const where = one.device ? `${one.channel} to ${printableLine(one.device)}` : one.channel;
      const what = one.due ? `${one.state}, due ${clock(one.due)}` : `${one.state} ${clock(one.at)}`;
      return `${GAP}${where}: ${what}${one.error ? `, ${style('dim', printableLine(one.error))}` : ''}`;
    }),
  ]);
}

function deviceLines(device: TraceDevice, clock: Clock, style: Style): string[] {
  const marks = MARKS.flatMap(name => {
    const mark = device[name];
    return mark ? [{ name, mark }] : [];
  }).sort((a, b) => (sortTime(a.mark) < sortTime(b.mark) ? -1 : 1));
  const given = marks.some(({ name }) => name === 'live' || name === 'recovered' || name === 'page');
  const { unknown } = device;
  const open = unknown
    ? [
        `  ${style('yellow', '?')} it listened at ${printableLine(unknown.node)}, which has said nothing since ${clock(unknown.lastWord)}`,
      ]
    : given
      ? []
      : [`  ${style('dim', '○')} not given, as far as is known; last seen here ${clock(device.lastSeen)}`];
  return [
    `${style('bold', printableLine(device.device))}${device.client ? `  ${printableLine(device.client)}` : ''}`,
    ...marks.map(({ name, mark }) => {
      const sign = name === 'acknowledged' || name === 'read' ? style('green', '✓') : style('green', '●');
      return `  ${sign} ${WORDS[name]}, ${whenWords(mark, clock)}${mark.node && ` (${printableLine(mark.node)})`}`;
    }),
    ...open,
    '',
  ];
}

const sortTime = ({ from, to }: TraceMark) => from ?? to;

/** Never more exact than what is known. */
function whenWords({ from, to }: TraceMark, clock: Clock): string {
  if (from === undefined) return `by ${clock(to)} at the latest`;
  const ms = Date.parse(to) - Date.parse(from);
  if (ms === 0) return `at ${clock(to)}`;
  return ms <= 1000 ? `at ${clock(from)}, at most ${ms} ms later` : `between ${clock(from)} and ${clock(to)}`;
}
