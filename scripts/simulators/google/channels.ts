// Push channels of Calendar: made, told of changes, run out, stopped. Pushes may come twice or not at all.
import type { AccessToken, Account } from './accounts.ts';
import { type Answer, notFound, problem } from './answers.ts';
import { allows, type Calendars, EVENTS, tooFewScopes } from './calendar.ts';

interface Channel {
  readonly id: string;
  readonly resourceId: string;
  readonly account: Account;
  readonly address: string;
  readonly token: string | undefined;
  expiresAt: number;
  messages: number;
}

interface WatchRequest {
  id: string;
  type: string;
  address: string;
  token?: string;
  params?: { ttl?: string };
}

export type Channels = ReturnType<typeof createChannels>;

const WEEK = 7 * 24 * 3600;

export function createChannels({ calendars, now }: { calendars: Calendars; now(): number }) {
  const open = new Map<string, Channel>();
  const underWay = new Set<Promise<unknown>>();

  function send(channel: Channel, state: 'sync' | 'exists'): void {
    channel.messages++;
    const headers = {
      'X-Goog-Channel-ID': channel.id,
      'X-Goog-Channel-Expiration': new Date(channel.expiresAt).toUTCString(),
      'X-Goog-Message-Number': String(channel.messages),
      'X-Goog-Resource-ID': channel.resourceId,
      'X-Goog-Resource-State': state,
      'X-Goog-Resource-URI': `https://www.googleapis.com/calendar/v3/calendars/${channel.account.email}/events`,
      ...(channel.token !== undefined && { 'X-Goog-Channel-Token': channel.token }),
    };
    const sent = fetch(channel.address, { method: 'POST', headers }).then(
      answer => channels.answers.push(answer.status),
      // The hub is away: Google would try again for a while.
      () => channels.answers.push(0),
    );
    underWay.add(sent);
    sent.finally(() => underWay.delete(sent));
  }

  const channels = {
    open: open as ReadonlyMap<string, Channel>,
    /** How the hub answered pushes so far; 0: not at all. */
    answers: [] as number[],
    /** How often each change is pushed: 2 is a duplicate, 0 a lost push. */
    copies: 1,
    /** Seconds at most, whatever was asked for. */
    longest: WEEK,

    watch(token: AccessToken, calendar: string, wanted: WatchRequest): Answer {
      if (!allows(token, EVENTS)) return tooFewScopes();
      const account = calendars.calendarOf(token, calendar);
      if (!account) return notFound('Calendar');
      if (!/^[\w+/=-]{1,64}$/.test(wanted.id)) return problem(400, 'channelIdInvalid', 'Bad channel id.');
      if (open.has(wanted.id))
        return problem(400, 'channelIdNotUnique', `Channel id ${wanted.id} not unique`);
      if (wanted.type !== 'web_hook' || !URL.canParse(wanted.address))
        return problem(400, 'push.webhookUrlNotHttps', 'WebHook callback must be HTTPS.');
      const ttl = Math.min(Number(wanted.params?.ttl ?? WEEK), channels.longest);
      const channel: Channel = {
        id: wanted.id,
        resourceId: `resource-of-${account.sub}`,
        account,
        address: wanted.address,
        token: wanted.token,
        expiresAt: now() + ttl * 1000,
        messages: 0,
      };
      open.set(channel.id, channel);
      send(channel, 'sync');
      const { id, resourceId, expiresAt } = channel;
      return { status: 200, body: { kind: 'api#channel', id, resourceId, expiration: String(expiresAt) } };
    },

    stop(token: AccessToken, { id, resourceId }: { id: string; resourceId: string }): Answer {
      const channel = open.get(id);
      if (!channel || channel.resourceId !== resourceId || channel.account !== token.account)
        return notFound('Channel');
      open.delete(id);
      return { status: 204 };
    },

    changed(account: Account): void {
      for (const channel of open.values()) {
        if (channel.expiresAt <= now()) open.delete(channel.id);
        else if (channel.account === account)
          for (let copy = 0; copy < channels.copies; copy++) send(channel, 'exists');
      }
    },

    /** Resolves when every push so far was answered. */
    settled: async () => void (await Promise.all(underWay)),
  };
  return channels;
}
