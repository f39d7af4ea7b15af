// What the simulated object storages are to `npm run simulators`: nobody is in them, but anybody may make them fail, or well again.
import type { Playground } from '../playground.ts';
import type { Fault } from './faults.ts';

const FAULTS: Readonly<Record<string, Fault>> = {
  'slow down': { kind: 'status', status: 503, code: 'SlowDown' },
  'cut uploads': { kind: 'cut', bytes: 100_000 },
  'lose answers': { kind: 'lost' },
  'break downloads off': { kind: 'cutAfter', bytes: 50_000, method: 'GET' },
  'fall silent': { kind: 'silence' },
};

/** @param storage whose faults these are, and which goes when the playground does */
export function playgroundOf(
  storage: AsyncDisposable & { readonly faults: Fault[] },
  given: Pick<Playground, 'title' | 'settings' | 'notes'>,
): Playground {
  const meeting = (fault: Fault[]) => ({
    do: () => {
      storage.faults.splice(0, storage.faults.length, ...fault);
    },
  });
  return {
    ...given,
    places: [],
    deeds: {
      ...Object.fromEntries(Object.entries(FAULTS).map(([name, fault]) => [name, meeting([fault])])),
      'be well': meeting([]),
    },
    accountOf: id => id,
    whereabouts: () => [],
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}
