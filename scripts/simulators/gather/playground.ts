// The simulated Gather space for `npm run simulators`: people come in, walk between areas, go quiet, and leave.
import type { OpenPlayground, Plan, Playground, Whereabouts } from '../playground.ts';
import { openGatherSimulator } from './simulator.ts';
import type { Inhabitant, World, WorldMap } from './world.ts';

/** Known to everybody: it opens nothing but this machine's own simulator. */
const API_KEY = 'simulatedgather0';

export const open: OpenPlayground = async (people, port): Promise<Playground> => {
  const simulator = await openGatherSimulator({ port, apiKey: API_KEY });
  const { world } = simulator;
  const nameOf = (id: string) => people.find(person => person.id === id)?.name ?? id;
  return {
    title: 'Gather',
    settings: {
      GATHER_API_URL: simulator.url,
      GATHER_API_KEY: simulator.apiKey,
      GATHER_SPACE_ID: simulator.spaceId.replace('\\', '/'),
    },
    places: placesOf(world),
    plans: world.maps.map(planOf),
    deeds: {
      join: { needsPlace: true, do: (id, place) => world.join(id, world.spot(place), nameOf(id)) },
      walk: { needsPlace: true, do: (id, place) => world.walk(id, world.spot(place)) },
      away: { do: id => world.setAway(id, true) },
      back: { do: id => world.setAway(id, false) },
      busy: { do: id => world.setAvailability(id, 'Busy') },
      free: { do: id => world.setAvailability(id, 'Available') },
      leave: { do: id => world.leave(id) },
      '/court': { needsWords: true, do: (id, _, words) => simulator.type(id, `court ${words}`) },
    },
    accountOf: id => id,
    whereabouts: () => [...world.people.values()].map(one => whereaboutsOf(one, world)),
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
};

const placesOf = ({ maps }: World) =>
  maps.flatMap(({ id, areas }) => [id, ...Object.keys(areas).map(area => `${id}/${area}`)]);

function planOf({ id, name, width, height, areas }: WorldMap): Plan {
  const rectangles = Object.entries(areas).flatMap(([area, coords]) =>
    coords.map(({ x1, y1, x2, y2 }) => ({
      place: `${id}/${area}`,
      x: x1,
      y: y1,
      width: x2 - x1 + 1,
      height: y2 - y1 + 1,
    })),
  );
  return { name, width, height, areas: rectangles };
}

function whereaboutsOf({ uid, map: id, x, y, away, availability }: Inhabitant, world: World): Whereabouts {
  const map = world.maps.find(one => one.id === id);
  const [area] = Object.entries(map?.areas ?? {}).find(([, coords]) =>
    coords.some(({ x1, y1, x2, y2 }) => x >= x1 && x <= x2 && y >= y1 && y <= y2),
  ) ?? [undefined];
  return {
    person: uid,
    status: availability !== 'Available' ? 'busy' : away ? 'away' : 'active',
    place: area === undefined ? id : `${id}/${area}`,
    spot: { plan: map?.name ?? id, x, y },
  };
}
