// Why somebody was told of a message, or was not, in words for them.
import type { NoticeReason, NoticeRule } from './protocol/notices.ts';

export const reasonWords: Readonly<Record<NoticeReason, string>> = {
  mention: 'You were named in it.',
  direct: 'It was said to you directly.',
  thread: 'It answers in a thread of yours.',
  keyword: 'It holds one of your keywords.',
  room: 'You want to be told of everything in this room.',
};

export const ruleWords: Readonly<Record<NoticeRule, string>> = {
  waiting: 'You will be told of it soon, unless you read it first.',
  away: 'You were away.',
  bot: 'Bots read by themselves.',
  left: 'You may not read it any more.',
  deleted: 'It was deleted before you were told.',
  edited: 'It was changed, or you follow its thread no more.',
  read: 'You had read it already.',
  old: 'It was no news any more.',
  unreachable: 'There is no address or device of yours to tell you at.',
  muted: 'You want to hear nothing of this room.',
  level: 'You want to hear only what is meant for you in this room.',
  dnd: 'You were not to be disturbed.',
  quiet: 'It was in your quiet hours.',
  active: 'You were here.',
  off: 'You want no e-mails, pushes or SMS about messages.',
};
