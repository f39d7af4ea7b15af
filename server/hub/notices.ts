// Being told of messages outside the hub, in one piece: what people wish, what was decided, and the job on one node that decides.
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import { noticeChannel } from '#shared/protocol/notices.ts';
import type { HubOptions } from './hub-options.ts';
import type { Leases } from './lease.ts';
import { noticeTempo, openNoticeJob } from './notice-job.ts';
import type { Outbox } from './outbox.ts';
import type { Actor } from './ports.ts';
import type { PresenceHub } from './presence.ts';

const HOUR = 3_600_000;

export type Notices = ReturnType<typeof createNotices>;

export function createNotices(
  deps: Pick<HubOptions, 'store' | 'notices' | 'log'> & {
    presence: Pick<PresenceHub, 'explain'>;
    outbox: Pick<Outbox, 'channels' | 'wake'>;
    leases: Leases;
    now(): number;
  },
) {
  const { store, presence, outbox, leases, now, log } = deps;

  const whereabouts = (user: string) => {
    const { presence: seen, claims } = presence.explain(user);
    // To others who is invisible is offline; to us a device of theirs is connected.
    const connected = claims.some(({ source }) => source === 'socket');
    return { here: connected && seen.status !== 'away', dnd: seen.status === 'dnd' };
  };
  leases.hold({
    name: 'notices',
    open: () =>
      openNoticeJob({
        ...{ store, whereabouts, now, log },
        channels: outbox.channels,
        posted: outbox.wake,
        tempo: noticeTempo(deps.notices),
      }),
  });
  leases.run({ name: 'sweep notices', everyMs: HOUR, work: async () => void (await store.sweepNotices()) });

  const wishes = async (user: string): Promise<CallData<'notify:get'>> => {
    const { channels, ...rest } = await store.noticeWishes(user);
    const offered = noticeChannel.options.map(one => {
      return [one, { ...channels[one], offered: outbox.channels.includes(one) }] as const;
    });
    return { ...rest, channels: Object.fromEntries(offered) as CallData<'notify:get'>['channels'] };
  };

  return {
    get: (actor: Actor) => wishes(actor.id),
    async set(actor: Actor, input: ParsedInput<'notify:set'>): Promise<CallData<'notify:set'>> {
      const { keywords } = input;
      await store.wishNotices(actor.id, { ...input, ...(keywords && { keywords: distinct(keywords) }) });
      return wishes(actor.id);
    },
    async room(actor: Actor, input: ParsedInput<'notify:room'>): Promise<CallData<'notify:room'>> {
      await store.noticeLevel(actor, input);
      return {};
    },
    thread: (actor: Actor, input: ParsedInput<'notify:thread'>): Promise<CallData<'notify:thread'>> =>
      store.noticeThread(actor, input),
    list: (actor: Actor, input: ParsedInput<'notify:list'>): Promise<CallData<'notify:list'>> =>
      store.listNotices(actor.id, input),
  };
}

/** Each word once, however it is written; the first way stays. */
const distinct = (words: readonly string[]) =>
  [...new Map(words.toReversed().map(word => [word.toLowerCase(), word])).values()].reverse();
