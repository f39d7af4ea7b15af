// Summaries of what was said: asked for by people, written in the background, told to all sockets of who asked, posted where it is for the room.
// A job is its asker's, not a socket's: it goes on while they reconnect. It ends with its node; then `summary:get` knows nothing of it.
import { randomUUID } from 'node:crypto';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { WireError } from '#shared/protocol/errors.ts';
import type { Background } from './background.ts';
import type { Bus, Hints } from './bus.ts';
import { forbidden, HubError, notFound, Unreachable, unavailable } from './errors.ts';
import type { Actor, Log } from './ports.ts';
import { SummarizerError } from './ports-ai.ts';
import type { MaterialRange } from './ports-summaries.ts';
import type { SummaryBook, SummaryNews } from './summary-book.ts';
import { type JobDeps, runJob, type Wish } from './summary-job.ts';

/** Of one person, and of one room, at once on this node. */
const MOST = { user: 3, room: 8 } as const;
/** A summary that takes longer is given up, in ms. */
const PATIENCE = 240_000;
/** Between two signs of life to the other nodes, in ms. */
const ALIVE = 15_000;
const WORDS = 170;
const CANCELLED = new HubError('conflict', 'This summary was cancelled.');
/** The details are for our own client, which asks another node by itself. */
const GOING = new HubError('unavailable', 'This node is shutting down; ask again.', {
  retryAfterMs: 1000,
  details: { draining: true },
});

