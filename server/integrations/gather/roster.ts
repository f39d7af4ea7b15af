// Who is in a Gather space, folded from events in any order: what is said of a number before it has a name counts once it has one. Pure.
import type { Spot } from './map.ts';
import type { GatherEvent } from './visit.ts';

export interface Visitor {
  /** Undefined until it is told whole. */
  readonly spot: Spot | undefined;
  readonly away: boolean;
  /** `Available`, `Busy`, `DoNotDisturb`, or what else Gather makes up. */
  readonly availability: string;
}

export interface Roster {
  /** @returns the person it is about, when they have a name */
  fold(event: GatherEvent): string | undefined;
  /** Undefined: not in the space. */
  get(uid: string): Visitor | undefined;
  uidOf(encId: number): string | undefined;
  /** Everybody in the space. */
  uids(): string[];
}

/** What stands for a person on the wire. */
interface Entry {
  uid?: string;
  here: boolean;
  npc: boolean;
  away: boolean;
  availability: string;
  map?: string;
  x?: number;
  y?: number;
}

export function createRoster(): Roster {
  const entries = new Map<number, Entry>();
  const encIds = new Map<string, number>();

  const entryOf = (encId: number): Entry => {
    const known = entries.get(encId);
    if (known) return known;
    const fresh = { here: false, npc: false, away: false, availability: '' };
    entries.set(encId, fresh);
    return fresh;
  };

  const name = (encId: number, uid: string) => {
    const entry = entryOf(encId);
    // A number that is somebody else's now, and a person with another number: what was is over.
    if (entry.uid !== undefined && entry.uid !== uid) {
      encIds.delete(entry.uid);
      entries.delete(encId);
    }
    const before = encIds.get(uid);
    if (before !== undefined && before !== encId) entries.delete(before);
    entryOf(encId).uid = uid;
    encIds.set(uid, encId);
  };

  const change = (encId: number, what: Partial<Entry>): string | undefined => {
    const entry = Object.assign(entryOf(encId), what);
    return entry.uid;
  };

  const get = (uid: string): Visitor | undefined => {
    const encId = encIds.get(uid);
    const entry = encId === undefined ? undefined : entries.get(encId);
    if (!entry?.here || entry.npc) return undefined;
    const { map, x, y, away, availability } = entry;
    const known = map !== undefined && x !== undefined && y !== undefined;
    return { spot: known ? { map, x, y } : undefined, away, availability };
  };

  return {
    get,
    uidOf: encId => entries.get(encId)?.uid,
    uids: () => [...encIds.keys()].filter(uid => get(uid)),
    fold(event) {
      switch (event.$case) {
        case 'spaceSetsIdMapping': {
          const { encId, uid } = event.spaceSetsIdMapping;
          name(encId, uid);
          return uid;
        }
        case 'playerJoins':
          return change(event.playerJoins.encId, { here: true });
        case 'playerExits': {
          const { encId } = event.playerExits;
          const uid = entries.get(encId)?.uid;
          entries.delete(encId);
          if (uid !== undefined) entryOf(encId).uid = uid;
          return uid;
        }
        case 'playerMoves': {
          const { encId, x, y, mapId: map } = event.playerMoves;
          return change(encId, {
            ...(x !== undefined && { x }),
            ...(y !== undefined && { y }),
            ...(map !== undefined && { map }),
          });
        }
        case 'playerSetsAway':
          return change(event.playerSetsAway.encId, { away: event.playerSetsAway.away });
        case 'playerSetsAvailability':
          return change(event.playerSetsAvailability.encId, {
            availability: event.playerSetsAvailability.status,
          });
        case 'playerSetsIsNpc':
          return change(event.playerSetsIsNpc.encId, { npc: event.playerSetsIsNpc.isNpc });
        default:
          return undefined;
      }
    },
  };
}
