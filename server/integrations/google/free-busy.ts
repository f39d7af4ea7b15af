// Free/busy of many calendars: by the service account fifty to a request, by a person's own consent one.
import type { Access } from './access.ts';
import type { GoogleClient } from './client.ts';
import { type Block, blocksOf } from './map.ts';
import type { Pace } from './pace.ts';

/** As Google's calendarExpansionMax. */
const BATCH = 50;
/** How far ahead, in ms: so long do claims come right with Google away. */
export const AHEAD = 12 * 3_600_000;

export type FreeBusy = (accesses: readonly Access[]) => Promise<Map<Access, Block[]>>;

/** Those who may be asked for in one request, in the order given. */
export function batches(accesses: readonly Access[]): Access[][] {
  const batched: Access[][] = [];
  let open: Access[] | undefined;
  for (const access of accesses) {
    if (access.consent) batched.push([access]);
    else if (open && open.length < BATCH) open.push(access);
    else {
      open = [access];
      batched.push(open);
    }
  }
  return batched;
}

export function createFreeBusy(client: GoogleClient, pace: Pace, now: () => number): FreeBusy {
  const ask: FreeBusy = async accesses => {
    const [first] = accesses;
    if (!first) return new Map();
    const { data } = await pace.ask(() =>
      client.calendar(first.auth).freebusy.query({
        requestBody: {
          timeMin: new Date(now()).toISOString(),
          timeMax: new Date(now() + AHEAD).toISOString(),
          items: accesses.map(({ email }) => ({ id: email })),
        },
      }),
    );
    const found = new Map<Access, Block[]>();
    for (const access of accesses) {
      const calendar = data.calendars?.[access.email];
      if (calendar && !calendar.errors?.length) found.set(access, blocksOf(calendar.busy ?? []));
      // Not shared with the one in whose name all were asked for: in their own name, then.
      else if (accesses.length > 1) for (const [who, blocks] of await ask([access])) found.set(who, blocks);
    }
    return found;
  };
  return ask;
}
