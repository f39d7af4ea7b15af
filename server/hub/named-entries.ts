// What devices say they have: the last entry that each named, with marks on the way, so that it can be told later about when they had another.
import type { Via } from './ports-ledger.ts';

/** Milliseconds: between two marks it is not told when the entries were named. */
const MARK_MS = 300_000;

type Kind = Extract<Via, 'acknowledged' | 'read'>;

export interface Named {
  readonly room: string;
  readonly via: Kind;
  readonly epoch: string | undefined;
  /** The first that was named, at `from`, and the last, at `to`: milliseconds of this process's clock. */
  readonly first: number;
  readonly from: number;
  last: number;
  to: number;
}

export class NamedEntries<Who extends object> {
  readonly #latest = new Map<Who, Map<string, Named>>();
  #grown = new Map<Named, Who>();

  /** Earlier ones than before say nothing new. */
  named(who: Who, about: Pick<Named, 'room' | 'via' | 'epoch'>, seq: number): void {
    const mine = this.#latest.get(who) ?? new Map<string, Named>();
    this.#latest.set(who, mine);
    const key = `${about.via} ${about.room}`;
    const before = mine.get(key);
    const sameLog = before && (about.epoch === undefined || before.epoch === about.epoch);
    if (sameLog && seq <= before.last) return;
    const at = performance.now();
    let mark = before;
    if (!mark || !sameLog || at - mark.from > MARK_MS) {
      mark = { ...about, first: seq, last: seq, from: at, to: at };
      mine.set(key, mark);
    }
    mark.last = seq;
    mark.to = at;
    this.#grown.set(mark, who);
  }

  gone(who: Who): void {
    this.#latest.delete(who);
  }

  /** What grew since it was taken last, as it is now. */
  take(): (Named & { who: Who })[] {
    const grown = [...this.#grown].map(([mark, who]) => ({ ...mark, who }));
    this.#grown = new Map();
    return grown;
  }
}
