// Whether the Gather space can be watched: goes in with the hub's own settings and client, and leaves when it has seen who is there.
import { isClassic, troubleOf } from '../../../server/integrations/gather/reasons.ts';
import { type Ending, type GatherEvent, visit } from '../../../server/integrations/gather/visit.ts';
import type { Check } from './check.ts';

const PATIENCE = { entering: 15_000, silence: 15_000 };

export const gather: Check = async ({ config, signal }) => {
  const { gather: settings } = config;
  if (!settings) return { state: 'off' };
  if (!isClassic(settings.spaceId)) return troubleOf({ why: 'left' }, settings);
  const people = new Set<number>();
  const maps = new Set<string>();
  const leaving = new AbortController();
  let entered = false;
  const visitor = {
    heard(event: GatherEvent) {
      if (event.$case === 'playerJoins') people.add(event.playerJoins.encId);
      if (event.$case === 'mapSetDimensions') maps.add(event.mapSetDimensions.mapId);
    },
    entered() {
      entered = true;
      leaving.abort();
    },
  };
  const ending = await visit(settings, visitor, PATIENCE, AbortSignal.any([signal, leaving.signal]));
  if (entered)
    return {
      state: 'ok',
      reason: `The space is open to us: maps: ${maps.size}, people now: ${people.size}.`,
    };
  const trouble = troubleOf(ending.why === 'left' ? { why: 'slow' } : ending, settings);
  return trouble.state === 'failed'
    ? trouble
    : { state: 'failed', reason: trouble.reason, next: NEXT[ending.why] ?? PROXY };
};

const PROXY = 'Ask again; if it stays so, see whether a proxy holds WebSockets back.';
/** What passes by itself, said to somebody who asks now. */
const NEXT: Readonly<Partial<Record<Ending['why'], string>>> = {
  unreachable: 'See that this machine reaches that host (name, firewall, proxy), or correct GATHER_API_URL.',
  refused: 'Wait, and ask again: the trouble is at its end.',
  closed: 'See that this machine may open WebSockets to *.gather.town (firewall, proxy), and ask again.',
};
