// Who is told of a message outside the hub, as a table. Pure: the same facts are the same decision. docs/notifications.md shows it.
import { type NoticeReason, type NoticeRule, noticeReasons } from '#shared/protocol/notices.ts';
import { hasKeyword } from './keywords.ts';
import type { Concerned, Decision, RipePerson, WaitingNotice } from './ports-notices.ts';
import { isQuiet } from './quiet-hours.ts';

/** Everything that counts, about one message and one person. */
export interface NoticeFacts
  extends Pick<WaitingNotice, 'level' | 'mayRead' | 'deleted' | 'read' | 'stands'> {
  readonly reason: NoticeReason;
  readonly bot: boolean;
  /** It was said too long ago to be news. */
  readonly old: boolean;
  /** There is an address, a device or a number of theirs. */
  readonly reachable: boolean;
  /** … and they want to be told there. */
  readonly wanted: boolean;
  /** They, or their calendar, said not to disturb them. */
  readonly dnd: boolean;
  readonly quiet: boolean;
  /** A device of theirs is connected, and they did not say that they are away. */
  readonly here: boolean;
}

type Row = readonly [NoticeRule, Decision['verdict'], (facts: NoticeFacts) => boolean];

/** The first that applies decides. */
const table: readonly Row[] = [
  ['bot', 'suppressed', ({ bot }) => bot],
  ['left', 'cancelled', ({ mayRead }) => !mayRead],
  ['deleted', 'cancelled', ({ deleted }) => deleted],
  ['edited', 'cancelled', ({ stands }) => !stands],
  ['read', 'cancelled', ({ read }) => read],
  ['old', 'suppressed', ({ old }) => old],
  ['unreachable', 'suppressed', ({ reachable }) => !reachable],
  ['muted', 'suppressed', ({ level }) => level === 'nothing'],
  ['level', 'suppressed', ({ level, reason }) => level === 'mentions' && forAll.has(reason)],
  ['dnd', 'suppressed', ({ dnd }) => dnd],
  ['quiet', 'suppressed', ({ quiet }) => quiet],
  ['active', 'suppressed', ({ here }) => here],
  ['off', 'suppressed', ({ wanted }) => !wanted],
  ['away', 'notified', () => true],
];
/** What concerns somebody only by where it was said. */
const forAll: ReadonlySet<NoticeReason> = new Set<NoticeReason>(['direct', 'room']);

export function decide(facts: NoticeFacts): Pick<Decision, 'verdict' | 'rule'> {
  const [rule, verdict] = table.find(([, , applies]) => applies(facts)) as Row;
  return { verdict, rule };
}

/** Why a message is somebody's, the strongest reason; undefined: it is not. */
export function reasonOf(
  { by, user, reasons, words = [] }: Pick<Concerned, 'by' | 'user' | 'reasons' | 'words'>,
  text: string | undefined,
): NoticeReason | undefined {
  if (by === user) return undefined;
  const holds = (reason: NoticeReason) =>
    reasons.includes(reason) && (reason !== 'keyword' || hasKeyword(text ?? '', words));
  return noticeReasons.find(holds);
}

/** Milliseconds after which something is no news any more. */
const OLD = 86_400_000;

/** @param around where the person is now, and the time */
export function factsOf(
  notice: WaitingNotice,
  person: Pick<RipePerson, 'bot' | 'addresses' | 'channels' | 'quiet'>,
  around: { readonly here: boolean; readonly dnd: boolean; readonly now: number },
): NoticeFacts {
  const { level, mayRead, deleted, read, stands, reason, said } = notice;
  const { now, here, dnd } = around;
  return {
    ...{ level, mayRead, deleted, read, stands, reason, here, dnd },
    bot: person.bot,
    old: now - Date.parse(said) > OLD,
    reachable: person.addresses.length > 0,
    wanted: person.channels.length > 0,
    quiet: person.quiet !== undefined && isQuiet(person.quiet, now),
  };
}
