// What the end of a visit means to the operator: whether it will work again by itself, and if not, what to do. Pure.
import type { VendorState } from '../../hub/ports-integrations.ts';
import type { Ending, GatherSettings } from './visit.ts';

export type Trouble = Extract<VendorState, { state: 'degraded' | 'failed' }>;

const degraded = (reason: string): Trouble => ({ state: 'degraded', reason });
const failed = (reason: string, next: string): Trouble => ({ state: 'failed', reason, next });

const CLASSIC = /^[A-Za-z0-9]{16}\\./;
/** The client puts a backslash in place of the 17th character, whatever stands there: it must be one already. */
export const isClassic = (spaceId: string): boolean => CLASSIC.test(spaceId);

const SECOND = failed(
  'This space is Gather 2.0, whose API does not exist: who is there cannot be known.',
  'Set GATHER_SPACE_ID to a Classic (1.0) space, or take GATHER_API_KEY and GATHER_SPACE_ID out.',
);

const noSpace = (id: string, host: string) =>
  failed(
    `${host} knows no Classic space ${id.replace('\\', '/')}.`,
    'Copy GATHER_SPACE_ID from the address of the space, https://app.gather.town/app/ID/NAME; if it moved to Gather 2.0, it has no API any more.',
  );

/** After these the client itself does not try again. */
const FATAL = new Map<number, Trouble>([
  [
    1002,
    failed(
      'Gather does not understand this client any more (1002).',
      'Update First Court to a newer version.',
    ),
  ],
  [
    4003,
    failed(
      'Gather refused the API key (4003).',
      'Make a key at https://app.gather.town/apikeys as a member of the space, and set GATHER_API_KEY to it.',
    ),
  ],
  [4011, failed('The Gather space is closed (4011).', 'Open it again in its settings at Gather.')],
  [
    4012,
    failed('The Gather space is full (4012).', 'Raise its capacity at Gather, or wait until some leave.'),
  ],
]);

export function troubleOf(ending: Ending, { spaceId, apiUrl }: GatherSettings): Trouble {
  if (!isClassic(spaceId)) return SECOND;
  const { host } = new URL(apiUrl);
  switch (ending.why) {
    case 'left':
      return degraded('The connection to Gather was ended.');
    case 'refused':
      if ([400, 404].includes(ending.status)) return noSpace(spaceId, host);
      if ([401, 403, 410].includes(ending.status)) return SECOND;
      return degraded(`${host} answers with HTTP ${ending.status}.`);
    case 'unreachable':
      return degraded(`${host} cannot be reached (${ending.code}).`);
    case 'nonsense':
      return failed(
        `${host} does not answer as Gather does.`,
        'Take GATHER_API_URL out, or correct it: https://api.gather.town is Gather.',
      );
    case 'closed':
      return FATAL.get(ending.code) ?? degraded(`The connection to Gather was lost (${ending.code}).`);
    case 'slow':
      return degraded('Gather did not tell the whole space in time.');
    case 'silent':
      return degraded('The connection to Gather was lost: nothing came for too long.');
  }
}
