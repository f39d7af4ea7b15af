// Calendar v3 as far as presence needs it: free/busy, lists of events with pages and sync tokens.
import type { AccessToken, Account, CalendarEvent } from './accounts.ts';
import { type Answer, notFound, problem } from './answers.ts';

const AUTH = 'https://www.googleapis.com/auth/';
export const FREE_BUSY = ['calendar.freebusy', 'calendar.readonly', 'calendar'].map(name => AUTH + name);
export const EVENTS = ['calendar.events.readonly', 'calendar.readonly', 'calendar'].map(name => AUTH + name);
/** As Google's calendarExpansionMax. */
const MOST_CALENDARS = 50;

export const allows = (token: AccessToken, scopes: readonly string[]) =>
  scopes.some(scope => token.scopes.has(scope));

export const tooFewScopes = () =>
  problem(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.');

export type Calendars = ReturnType<typeof createCalendars>;

interface Query {
  readonly timeMin: string | null;
  readonly timeMax: string | null;
  readonly pageToken: string | null;
  readonly syncToken: string | null;
}

export function createCalendars(accounts: ReadonlyMap<string, Account>) {
  let version = 1;
  let oldest = 0;

  function calendarOf(token: AccessToken, id: string): Account | undefined {
    const account = id === 'primary' ? token.account : accounts.get(id);
    if (!account || !token.account) return undefined;
    return account === token.account || (account.hd && account.hd === token.account.hd) ? account : undefined;
  }

  const calendars = {
    /** Events on a page of a list. */
    pageSize: 250,
    calendarOf,
    /** Told of every change. */
    changed: (_account: Account) => {},

    put(email: string, event: Partial<CalendarEvent> & Pick<CalendarEvent, 'start' | 'end'>): string {
      const account = accounts.get(email);
      if (!account) throw new Error(`Nobody here is called ${email}`);
      const whole = { id: crypto.randomUUID().replaceAll('-', ''), status: 'confirmed', ...event } as const;
      account.events.set(whole.id, { event: whole, version: ++version });
      calendars.changed(account);
      return whole.id;
    },
    cancel(email: string, id: string): void {
      const event = accounts.get(email)?.events.get(id)?.event;
      if (event) calendars.put(email, { ...event, status: 'cancelled' });
    },
    /** Sync tokens given so far are answered with 410. */
    forgetTokens(): void {
      oldest = ++version;
    },

    freeBusy(
      token: AccessToken,
      body: { timeMin: string; timeMax: string; items: { id: string }[] },
    ): Answer {
      if (!allows(token, FREE_BUSY)) return tooFewScopes();
      if (body.items.length > MOST_CALENDARS)
        return problem(400, 'tooManyCalendarsRequested', 'Too many calendars requested.');
      const answer = body.items.map(({ id }) => {
        const account = calendarOf(token, id);
        if (!account) return [id, { errors: [{ domain: 'global', reason: 'notFound' }], busy: [] }];
        return [id, { busy: busy(account, body.timeMin, body.timeMax) }];
      });
      const { timeMin, timeMax } = body;
      return {
        status: 200,
        body: { kind: 'calendar#freeBusy', timeMin, timeMax, calendars: Object.fromEntries(answer) },
      };
    },

    list(token: AccessToken, id: string, { timeMin, timeMax, pageToken, syncToken }: Query): Answer {
      if (!allows(token, EVENTS)) return tooFewScopes();
      const account = calendarOf(token, id);
      if (!account) return notFound('Calendar');
      if (syncToken !== null && (timeMin !== null || timeMax !== null))
        return problem(400, 'badRequest', 'Sync token cannot be used with other query restrictions.');
      const since = syncToken === null ? 0 : Number(syncToken.replace('sync-', ''));
      if (syncToken !== null && !(since >= oldest))
        return problem(410, 'fullSyncRequired', 'Sync token is no longer valid, a full sync is required.');
      const found = [...account.events.values()]
        .filter(entry => entry.version > since && (syncToken !== null || entry.event.status !== 'cancelled'))
        .map(({ event }) => event)
        .filter(event => overlaps(event, timeMin, timeMax));
      const from = Number(pageToken ?? 0);
      const to = from + calendars.pageSize;
      const more = found.length > to;
      return {
        status: 200,
        body: {
          kind: 'calendar#events',
          items: found.slice(from, to),
          ...(more ? { nextPageToken: String(to) } : { nextSyncToken: `sync-${version}` }),
        },
      };
    },
  };
  return calendars;
}

const at = ({ dateTime, date }: CalendarEvent['start']) => Date.parse(dateTime ?? date ?? '');

function overlaps(event: CalendarEvent, timeMin: string | null, timeMax: string | null): boolean {
  return (
    (timeMin === null || at(event.end) > Date.parse(timeMin)) &&
    (timeMax === null || at(event.start) < Date.parse(timeMax))
  );
}

function busy(account: Account, timeMin: string, timeMax: string) {
  return [...account.events.values()]
    .map(({ event }) => event)
    .filter(event => event.status !== 'cancelled' && event.transparency !== 'transparent')
    .filter(({ attendees }) => !attendees?.some(one => one.self && one.responseStatus === 'declined'))
    .filter(event => overlaps(event, timeMin, timeMax))
    .map(({ start, end }) => ({
      start: new Date(at(start)).toISOString(),
      end: new Date(at(end)).toISOString(),
    }));
}
