// What a person's claims to be there add up to. Pure: the same claims at the same time are the same presence.
import type { Presence } from '#shared/protocol/models.ts';

/** A presence without whose it is and since when. */
export type Claimed = Omit<Presence, 'user' | 'since'>;

/** What a person says of themselves, in force as long as a socket is there and `until` has not come. */
export interface ManualClaim {
  readonly status: 'active' | 'away' | 'dnd' | 'invisible' | 'auto';
  readonly text?: string | undefined;
  readonly emoji?: string | undefined;
  /** ISO time. */
  readonly until?: string | undefined;
}

/** The effective presence that a person's claims add up to at `now` (ms). Pure. */
export function effective(
  claims: { there: boolean; manual?: ManualClaim | undefined },
  now: number,
): Claimed {
  if (!claims.there) return { status: 'offline', sources: [] };
  const { manual } = claims;
  if (!manual || (manual.until && Date.parse(manual.until) <= now)) {
    return { status: 'active', sources: ['socket'] };
  }
  if (manual.status === 'invisible') return { status: 'offline', sources: [] };
  const words = { ...(manual.text && { text: manual.text }), ...(manual.emoji && { emoji: manual.emoji }) };
  if (manual.status === 'auto') {
    return {
      status: 'active',
      ...words,
      sources: words.text || words.emoji ? ['socket', 'manual'] : ['socket'],
    };
  }
  return { status: manual.status, ...words, sources: ['manual', 'socket'] };
}

/** Nobody would see a difference. */
export function same(a: Claimed, b: Claimed): boolean {
  return (
    a.status === b.status &&
    a.text === b.text &&
    a.emoji === b.emoji &&
    a.sources.length === b.sources.length &&
    a.sources.every((source, i) => source === b.sources[i])
  );
}
