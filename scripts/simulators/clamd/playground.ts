// The simulated virus scanner for `npm run simulators`: it finds the EICAR test file, and fails when somebody wants it to.
import type { OpenPlayground } from '../playground.ts';
import { type ClamdFault, openClamdSimulator } from './simulator.ts';

const FAULTS: Readonly<Record<string, ClamdFault | undefined>> = {
  'say nothing': 'mute',
  'break off': 'cut',
  'answer nonsense': 'garbage',
  'be out of memory': 'error',
  'be well': undefined,
};

export const open: OpenPlayground = async (_, port) => {
  const clamd = await openClamdSimulator(port);
  return {
    title: 'ClamAV',
    settings: { CLAMAV_URL: clamd.url },
    notes: ['It finds nothing but the EICAR test file, https://www.eicar.org/download-anti-malware-testfile'],
    places: [],
    deeds: Object.fromEntries(
      Object.entries(FAULTS).map(([name, fault]) => [
        name,
        {
          do: () => {
            clamd.fault = fault;
          },
        },
      ]),
    ),
    accountOf: id => id,
    whereabouts: () => [],
    [Symbol.asyncDispose]: () => clamd[Symbol.asyncDispose](),
  };
};
