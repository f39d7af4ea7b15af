// One person's events of the next day, kept up to date by sync tokens; when Google takes a token no longer (410), they are read anew.
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';
import type { Calendar } from './client.ts';
import { troubleOf } from './errors.ts';
import { type Block, blockOf, merge } from './map.ts';
import type { Pace } from './pace.ts';

export interface EventSync {
  /** Reads what has changed, or everything. @throws what Google's client threw last */
  read(): Promise<Block[]>;
}

/** How far ahead events are read, and what of it must be left before they are read anew, in ms. */
const WINDOW = 36 * 3_600_000;
const LEFT = 12 * 3_600_000;
const FIELDS =
  'nextPageToken,nextSyncToken,items(id,status,transparency,eventType,start,end,attendees(self,responseStatus))';

export function createEventSync(
  calendar: Calendar,
  calendarId: string,
  { pace, now }: { pace: Pace; now(): number },
): EventSync {
  const blocks = new Map<string, Block>();
  let token: string | undefined;
  let windowEnd = 0;

  /** All pages of one list. */
  async function list(query: calendar_v3.Params$Resource$Events$List): Promise<void> {
    let pageToken: string | undefined;
    do {
      const page = { ...query, ...(pageToken && { pageToken }) };
      const { data } = await pace.ask(() =>
        calendar.events.list({ calendarId, singleEvents: true, fields: FIELDS, ...page }),
      );
      for (const event of data.items ?? []) {
        if (!event.id) continue;
        const block = blockOf(event);
        if (block) blocks.set(event.id, block);
        else blocks.delete(event.id);
      }
      pageToken = data.nextPageToken ?? undefined;
      if (!pageToken) token = data.nextSyncToken ?? undefined;
    } while (pageToken);
  }

  async function readAnew(): Promise<void> {
    blocks.clear();
    token = undefined;
    windowEnd = now() + WINDOW;
    await list({ timeMin: new Date(now()).toISOString(), timeMax: new Date(windowEnd).toISOString() });
  }

  return {
    async read() {
      if (token === undefined || windowEnd - now() < LEFT) await readAnew();
      else {
        try {
          await list({ syncToken: token });
        } catch (error) {
          if (troubleOf(error).kind !== 'gone') throw error;
          await readAnew();
        }
      }
      return merge([...blocks.values()]);
    },
  };
}
