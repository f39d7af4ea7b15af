// What goes into the outbox for what was decided: one posting for each message, person and channel, which leave together as one mail, push or SMS.
import type { NoticeChannel } from '#shared/protocol/notices.ts';
import { keyPart } from './outbox.ts';
import type { RipePerson, WaitingNotice } from './ports-notices.ts';
import type { Posting } from './ports-outbox.ts';

/** Milliseconds after which it is no use to anybody. */
const EXPIRES = 86_400_000;

/** @param now in ms since 1970 */
export function postingsOf(
  { user }: Pick<RipePerson, 'user'>,
  notices: readonly WaitingNotice[],
  channels: readonly NoticeChannel[],
  now: number,
): Posting[] {
  const [first] = notices;
  if (!first) return [];
  const expiresAt = new Date(now + EXPIRES).toISOString();
  return channels.flatMap(channel =>
    notices.map(notice => ({
      key: `message:${keyPart(notice.room)}:${notice.message}:${keyPart(user)}:${channel}`,
      channel,
      topic: 'message' as const,
      user,
      // The words come to it as it leaves (the SQL function `outbox_take`).
      payload: {
        title: titleOf(notice),
        place: placeOf(notice),
        at: notice.said,
        about: { room: notice.room, message: notice.message },
      },
      expiresAt,
      bundle: `message:${channel}:${keyPart(user)}:${first.message}`,
    })),
  );
}

const titleOf = ({ kind, title, name }: WaitingNotice): string =>
  kind === 'direct' ? (name ?? title) : `${name} in ${title}`;

/** As the web client has its addresses. */
const placeOf = ({ room, root, message }: WaitingNotice): string =>
  `/room/${room}/${root ? `thread/${root}` : `message/${message}`}`;
