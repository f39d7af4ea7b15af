// What Gather says of people's being there: a claim for each person in the space, changed only when what others would read in it changes. Steps come by
// the dozen a second; areas do not.
import type { Binding, Claim, Court } from '../../hub/ports-integrations.ts';
import { type Atlas, createAtlas } from './map.ts';
import { createRoster, type Roster, type Visitor } from './roster.ts';
import type { GatherEvent } from './visit.ts';

/** The one part of what Gather says of a person. */
const PART = 'space';
/** Two of them fit into a status text. */
const NAME_CHARS = 50;

export interface Claims {
  /** A connection begins: all that is known will be told anew. */
  begin(): void;
  heard(event: GatherEvent): void;
  /** All is known now: who is claimed and not there any more goes. */
  entered(): void;
  bound(bindings: readonly Binding[]): void;
  /** The connection is over. What was claimed stands until it is known anew, or forgotten. */
  lost(): void;
  /** Takes back what was claimed. */
  forget(): void;
  /** The map that somebody is on, and the place there that can be bound: the smallest area, else the map. */
  placeOf(uid: string): { map: string; place: string } | undefined;
  /** Whom a number on the wire stands for. */
  uidOf(encId: number): string | undefined;
}

/** @param settle milliseconds for which steps are gathered */
export function createClaims(court: Pick<Court, 'claim' | 'claimNothing'>, settle: number): Claims {
  let roster: Roster = createRoster();
  let atlas: Atlas = createAtlas();
  let bindings: readonly Binding[] = [];
  let known = false;
  const claimed = new Map<string, Claim>();
  const stirred = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const settleLater = () => {
    if (known) timer ??= setTimeout(flush, settle);
  };

  const all = () => {
    for (const uid of [...roster.uids(), ...claimed.keys()]) stirred.add(uid);
  };

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const uid of stirred) {
      const visitor = roster.get(uid);
      const claim = visitor && claimOf(visitor, atlas, bindings);
      if (same(claim, claimed.get(uid))) continue;
      if (claim) claimed.set(uid, claim);
      else claimed.delete(uid);
      court.claim(uid, PART, claim ?? null);
    }
    stirred.clear();
  };

  return {
    begin() {
      roster = createRoster();
      atlas = createAtlas();
      stirred.clear();
    },
    heard(event) {
      if (atlas.fold(event)) all();
      const uid = roster.fold(event);
      if (uid !== undefined) stirred.add(uid);
      if (stirred.size > 0) settleLater();
    },
    entered() {
      known = true;
      all();
      flush();
    },
    bound(now) {
      bindings = now;
      all();
      settleLater();
    },
    lost() {
      known = false;
      clearTimeout(timer);
      timer = undefined;
    },
    forget() {
      if (claimed.size === 0) return;
      claimed.clear();
      court.claimNothing();
    },
    placeOf(uid) {
      const spot = roster.get(uid)?.spot;
      if (!spot) return undefined;
      const [area] = atlas.areasAt(spot);
      return { map: spot.map, place: area === undefined ? spot.map : `${spot.map}/${area}` };
    },
    uidOf: encId => roster.uidOf(encId),
  };
}

/** The claim of somebody in the space. */
export function claimOf(
  { spot, away, availability }: Visitor,
  atlas: Atlas,
  bindings: readonly Binding[],
): Claim {
  const busy = availability === 'Busy' || availability === 'DoNotDisturb';
  const bound = spot && atlas.bindingAt(spot, bindings);
  return {
    status: busy ? 'busy' : away ? 'away' : 'active',
    text: whereabouts(),
    ...(bound && { room: bound.binding.room }),
  };

  function whereabouts(): string {
    if (!spot) return 'In Gather';
    if (bound) return `In ${withArticle(clean(bound.name))} (Gather)`;
    const [area] = atlas.areasAt(spot);
    const places = [...(area === undefined ? [] : [area]), atlas.nameOf(spot.map)];
    return `In Gather: ${places.map(clean).join(', ')}`;
  }
}

/** "the fountain court", but "Room 5" and "the Great Hall" as they are. */
const withArticle = (name: string) => (/^(the |a |an |\P{Ll})/u.test(name) ? name : `the ${name}`);

/** Names are Gather users' own: one line, not endless, whole characters. */
function clean(name: string): string {
  return name
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, NAME_CHARS)
    .toWellFormed();
}

function same(a: Claim | undefined, b: Claim | undefined): boolean {
  return a?.status === b?.status && a?.text === b?.text && a?.room === b?.room;
}
