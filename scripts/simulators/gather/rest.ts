// Gather's HTTP API v2 as far as maps go: the list, one to read, one to write, by an API key. Refusals are plain, as Gather's are.
import { z } from 'zod';
import type { World, WorldMap } from './world.ts';

export interface Answer {
  readonly status: number;
  /** JSON, or plain text. */
  readonly body: string;
}

const corner = z.int().min(0);
const rectangle = z.object({ x1: corner, y1: corner, x2: corner, y2: corner });
const content = z.object({
  content: z.object({ areas: z.record(z.string(), z.object({ coords: z.array(rectangle) })) }),
});

const json = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });
const refuse = (status: number, body: string): Answer => ({ status, body });

/** @param path after the space, without a slash in front: `maps`, `maps/palace` */
export function answerRest(world: World, path: string, method: string, body: string): Answer {
  const [kind, id, ...rest] = path.split('/').map(decodeURIComponent);
  if (kind !== 'maps' || rest.length > 0) return refuse(404, 'Not found');
  if (id === undefined) return json(world.maps.map(map => ({ id: map.id, name: map.name })));
  const map = world.maps.find(one => one.id === id);
  if (!map) return refuse(404, 'Map not found');
  if (method === 'GET') return json(asContent(map));
  if (method !== 'POST') return refuse(404, 'Not found');
  const parsed = content.safeParse(parse(body));
  if (!parsed.success) return refuse(400, 'Bad request');
  const areas = Object.entries(parsed.data.content.areas).map(([name, { coords }]) => [name, coords]);
  world.setAreas(id, Object.fromEntries(areas));
  return json({});
}

function asContent({ id, name, width, height, areas }: WorldMap): object {
  const written = Object.entries(areas).map(([area, coords]) => [area, { coords }]);
  return { id, name, dimensions: [width, height], areas: Object.fromEntries(written) };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
