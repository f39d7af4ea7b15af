// Of what in a room one is told while one is away; looked up when somebody asks for it.
import { useState } from 'react';
import type { Court, NoticeLevel } from '../../js/index.ts';

type Info = { readonly id: string; readonly kind: 'public' | 'private' | 'direct' };

/** For which a room is silent that is to be silent for a while, in milliseconds. */
const WHILE = 8 * 3_600_000;

export function useRoomLevel(court: Court, { id: room, kind }: Info) {
  const usual: NoticeLevel = kind === 'direct' ? 'all' : 'mentions';
  const [level, setLevel] = useState<NoticeLevel>();
  const [until, setUntil] = useState<string>();
  return {
    /** Undefined before `look`. */
    level,
    /** Then it is as usual again. */
    until,
    async look(): Promise<void> {
      const { rooms } = await court.call('notify:get', {});
      const own = rooms.find(one => one.room === room);
      setLevel(own?.level ?? usual);
      setUntil(own?.until);
    },
    /** @param choice `pause`: nothing for a while */
    async choose(choice: NoticeLevel | 'pause'): Promise<void> {
      const next = choice === 'pause' ? 'nothing' : choice;
      const end = choice === 'pause' ? new Date(Date.now() + WHILE).toISOString() : undefined;
      await court.call('notify:room', {
        room,
        level: next === usual ? null : next,
        ...(end !== undefined && { until: end }),
      });
      setLevel(next);
      setUntil(end);
    },
  };
}
