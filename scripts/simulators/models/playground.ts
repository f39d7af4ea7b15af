// What all simulated providers of models are to `npm run simulators`: nobody is in them, but anybody may make them fail, or well again.
import type { Playground } from '../playground.ts';
import type { Fault } from './faults.ts';
import type { ModelServer } from './server.ts';

const FAULTS: Readonly<Record<string, Fault>> = {
  'break off': { kind: 'cutAfter', events: 12 },
  stall: { kind: 'stallAfter', events: 12 },
  'go away': { kind: 'cut' },
  'refuse the key': { kind: 'status', status: 401 },
  'limit calls': { kind: 'status', status: 429, headers: { 'retry-after': '5' } },
};

/** @param more what else this provider can do, as faults */
export function playgroundOf(
  server: ModelServer,
  given: Pick<Playground, 'title' | 'settings'> & {
    notes?: string[];
    more?: Readonly<Record<string, Fault>>;
  },
): Playground {
  const { title, settings, notes = [], more = {} } = given;
  const meeting = (fault: Fault) => ({
    do: () => {
      server.faults.splice(0, server.faults.length, fault);
    },
  });
  return {
    title,
    settings,
    notes,
    places: [],
    deeds: {
      ...Object.fromEntries(
        Object.entries({ ...FAULTS, ...more }).map(([name, fault]) => [name, meeting(fault)]),
      ),
      'be well': {
        do: () => {
          server.faults.length = 0;
        },
      },
    },
    accountOf: id => id,
    whereabouts: () => [],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
