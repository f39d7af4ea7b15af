// The maps of a Gather space, folded from events: which named areas lie under a spot, and which binding, if any, holds there. Pure.
import type { Binding } from '../../hub/ports-integrations.ts';
import type { GatherEvent } from './visit.ts';

export interface Spot {
  readonly map: string;
  readonly x: number;
  readonly y: number;
}

interface Rectangle {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

interface PlaceMap {
  name?: string;
  areas: Record<string, readonly Rectangle[]>;
  /** Private areas, by Gather's id. */
  nooks: Record<string, { readonly name?: string; readonly tiles: readonly Rectangle[] }>;
}

export interface Atlas {
  /** True when a spot may have other areas now. */
  fold(event: GatherEvent): boolean;
  /** As people know it. */
  nameOf(map: string): string;
  /** The smallest first. */
  areasAt(spot: Spot): string[];
  /** Of several bindings that hold, that of the smallest area. */
  bindingAt(spot: Spot, bindings: readonly Binding[]): { binding: Binding; name: string } | undefined;
}

export function createAtlas(): Atlas {
  const maps = new Map<string, PlaceMap>();
  const mapOf = (id: string): PlaceMap => {
    const known = maps.get(id);
    if (known) return known;
    const fresh = { areas: {}, nooks: {} };
    maps.set(id, fresh);
    return fresh;
  };

  const areasAt = ({ map: id, x, y }: Spot): string[] => {
    const map = maps.get(id);
    if (!map) return [];
    const named: [name: string, tiles: readonly Rectangle[]][] = [
      ...Object.entries(map.areas),
      ...Object.entries(map.nooks).map(
        ([key, { name, tiles }]) => [name || key, tiles] as [string, Rectangle[]],
      ),
    ];
    return named
      .filter(([, tiles]) => tiles.some(tile => inside(tile, x, y)))
      .sort(([, a], [, b]) => size(a) - size(b))
      .map(([name]) => name);
  };

  return {
    areasAt,
    nameOf: id => maps.get(id)?.name || id,
    fold(event) {
      switch (event.$case) {
        case 'mapSetName': {
          const { mapId, name, delete: gone } = event.mapSetName;
          if (gone) delete mapOf(mapId).name;
          else mapOf(mapId).name = name;
          return true;
        }
        case 'mapSetAreas': {
          const { mapId, areas, delete: gone } = event.mapSetAreas;
          const named = Object.entries(gone ? {} : areas).map(([name, { coords }]) => [name, coords]);
          mapOf(mapId).areas = Object.fromEntries(named);
          return true;
        }
        case 'mapSetNooks': {
          const { mapId, nooks, overwrite } = event.mapSetNooks;
          const map = mapOf(mapId);
          const before = overwrite ? {} : map.nooks;
          const changed = Object.entries(nooks).map(([key, { name, nookCoords }]) => {
            const tiles = nookCoords?.coords.map(({ x, y }) => ({ x1: x, y1: y, x2: x, y2: y }));
            const old = before[key];
            return [key, { name: name ?? old?.name, tiles: tiles ?? old?.tiles ?? [] }];
          });
          map.nooks = { ...before, ...Object.fromEntries(changed) };
          return true;
        }
        default:
          return false;
      }
    },
    bindingAt(spot, bindings) {
      const map = maps.get(spot.map);
      const on = [spot.map, ...(map?.name ? [map.name] : [])];
      const bound = (place: (prefix: string) => string) =>
        bindings.find(binding => on.some(prefix => place(prefix) === binding.place));
      for (const name of areasAt(spot)) {
        const binding = bound(prefix => `${prefix}/${name}`);
        if (binding) return { binding, name };
      }
      for (const binding of bindings) {
        const rectangle = asRectangle(binding.place);
        if (rectangle && on.includes(rectangle.map) && inside(rectangle, spot.x, spot.y))
          return { binding, name: map?.name ?? spot.map };
      }
      const whole = bound(prefix => prefix);
      return whole && { binding: whole, name: map?.name ?? spot.map };
    },
  };
}

/** `office/3,4-9,12`: for a map without named areas. */
function asRectangle(place: string): (Rectangle & { map: string }) | undefined {
  const [, map, ...corners] = /^(.+)\/(\d+),(\d+)-(\d+),(\d+)$/.exec(place) ?? [];
  const [x1, y1, x2, y2] = corners.map(Number);
  if (map === undefined || x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined)
    return undefined;
  return { map, x1, y1, x2, y2 };
}

/** Corners may come in any order, and belong to it. */
function inside({ x1, y1, x2, y2 }: Rectangle, x: number, y: number): boolean {
  return x >= Math.min(x1, x2) && x <= Math.max(x1, x2) && y >= Math.min(y1, y2) && y <= Math.max(y1, y2);
}

function size(tiles: readonly Rectangle[]): number {
  return tiles.reduce(
    (sum, { x1, y1, x2, y2 }) => sum + (Math.abs(x2 - x1) + 1) * (Math.abs(y2 - y1) + 1),
    0,
  );
}
