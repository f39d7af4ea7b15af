// Looks into everybody's calendar, round after round, the watched ones first; and into one at once when Google pushes that it changed.
import type { Log } from '../../hub/ports.ts';
import type { Court } from '../../hub/ports-integrations.ts';
import { type Access, type Accesses, EVENTS } from './access.ts';
import type { Book } from './book.ts';
import { type Channel, type ChannelTokens, createChannel } from './channel.ts';
import type { GoogleClient } from './client.ts';
import { type Trouble, troubleOf } from './errors.ts';
import { batches, createFreeBusy } from './free-busy.ts';
import type { Pace } from './pace.ts';
import { createEventSync, type EventSync } from './sync.ts';

export interface CalendarsDeps {
  readonly court: Court;
  readonly client: GoogleClient;
  readonly accesses: Accesses;
  readonly book: Book;
  readonly pace: Pace;
  readonly tokens: ChannelTokens;
  /** Where Google may post to; undefined: it cannot reach the hub, which asks alone. */
  address(): string | undefined;
  /** Ends a round in the middle. */
  readonly signal: AbortSignal;
  now(): number;
  readonly log: Log;
}

export interface Round {
  /** People who have to give their consent again, or whose calendar Google does not show. */
  readonly blind: number;
  /** What makes the whole connection useless. */
  readonly trouble?: Extract<Trouble, { kind: 'credentials' | 'clock' }>;
}

/** One person who consented to being followed: their events and the channel that tells of changes. */
interface Followed {
  access: Access;
  readonly sync: EventSync;
  readonly channel: Channel;
  /** The reading that runs, and whether something changed since it began. */
  reading?: Promise<void>;
  again: boolean;
}

const MOST_IN_VAIN = 3;

export function createCalendars(deps: CalendarsDeps) {
  const { court, client, accesses, book, pace, signal, now, log } = deps;
  const freeBusy = createFreeBusy(client, pace, now);
  const followed = new Map<string, Followed>();
  let known = new Set<string>();

  function follow(access: Access): Followed {
    const { person, auth } = access;
    const old = followed.get(person.id);
    // A new consent comes with a new client.
    if (old?.access.auth === auth) {
      old.access = access;
      return old;
    }
    const calendar = client.calendar(auth);
    const one: Followed = {
      access,
      sync: createEventSync(calendar, 'primary', { pace, now }),
      channel: createChannel(calendar, 'primary', deps),
      again: false,
    };
    followed.set(person.id, one);
    return one;
  }

  /** Reads once, and once more when a change was told meanwhile: however many pushes, no reading is in vain. */
  function read(one: Followed): Promise<void> {
    if (one.reading) {
      one.again = true;
      return one.reading;
    }
    const work = async () => {
      do {
        one.again = false;
        book.set(one.access.person.id, await one.sync.read());
      } while (one.again);
    };
    one.reading = work().finally(() => {
      delete one.reading;
    });
    return one.reading;
  }

  /** How many are not shown to us. */
  async function look(batch: readonly Access[]): Promise<number> {
    const [first] = batch;
    if (first?.consent?.scopes.includes(EVENTS)) {
      const one = follow(first);
      // First the channel, so that no change falls between it and the reading.
      await one.channel.keep();
      await read(one);
      return 0;
    }
    const found = await freeBusy(batch);
    for (const access of batch) {
      const blocks = found.get(access);
      if (blocks) book.set(access.person.id, blocks);
      else book.forget(access.person.id);
    }
    return batch.length - found.size;
  }

  /** How many of a batch that failed cannot be seen any more. Their claims stand when it will be better by itself. */
  async function failed(batch: readonly Access[], error: unknown): Promise<Round> {
    const trouble = troubleOf(error);
    const [first] = batch;
    if (first && trouble.kind === 'unauthorized') accesses.renew(first);
    if (trouble.kind === 'credentials' || trouble.kind === 'clock') return { blind: 0, trouble };
    if (trouble.kind !== 'revoked' && trouble.kind !== 'scope' && trouble.kind !== 'missing')
      return { blind: 0 };
    if (batch.length > 1) {
      // The one in whose name all were asked for is the one that is wrong, or nobody is: each in their own name.
      return inTurn(batch.map(access => [access]));
    }
    if (!first) return { blind: 0 };
    log.info({ user: first.person.user, kind: trouble.kind }, 'a calendar cannot be read any more');
    if (trouble.kind === 'revoked') await accesses.revoked(first);
    followed.delete(first.person.id);
    book.forget(first.person.id);
    return { blind: 1 };
  }

  async function inTurn(all: readonly (readonly Access[])[]): Promise<Round> {
    let blind = 0;
    let inVain = 0;
    for (const batch of all) {
      signal.throwIfAborted();
      try {
        blind += await look(batch);
        inVain = 0;
      } catch (error) {
        const round = await failed(batch, error);
        if (round.trouble) return { blind, trouble: round.trouble };
        blind += round.blind;
        // Google itself is away, then: the next round is for the others.
        if (round.blind === 0 && ++inVain === MOST_IN_VAIN) break;
      }
    }
    return { blind };
  }

  return {
    async round(): Promise<Round> {
      const [people, owners] = [await court.people(), new Set(await court.owners())];
      const seen = new Set(people.map(({ id }) => id));
      for (const id of known) {
        if (seen.has(id)) continue;
        book.forget(id);
        const gone = followed.get(id);
        followed.delete(id);
        await gone?.channel.stop();
      }
      known = seen;
      const first = people.toSorted((a, b) => Number(b.watched) - Number(a.watched));
      const found: Access[] = [];
      let lost = 0;
      for (const person of first) {
        const access = await accesses.of(person, owners);
        if (access === 'lost') lost++;
        if (typeof access === 'object') found.push(access);
        else book.forget(person.id);
      }
      const round = await inTurn(batches(found));
      return { ...round, blind: round.blind + lost };
    },

    /** A push that was found genuine. */
    async pushed(channel: string): Promise<void> {
      const one = [...followed.values()].find(({ channel: mine }) => mine.id === channel);
      if (one) await read(one);
    },

    async stop(): Promise<void> {
      await Promise.all([...followed.values()].map(({ channel }) => channel.stop()));
    },
  };
}
