// Material, pieces and costs of summaries through the SQL functions of migration 0011: the SummaryStore of every driver.
import type { Material, SummaryStore } from '../../hub/ports-summaries.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

/** Messages that one summary is made of, the characters of all of them, and of each. */
const MOST = { most: 5000, chars: 2_000_000, each: 4000 } as const;

export function createSummaryStore(db: Pick<Db, 'call'>): SummaryStore {
  const call = refusingCall(db);
  return {
    material: ({ actor, room, audience }, range) =>
      call<Material>('summary_lines', {
        room,
        user: actor.id,
        admin: actor.role === 'admin',
        audience,
        range,
        ...MOST,
      }),
    recheck: async ({ actor, room, audience }, floor, cited) =>
      (
        await call<{ cited: { seq: number; id: string; text: string }[] }>('summary_check', {
          room,
          user: actor.id,
          admin: actor.role === 'admin',
          audience,
          floor,
          cited,
        })
      ).cited,
    findPieces: async (key, stretches) =>
      (await call<{ pieces: never }>('find_pieces', { ...key, stretches })).pieces,
    keepPiece: async (key, piece) => void (await call('keep_piece', { ...key, ...piece })),
    dueForLive: async (every, limit) =>
      (await call<{ rooms: string[] }>('due_summaries', { every, limit })).rooms,
    liveMaterial: (room, range) => call<Material>('live_lines', { room, range, ...MOST }),
    keepLive: async live => void (await call('keep_live', live)),
    live: async (actor, room) =>
      (
        await call<{ summary?: never }>('live_summary', {
          room,
          user: actor.id,
          admin: actor.role === 'admin',
        })
      ).summary ?? null,
    spend: async by => Number((await call<{ spent: number }>('ai_spent', by ?? {})).spent),
    recapReader: async (vendor, room) =>
      (await call<{ user: never } | null>('recap_reader', { vendor, room }))?.user ?? null,
  };
}
