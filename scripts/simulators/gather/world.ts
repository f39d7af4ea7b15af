// Who and what is in a simulated Gather space: maps with named areas, people who come, walk, go quiet and leave. Each deed gives the events that
// Gather's server would send for it; nothing here knows of sockets.
import type { ServerClientEvent } from '@gathertown/gather-game-client';

export type GatherEvent = NonNullable<ServerClientEvent['event']>;
export type Availability = 'Available' | 'Busy' | 'DoNotDisturb';

/** From corner to corner, both inside. */
export interface Rectangle {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export interface WorldMap {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  areas: Record<string, readonly Rectangle[]>;
}

export interface Spot {
  readonly map: string;
  readonly x: number;
  readonly y: number;
}

export interface Inhabitant extends Spot {
  /** As Gather's own: 28 letters and digits in real life. */
  readonly uid: string;
  /** The number that stands for the uid on the wire. */
  readonly encId: number;
  readonly name: string;
  readonly away: boolean;
  readonly availability: Availability;
}

export interface World {
  readonly maps: readonly WorldMap[];
  readonly people: ReadonlyMap<string, Inhabitant>;
  /** Every event from now on, in batches as they belong together. */
  onEvents: (events: readonly GatherEvent[]) => void;
  join(uid: string, at?: Spot, name?: string): void;
  /** One step, however far. */
  move(uid: string, to: Spot): void;
  /** Tile by tile to a spot on the same map, all at once; by a portal to another. */
  walk(uid: string, to: Spot): void;
  setAway(uid: string, away: boolean): void;
  setAvailability(uid: string, availability: Availability): void;
  leave(uid: string): void;
  setAreas(map: string, areas: WorldMap['areas']): void;
  /** The middle of an area, `map/area`, or of a map. */
  spot(place: string): Spot;
}

export const PALACE: readonly WorldMap[] = [
  {
    id: 'palace',
    name: 'Palace',
    width: 40,
    height: 30,
    areas: {
      'fountain court': [{ x1: 2, y1: 2, x2: 11, y2: 9 }],
      'clock court': [{ x1: 15, y1: 2, x2: 24, y2: 9 }],
      'base court': [{ x1: 28, y1: 2, x2: 38, y2: 9 }],
      'great hall': [{ x1: 2, y1: 14, x2: 11, y2: 27 }],
      gallery: [{ x1: 17, y1: 15, x2: 38, y2: 26 }],
    },
  },
  { id: 'garden', name: 'Garden', width: 20, height: 20, areas: { maze: [{ x1: 4, y1: 4, x2: 9, y2: 9 }] } },
];

export function createWorld(maps: readonly WorldMap[] = PALACE): World {
  const here = maps.map(map => ({ ...map }));
  const people = new Map<string, Inhabitant>();
  const encIds = new Map<string, number>();
  const mapOf = (id: string): WorldMap => {
    const map = here.find(one => one.id === id);
    if (!map) throw new Error(`There is no map ${id}; there are ${here.map(one => one.id).join(', ')}.`);
    return map;
  };
  const change = (uid: string, what: Partial<Inhabitant>): Inhabitant => {
    const one = people.get(uid);
    if (!one) throw new Error(`${uid} is not in the space.`);
    const changed = { ...one, ...what };
    people.set(uid, changed);
    return changed;
  };

  const world: World = {
    maps: here,
    people,
    onEvents: () => {},
    join(uid, at = { map: here[0]?.id ?? '', x: 13, y: 20 }, name = uid) {
      mapOf(at.map);
      const encId = encIds.get(uid) ?? encIds.size + 1;
      encIds.set(uid, encId);
      const one: Inhabitant = { ...at, uid, encId, name, away: false, availability: 'Available' };
      people.set(uid, one);
      world.onEvents(introduction(one));
    },
    move(uid, { map, x, y }) {
      mapOf(map);
      const before = people.get(uid)?.map;
      const { encId } = change(uid, { map, x, y });
      // As Gather does: only what changed.
      const elsewhere = before === map ? {} : { mapId: map };
      world.onEvents([{ $case: 'playerMoves', playerMoves: { encId, x, y, ...elsewhere, lastInputId: 0 } }]);
    },
    walk(uid, to) {
      let { x, y, map } = change(uid, {});
      while (map === to.map && (x !== to.x || y !== to.y)) {
        x += Math.sign(to.x - x);
        y += Math.sign(to.y - y);
        world.move(uid, { map, x, y });
      }
      if (map !== to.map) world.move(uid, to);
    },
    setAway(uid, away) {
      const { encId } = change(uid, { away });
      world.onEvents([{ $case: 'playerSetsAway', playerSetsAway: { encId, away } }]);
    },
    setAvailability(uid, availability) {
      const { encId } = change(uid, { availability });
      world.onEvents([
        { $case: 'playerSetsAvailability', playerSetsAvailability: { encId, status: availability } },
      ]);
    },
    leave(uid) {
      const { encId } = change(uid, {});
      people.delete(uid);
      world.onEvents([{ $case: 'playerExits', playerExits: { encId } }]);
    },
    setAreas(id, areas) {
      const map = mapOf(id);
      map.areas = areas;
      world.onEvents([areasOf(map)]);
    },
    spot(place) {
      const map = here.find(({ id }) => place === id || place.startsWith(`${id}/`));
      if (!map)
        throw new Error(`There is no map for ${place}; there are ${here.map(one => one.id).join(', ')}.`);
      if (place === map.id) return { map: map.id, x: Math.floor(map.width / 2), y: map.height - 2 };
      const [area] = map.areas[place.slice(map.id.length + 1)] ?? [];
      if (!area)
        throw new Error(`There is no area ${place}; there are ${Object.keys(map.areas).join(', ')}.`);
      return {
        map: map.id,
        x: Math.floor((area.x1 + area.x2) / 2),
        y: Math.floor((area.y1 + area.y2) / 2),
      };
    },
  };
  return world;
}

/** All that there is to say of somebody, as at the start of a connection. */
export function introduction({ uid, encId, ...one }: Inhabitant): GatherEvent[] {
  const { map: mapId, x, y, name, away, availability } = one;
  return [
    { $case: 'spaceSetsIdMapping', spaceSetsIdMapping: { uid, encId } },
    { $case: 'playerJoins', playerJoins: { encId } },
    { $case: 'playerMoves', playerMoves: { encId, x, y, mapId, lastInputId: 0 } },
    { $case: 'playerSetsName', playerSetsName: { encId, name } },
    { $case: 'playerSetsAway', playerSetsAway: { encId, away } },
    { $case: 'playerSetsAvailability', playerSetsAvailability: { encId, status: availability } },
  ];
}

/** A whole map, as the official client needs it before it calls it complete. */
export function mapEvents(map: WorldMap): GatherEvent[] {
  const { id: mapId, name, width, height } = map;
  const bits = { overwrite: true, x: 0, y: 0, w: width, h: height };
  return [
    { $case: 'mapSetDimensions', mapSetDimensions: { mapId, width, height } },
    { $case: 'mapSetName', mapSetName: { mapId, name } },
    {
      $case: 'mapSetCollisionsBits',
      mapSetCollisionsBits: { mapId, ...bits, mask: Buffer.alloc(Math.ceil((width * height) / 8)) },
    },
    { $case: 'mapSetBackgroundImagePath', mapSetBackgroundImagePath: { mapId, backgroundImagePath: '' } },
    { $case: 'mapSetSpawns', mapSetSpawns: { mapId, spawns: [{ x: 1, y: 1 }] } },
    { $case: 'mapSetPortals', mapSetPortals: { mapId, portals: [] } },
    { $case: 'mapSetAnnouncer', mapSetAnnouncer: { mapId, announcer: [] } },
    areasOf(map),
    { $case: 'mapCommitsChanges', mapCommitsChanges: { mapId, updateId: 1 } },
  ];
}

function areasOf({ id: mapId, areas }: WorldMap): GatherEvent {
  const wire = Object.entries(areas).map(([name, coords]) => [name, { coords: [...coords] }]);
  return { $case: 'mapSetAreas', mapSetAreas: { mapId, areas: Object.fromEntries(wire) } };
}
