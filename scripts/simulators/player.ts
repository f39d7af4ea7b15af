// Plays a scenario in real time on the simulators that run, and does what the page asks. One scenario at a time; a new start ends the old one.
import type { Playground } from './playground.ts';
import type { Scenario, Step } from './scenario.ts';

export interface Player extends Disposable {
  /** From the first step on. */
  play(): void;
  /** Steps done and steps in all. */
  readonly progress: { readonly done: number; readonly of: number };
  /** @throws Error with a sentence when it cannot be done */
  act(simulator: string, person: string, deed: string, place?: string): Promise<void>;
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

  async function act(simulator: string, person: string, deed: string, place = ''): Promise<void> {
    const playground = playgrounds.get(simulator);
    const doing = playground && Object.hasOwn(playground.deeds, deed) ? playground.deeds[deed] : undefined;
    if (!playground || !doing) throw new Error(`Nobody can ${deed} in ${simulator}.`);
    if (!scenario.people.some(({ id }) => id === person)) throw new Error(`There is no ${person}.`);
    if (doing.needsPlace && !playground.places.includes(place))
      throw new Error(
        `There is no place ${place} in ${simulator}; there are ${playground.places.join(', ')}.`,
      );
    await doing.do(person, place);
    tell(`${person}: ${deed}${doing.needsPlace ? ` ${place}` : ''} (${simulator})`);
  }

  async function take({ in: simulator, who, does, where }: Step): Promise<void> {
    done++;
    try {
      await act(simulator, who, does, where === undefined ? undefined : scenario.places[where]?.[simulator]);
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
