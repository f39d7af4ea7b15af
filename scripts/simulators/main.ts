// `npm run simulators`: the services outside, on this machine, with people to click on.
//
//     npm run simulators                           those for presence
//     npm run simulators -- supabase gather        these
//     npm run simulators -- claude openai          providers of models, for summaries and embeddings
//     npm run simulators -- --scenario FILE        with the people and the steps of this file
//     npm run simulators -- --still                without its steps
import path from 'node:path';
import { readOptions } from '../lib/options.ts';
import { openPage } from './page.ts';
import { createPlayer } from './player.ts';
import { type Playground, settingLine } from './playground.ts';
import { registry } from './registry.ts';
import { misfits, readScenario } from './scenario.ts';

const MORNING = path.join(import.meta.dirname, 'scenarios/court-morning.json');
const PORT = 54_320;

async function main(): Promise<void> {
  const { values, positionals } = readOptions(
    'simulators',
    'Runs the simulated services, to try First Court with them on this machine.',
    {
      scenario: { type: 'string', default: MORNING, says: 'file of who is there and what happens' },
      still: { type: 'boolean', default: false, says: 'nothing happens by itself' },
      port: { type: 'string', default: String(PORT), says: 'of the page on which things are made to happen' },
    },
    'services, such as slack; none: all',
  );
  const asked = new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  const scenario = await readScenario(values.scenario);
  await using parts = new AsyncDisposableStack();
  const playgrounds = new Map<string, Playground>();
  for (const name of chosen(positionals)) {
    const entry = registry[name];
    if (entry) playgrounds.set(name, parts.use(await entry.open(scenario.people, entry.port)));
  }
  const problems = misfits(scenario, playgrounds);
  if (problems.length > 0) throw new Error(`${values.scenario}:\n${problems.join('\n')}`);

  const player = parts.use(createPlayer(scenario, playgrounds, line => page.changed(line)));
  const page = parts.use(await openPage({ scenario, playgrounds, player, port: Number(values.port) }));
  process.stdout.write(greeting(playgrounds, page.url));
  if (!values.still) player.play();
  await asked;
}

/** @throws Error when there is no simulator of a name */
function chosen(names: string[]): string[] {
  const all = Object.keys(registry);
  const unknown = names.filter(name => !all.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no simulator ${unknown.join(', ')}; there are ${all.join(', ')}.`);
  return names.length > 0 ? names : all.filter(name => registry[name]?.byDefault);
}

function greeting(playgrounds: ReadonlyMap<string, Playground>, url: string): string {
  const blocks = [...playgrounds.values()].flatMap(({ title, settings, notes = [] }) => [
    `# ${title}`,
    ...Object.entries(settings).map(settingLine),
    ...notes.map(note => `# ${note}`),
    '',
  ]);
  return [
    '',
    '# Put these into .env and start the hub:',
    '',
    ...blocks,
    `Click on people at ${url}; Ctrl-C ends everything.`,
    '',
    '',
  ].join('\n');
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
