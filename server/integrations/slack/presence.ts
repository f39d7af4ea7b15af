// Who is there and who is busy, as Slack sees it: from its events at once, and active or away by asking, since Socket Mode does not tell. Those whom
// somebody here is looking at are asked about first.
import type { Context } from './context.ts';
import { dnd as dndShape, type SlackEvent } from './events.ts';
import { runLoop } from './loops.ts';
import { type Known, nextChange, type Parts, partsOf } from './map.ts';
import type { People } from './people.ts';
import { troubleOf } from './trouble.ts';

export type SlackPresence = ReturnType<typeof createPresence>;

const DND_AT_ONCE = 50;
/** A look at somebody who is watched is worth so many looks at somebody who is not. */
const WATCHED = 10;
/** Nobody is asked about again within so many ms. */
const FRESH = 20_000;
/** Between two looks at who is linked and watched. */
const LINKS = 15_000;

export function createPresence(context: Context, people: People) {
  const { court, clients, standing, signal, tempo } = context;
  const known = new Map<string, Known>();
  const claimed = new Map<string, string>();
  const asked = new Map<string, number>();
  /** When an event told of somebody's profile or pause: what was asked for before that is older. */
  const told = new Map<string, number>();
  let linked: Awaited<ReturnType<typeof court.people>> = [];
  let looked = 0;

  /** Says what has changed, and only that. */
  function claim(id: string): void {
    const parts = partsOf(known.get(id) ?? {}, Date.now());
    for (const [part, said] of Object.entries(parts) as [keyof Parts, Parts[keyof Parts]][]) {
      const key = `${id} ${part}`;
      const words = said ? JSON.stringify(said) : undefined;
      if (claimed.get(key) === words) continue;
      if (words) claimed.set(key, words);
      else claimed.delete(key);
      court.claim(id, part, said);
    }
  }

  function learn(id: string, more: Known): void {
    known.set(id, { ...known.get(id), ...more });
    claim(id);
  }

  /** From a list that was asked for at `began`. */
  function learnListed(id: string, more: Known, began: number): void {
    const part = Object.keys(more).join();
    if ((told.get(`${id} ${part}`) ?? 0) < began) learn(id, more);
  }

  function hear(id: string, more: Known): void {
    told.set(`${id} ${Object.keys(more).join()}`, performance.now());
    learn(id, more);
  }

  /** Of those who are linked: nobody else's state is of use here. */
  async function readDnd(): Promise<void> {
    for (let i = 0; i < linked.length; i += DND_AT_ONCE) {
      const ids = linked.slice(i, i + DND_AT_ONCE).map(({ id }) => id);
      const began = performance.now();
      const answer = await clients.read.dnd.teamInfo({ users: ids.join(',') });
      for (const [id, state] of Object.entries(answer.users ?? {})) {
        const parsed = dndShape.safeParse(state);
        if (parsed.success) learnListed(id, { dnd: parsed.data }, began);
      }
    }
  }

  const polling = runLoop(
    signal,
    async () => {
      const now = Date.now();
      if (now - looked >= Math.min(LINKS, tempo.poll * 10)) {
        linked = await court.people();
        looked = now;
        // What ran out by the clock alone.
        for (const [id, state] of known) if (nextChange(state, looked - LINKS * 2) !== undefined) claim(id);
      }
      const next = choose(linked, asked, now, Math.min(FRESH, tempo.poll * 15));
      if (next === undefined) return tempo.poll;
      asked.set(next, now);
      const { presence } = await clients.poll.users.getPresence({ user: next });
      standing.report('presence', null);
      if (presence === 'active' || presence === 'away') learn(next, { presence });
      return tempo.poll;
    },
    error => {
      const trouble = troubleOf(error);
      if (trouble.kind !== 'wait') standing.trouble('presence', trouble, 'Asking for presence');
      return trouble.kind === 'wait' ? trouble.ms : tempo.retry.most;
    },
  );

  return {
    done: polling.done,
    heard(event: Extract<SlackEvent, { user: unknown }>): void {
      if ('dnd_status' in event && typeof event.user === 'string')
        hear(event.user, { dnd: event.dnd_status });
      else if (typeof event.user === 'object') {
        people.note(event.user);
        hear(event.user.id, { profile: event.user.profile });
      }
    },
    /** Everything anew, as after a time without events. */
    async sweep(): Promise<void> {
      const began = performance.now();
      await people.sweep(({ id, profile }) => learnListed(id, { profile }, began));
      linked = await court.people();
      await readDnd();
    },
    /** Slack's word has grown old: nothing stands any more. */
    forget(): void {
      known.clear();
      claimed.clear();
      asked.clear();
      told.clear();
      court.claimNothing();
    },
  };
}

/** Whose answer is oldest, and counts most; undefined: all are fresh. */
export function choose(
  linked: readonly { id: string; watched: boolean }[],
  asked: ReadonlyMap<string, number>,
  now: number,
  fresh = FRESH,
): string | undefined {
  let best: string | undefined;
  let most = 0;
  for (const { id, watched } of linked) {
    const age = now - (asked.get(id) ?? 0);
    const weight = age * (watched ? WATCHED : 1);
    if (age >= fresh && weight > most) [best, most] = [id, weight];
  }
  return best;
}
