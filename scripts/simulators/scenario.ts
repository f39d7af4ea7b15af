// A scenario: who there is, what places are called, and what happens when, as a JSON file. It is checked whole before anything happens.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Playground } from './playground.ts';

const slug = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,79}$/, 'is not an id: letters, digits, dots, dashes, up to 80');
const word = z.string().min(1).max(120);

const schema = z.strictObject({
  people: z.array(z.strictObject({ id: slug, name: word, email: z.email().optional() })).min(1),
  /** A place by its name in this scenario, and what each simulator calls it. */
  places: z.record(word, z.record(word, word)).default({}),
  steps: z
    .array(
      z.strictObject({
        /** Seconds from the start. */
        at: z.number().min(0).max(86_400),
        who: slug,
        /** A simulator. */
        in: word,
        does: word,
        /** A place of this scenario. */
        where: word.optional(),
        /** What they say or write. */
        says: z.string().trim().min(1).max(1000).optional(),
      }),
    )
    .default([]),
});

export type Scenario = z.output<typeof schema>;
export type Step = Scenario['steps'][number];

/** @throws Error with one line for each thing that is wrong */
export function parseScenario(text: string): Scenario {
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    );
  }
  const { people, places, steps } = parsed.data;
  const problems = steps.flatMap(({ who, in: simulator, where }, index) => [
    ...(people.some(({ id }) => id === who) ? [] : [`steps.${index}: there is no ${who} among the people`]),
    ...(where === undefined || places[where]?.[simulator]
      ? []
      : [`steps.${index}: ${where} is no place with a name in ${simulator}`]),
  ]);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { ...parsed.data, steps: steps.toSorted((a, b) => a.at - b.at) };
}

export async function readScenario(file: string): Promise<Scenario> {
  try {
    return parseScenario(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** What a step would need that the simulators do not have; empty: it can be played. Simulators that do not run are passed over. */
export function misfits({ steps }: Scenario, playgrounds: ReadonlyMap<string, Playground>): string[] {
  return steps.flatMap(({ in: simulator, does, where, says }, index) => {
    const playground = playgrounds.get(simulator);
    if (!playground) return [];
    const deed = playground.deeds[does];
    const can = Object.keys(playground.deeds).join(', ');
    if (!deed) return [`steps.${index}: nobody can ${does} in ${simulator}; there is ${can}`];
    return [
      ...(deed.needsPlace && where === undefined ? [`steps.${index}: ${does} needs a place (where)`] : []),
      ...(deed.needsWords && says === undefined ? [`steps.${index}: ${does} needs words (says)`] : []),
    ];
  });
}
