// Plays a scenario in real time on the simulators that run, and does what the page asks. One scenario at a time; a new start ends the old one.
import type { Playground } from './playground.ts';
import type { Scenario, Step } from './scenario.ts';

export interface Player extends Disposable {
  /** From the first step on. */
  play(): void;
  /** Steps done and steps in all. */
  readonly progress: { readonly done: number; readonly of: number };
  /** @throws Error with a sentence when it cannot be done */
  act(deed: Act): Promise<void>;
}

export interface Act {
  readonly simulator: string;
  readonly person: string;
  readonly deed: string;
  readonly place?: string | undefined;
  readonly words?: string | undefined;
}

/** @param tell is given what happened, in a sentence, and what went wrong */
export function createPlayer(
  scenario: Scenario,
  playgrounds: ReadonlyMap<string, Playground>,
  tell: (line: string) => void,
): Player {
  const steps = scenario.steps.filter(step => playgrounds.has(step.in));
  let timers: NodeJS.Timeout[] = [];
  let done = 0;

  const stop = () => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
  };

  async function act({ simulator, person, deed, place = '', words = '' }: Act): Promise<void> {
    const playground = playgrounds.get(simulator);
    const doing = playground && Object.hasOwn(playground.deeds, deed) ? playground.deeds[deed] : undefined;
    if (!playground || !doing) throw new Error(`Nobody can ${deed} in ${simulator}.`);
    if (!scenario.people.some(({ id }) => id === person)) throw new Error(`There is no ${person}.`);
    if (doing.needsPlace && !playground.places.includes(place))
      throw new Error(
        `There is no place ${place} in ${simulator}; there are ${playground.places.join(', ')}.`,
      );
    if (doing.needsWords && words.trim() === '') throw new Error(`To ${deed} in ${simulator} needs words.`);
    const answer = await doing.do(person, place, words);
    const details = [doing.needsPlace && place, doing.needsWords && `“${words}”`].filter(Boolean);
    tell(`${person}: ${[deed, ...details].join(' ')} (${simulator})${answer ? `: ${answer}` : ''}`);
  }

  async function take({ in: simulator, who: person, does: deed, where, says: words }: Step): Promise<void> {
    done++;
    try {
      const place = where === undefined ? undefined : scenario.places[where]?.[simulator];
      await act({ simulator, person, deed, place, words });
    } catch (error) {
      tell((error as Error).message);
    }
  }

  return {
    act,
    get progress() {
      return { done, of: steps.length };
    },
    play() {
      stop();
      done = 0;
      timers = steps.map(step => setTimeout(() => void take(step), step.at * 1000));
    },
    [Symbol.dispose]: stop,
  };
}
