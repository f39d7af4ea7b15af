// Looks through the logs for what concerns people, and when something has waited long enough, decides whether they are told. Open on the one node that
// holds the lease; where it stands is in the database, so the next node goes on where a dead one stopped, and loses and repeats nothing (I14).
import { setTimeout as delay } from 'node:timers/promises';
import type { NoticeChannel } from '#shared/protocol/notices.ts';
import { Unreachable } from './errors.ts';
import { postingsOf } from './notice-postings.ts';
import { decide, factsOf, reasonOf } from './notice-rules.ts';
import type { Log } from './ports.ts';
import type { NoticeStore, RipePerson } from './ports-notices.ts';

/** Milliseconds. */
export interface NoticeTempo {
  /** Between two looks. */
  readonly look: number;
  /** From the first thing that concerns somebody until they are told of it and what came after it. */
  readonly batch: number;
  /** In which a node that has just taken over learns who is there, before it decides anything. */
  readonly settle: number;
}

export const noticeTempo = ({ batch = 120_000, ...given }: Partial<NoticeTempo> = {}): NoticeTempo => ({
  look: 2000,
  batch,
  settle: Math.min(30_000, batch),
  ...given,
});

/** Log entries in one look, and how old a message may be that somebody is told of. */
const ENTRIES = 400;
const AGE_SECONDS = 86_400;
/** People judged at once, and notices of one of them. */
const PEOPLE = 100;
const EACH = 200;
/** So many times as long as a look took, and no longer than this in ms, the database is left to those who talk. */
const REST = 5;
const REST_MOST = 10_000;

export function openNoticeJob(deps: {
  store: Pick<NoticeStore, 'gatherNotices' | 'addNotices' | 'ripeNotices' | 'settleNotices'>;
  /** Where somebody is now. */
  whereabouts(user: string): { readonly here: boolean; readonly dnd: boolean };
  /** By which people can be told here. */
  channels: readonly string[];
  /** Something was put into the outbox. */
  posted(): void;
  tempo: NoticeTempo;
  now(): number;
  log: Log;
}): AsyncDisposable {
  const { store, whereabouts, channels, posted, tempo, now, log } = deps;
  const closing = new AbortController();
  const opened = performance.now();

  /** Whether there is more. */
  const gather = async (): Promise<boolean> => {
    const { found, texts, cursors, more } = await store.gatherNotices(ENTRIES, AGE_SECONDS);
    const notices = found.flatMap(({ room, message, seq, user, ...about }) => {
      const reason = reasonOf({ user, ...about }, texts[message]);
      return reason ? [{ room, message, seq, user, reason }] : [];
    });
    if (cursors.length > 0) await store.addNotices(notices, cursors);
    return more;
  };

  const judgeOne = (person: RipePerson) => {
    const around = { ...whereabouts(person.user), now: now() };
    const offered = <T extends NoticeChannel>(ways: readonly T[]) =>
      ways.filter(way => channels.includes(way));
    const here = { ...person, addresses: offered(person.addresses), channels: offered(person.channels) };
    const judged = person.notices.map(notice => ({ notice, ...decide(factsOf(notice, here, around)) }));
    const told = judged.filter(({ verdict }) => verdict === 'notified').map(({ notice }) => notice);
    return {
      decisions: judged.map(({ notice: { room, message }, verdict, rule }) => {
        return { room, message, user: person.user, verdict, rule };
      }),
      postings: postingsOf(person, told, here.channels, around.now),
    };
  };

  /** Whether there is more. */
  const judge = async (): Promise<boolean> => {
    const people = await store.ripeNotices(tempo.batch / 1000, PEOPLE, EACH);
    if (people.length === 0) return false;
    const judged = people.map(judgeOne);
    const { put } = await store.settleNotices(
      judged.flatMap(({ decisions }) => decisions),
      judged.flatMap(({ postings }) => postings),
    );
    if (put > 0) posted();
    return people.length === PEOPLE;
  };

  const run = async () => {
    while (!closing.signal.aborted) {
      const began = performance.now();
      let more = false;
      try {
        more = await gather();
        if (began - opened >= tempo.settle) more = (await judge()) || more;
      } catch (error) {
        more = false;
        const level = error instanceof Unreachable ? 'warn' : 'error';
        log[level]({ err: error }, 'telling people of messages waits for the next look');
      }
      const rest = Math.min(REST_MOST, (performance.now() - began) * REST);
      const pause = more ? Math.min(rest, tempo.look) : Math.max(rest, tempo.look);
      await delay(pause, undefined, { signal: closing.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}