interface Job {
  readonly id: string;
  readonly key: string;
  readonly wish: Wish;
  readonly people: Actor[];
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

export type Summaries = ReturnType<typeof createSummaries>;

export function createSummaries(
  deps: JobDeps & { book: SummaryBook; bus: Bus; background: Background; log: Log },
) {
  const { store, book, bus, background, log } = deps;
  const jobs = new Map<string, Job>();
  let going = false;

  background.every(ALIVE, 'summaries under way', () => {
    for (const job of jobs.values()) tell(job, { name: 'alive', payload: { id: job.id } });
    book.tidy();
  });

  const tell = ({ people }: Pick<Job, 'people'>, news: SummaryNews) =>
    book.tell(
      people.map(({ id }) => id),
      news,
    );

  const begin = (id: string, key: string, wish: Wish): void => {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE)]);
    const people = [wish.actor];
    const run = async () => {
      try {
        const written = runJob(id, wish, deps, {
          signal,
          others: () => people.slice(1),
          drop(other, why) {
            people.splice(people.indexOf(other), 1);
            book.tell([other.id], { name: 'dropped', payload: { id, error: why.toWire() } });
          },
          delta: push => tell(job, { name: 'summary:delta', payload: push }),
        });
        const payload = await orAborted(written, signal);
        tell(job, { name: 'summary:done', payload });
      } catch (error) {
        tell(job, { name: 'summary:failed', payload: { id, error: refusalOf(error, id) } });
      } finally {
        jobs.delete(id);
      }
    };
    // In a later turn, so that whoever asks hears the id first.
    const done = new Promise<void>(resolve => setImmediate(() => void run().finally(resolve)));
    const job: Job = { id, key, wish, people, stop, done };
    jobs.set(id, job);
    tell(job, { name: 'begun', payload: { id, room: wish.room } });
  };

  const refusalOf = (error: unknown, summary: string): WireError => {
    if (error instanceof HubError) return error.toWire();
    if (error instanceof Unreachable) return unavailable('The database is away; ask again.').toWire();
    if (error instanceof SummarizerError) {
      return unavailable('Nobody could write this summary just now.', error.retryAfterMs ?? 10_000).toWire();
    }
    if ((error as Error)?.name === 'TimeoutError')
      return unavailable('This took too long; ask for less.').toWire();
    log.error({ err: error, summary }, 'a summary failed');
    return new HubError('internal', `Something broke on our side. The log has it as ${summary}.`).toWire();
  };

  const admit = ({ actor, room }: Wish): void => {
    const running = [...jobs.values()];
    const mine = running.filter(({ people }) => people.some(({ id }) => id === actor.id)).length;
    const here = running.filter(({ wish }) => wish.room === room).length;
    if (mine >= MOST.user || here >= MOST.room) {
      const whose = mine >= MOST.user ? 'Other summaries of yours are' : 'Many summaries of this room are';
      throw new HubError('rate_limited', `${whose} under way; wait for one of them.`, { retryAfterMs: 5000 });
    }
  };

  const owned = (actor: Actor, id: string) => {
    const entry = book.get(id);
    if (!entry?.users.includes(actor.id)) throw notFound('There is no such summary.');
    return entry;
  };

  return {
    async request(actor: Actor, input: ParsedInput<'summary:request'>): Promise<CallData<'summary:request'>> {
      if (going) throw GOING;
      const { room, range, style, audience, question } = input;
      const id = input.id ?? randomUUID();
      if (book.get(id)) return { id: owned(actor, id).id };
      const wish: Wish = {
        actor,
        room,
        audience,
        range: rangeOf(range),
        style,
        words: WORDS,
        ...(question && { question }),
      };
      const key = JSON.stringify([audience, audience === 'me' && actor.id, room, range, style, question]);
      // Refused here and now, for who may not read or post; not a minute later.
      await store.recheck(wish, Number.MAX_SAFE_INTEGER, []);
      const same = [...jobs.values()].find(job => job.key === key);
      if (same) {
        if (!same.people.some(({ id }) => id === actor.id)) {
          same.people.push(actor);
          tell(same, { name: 'alive', payload: { id: same.id } });
        }
        return { id: same.id };
      }
      admit(wish);
      begin(id, key, wish);
      return { id };
    },

    async get(actor: Actor, { id }: ParsedInput<'summary:get'>): Promise<CallData<'summary:get'>> {
      const { users: _, error, ...state } = owned(actor, id);
      if (error) throw new HubError(error.code, error.message, { details: error.details });
      // Who was taken out of the room meanwhile has no claim to it any more (I9).
      await store.recheck({ actor, room: state.room, audience: 'me' }, Number.MAX_SAFE_INTEGER, []);
      return state;
    },

    async cancel(actor: Actor, { id }: ParsedInput<'summary:cancel'>): Promise<CallData<'summary:cancel'>> {
      const { users } = owned(actor, id);
      if (users[0] !== actor.id) throw forbidden('Only who asked first may cancel it.');
      jobs.get(id)?.stop.abort(CANCELLED);
      bus.publish('summaryCancelled', { id, user: actor.id });
      return {};
    },
    heardCancel({ id, user }: Hints['summaryCancelled']): void {
      const job = jobs.get(id);
      if (job?.people[0]?.id === user) job.stop.abort(CANCELLED);
    },

    async live(actor: Actor, { room }: ParsedInput<'summary:live'>): Promise<CallData<'summary:live'>> {
      const summary = await store.live(actor, room);
      return { summary: summary && { room, ...summary } };
    },

    /** For one who is not at a socket: waits for the whole of it. */
    async whole(wish: Omit<Wish, 'words'>): Promise<CallData<'summary:get'>['summary'] & object> {
      if (going) throw GOING;
      const signal = AbortSignal.timeout(PATIENCE);
      return runJob(randomUUID(), { ...wish, words: WORDS }, deps, {
        signal,
        delta() {},
        others: () => [],
        drop() {},
      });
    },

    /** Ends all that is under way here. */
    async letGo(): Promise<void> {
      going = true;
      const ending = [...jobs.values()].map(({ stop, done }) => {
        stop.abort(GOING);
        return done;
      });
      await Promise.all(ending);
    },
  };
}

/** Who cancels does not wait until the writer has heard of it. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}

function rangeOf(range: ParsedInput<'summary:request'>['range']): MaterialRange {
  if (range === 'unread') return { unread: true };
  if (typeof range === 'string') return { days: range === 'day' ? 1 : 7 };
  return range;
}
