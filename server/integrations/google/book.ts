// Who is in a meeting when, as far as the calendars told. Claims at the minute it begins and takes back at the end, whether or not Google
// can be reached then.
import type { Claim, Court } from '../../hub/ports-integrations.ts';
import { type Block, claimAt, nextChange } from './map.ts';

export interface Book extends Disposable {
  /** What a person's calendar says from now on. */
  set(id: string, blocks: readonly Block[]): void;
  forget(id: string): void;
}

const PART = 'meeting';
/** The longest sleep, in ms, so that a clock that was set is noticed. */
const LONGEST = 30_000;

export function createBook(court: Pick<Court, 'claim'>, now: () => number): Book {
  const people = new Map<string, { blocks: readonly Block[]; claimed: Claim | null }>();
  let timer: NodeJS.Timeout | undefined;

  function tell(id: string): void {
    const person = people.get(id);
    if (!person) return;
    const claim = claimAt(person.blocks, now());
    if (claim?.until === person.claimed?.until) return;
    person.claimed = claim;
    court.claim(id, PART, claim);
  }

  function plan(): void {
    clearTimeout(timer);
    const at = now();
    const changes = [...people.values()].flatMap(({ blocks }) => nextChange(blocks, at) ?? []);
    if (changes.length === 0) return;
    timer = setTimeout(
      () => {
        for (const id of people.keys()) tell(id);
        plan();
      },
      Math.min(Math.min(...changes) - at, LONGEST),
    );
  }

  return {
    set(id, blocks) {
      const person = people.get(id);
      if (person) person.blocks = blocks;
      else people.set(id, { blocks, claimed: null });
      tell(id);
      plan();
    },
    forget(id) {
      if (people.get(id)?.claimed) court.claim(id, PART, null);
      people.delete(id);
      plan();
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
    },
  };
}
