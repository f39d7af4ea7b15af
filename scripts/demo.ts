// `npm run demo`: First Court with everything around it, on this machine alone and gone when it ends: a hub, Slack, Gather and Google as simulators,
// people whose presence moves, and a real conversation.
//
//     npm run demo                              until Ctrl-C
//     npm run demo -- --minutes 5               ends by itself
//     npm run demo -- --screenshot FILE.png     takes a picture of the web client when the scene is set
//     npm run demo -- --log FILE.txt            says this log, else one in ../shared/data/irc, else a conversation of our own
//     npm run demo -- --port 8080               else 3000, or a free one when that is taken
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { replay } from '../clients/cli/replayer.ts';
import { signToken } from '../clients/cli/signing.ts';
import { type Conversation, openConversation } from './demo/conversation.ts';
import { fillHouse, type House } from './demo/people.ts';
import { takePicture } from './demo/picture.ts';
import { openStage, type Stage } from './demo/stage.ts';
import { readOptions } from './lib/options.ts';
import { openPage } from './simulators/page.ts';
import { createPlayer } from './simulators/player.ts';
import { readScenario } from './simulators/scenario.ts';

const SCENARIO = path.join(import.meta.dirname, 'simulators/scenarios/court-morning.json');
const DAY = 24 * 3600;
/** Between the scenario's last step and its first, in ms. */
const PAUSE = 20_000;

async function main(signal: AbortSignal): Promise<void> {
  const { values } = readOptions(
    'demo',
    'Opens a hub with everything around it, and plays a morning in it.',
    {
      port: { type: 'string', says: 'of the hub; else 3000, or a free one when that is taken' },
      minutes: { type: 'string', says: 'ends by itself after so long' },
      screenshot: { type: 'string', says: 'takes a picture into this file when the scene is set' },
      log: {
        type: 'string',
        says: 'conversation to be said; else one in ../shared/data/irc, else one of our own',
      },
    },
  );
  const port = numberOf('--port', values.port);
  const minutes = numberOf('--minutes', values.minutes);
  process.stdout.write('Opening the court and the services around it …\n');
  const scenario = await readScenario(SCENARIO);
  await using parts = new AsyncDisposableStack();
  const stage = parts.use(await openStage(scenario, port));
  signal.throwIfAborted();
  const player = parts.use(createPlayer(scenario, stage.playgrounds, line => page.changed(line)));
  const page = parts.use(await openPage({ scenario, playgrounds: stage.playgrounds, player, port: 0 }));
  const house = parts.use(await fillHouse(stage, scenario.people, player.act, signal));
  const conversation = await openConversation(house.room, values.log);
  const over = new AbortController();
  const talk = play(conversation, stage, house, AbortSignal.any([signal, over.signal]));
  parts.defer(async () => {
    over.abort();
    await talk;
  });
  player.play();
  const length = (scenario.steps.at(-1)?.at ?? 0) * 1000 + PAUSE;
  const again = setInterval(player.play, length);
  parts.defer(() => clearInterval(again));

  const link = async () =>
    `${stage.url}/#signin=${await stage.hub.people.makeLink(house.host)}/room/${house.room}/people`;
  if (values.screenshot !== undefined) {
    await takePicture(await link(), values.screenshot);
    process.stdout.write(`${path.resolve(values.screenshot)}\n`);
    if (minutes === undefined) return;
  }
  process.stdout.write(greeting(await link(), page.url, conversation.told));
  // Infinite waits are not for timers: without a time, Ctrl-C ends it.
  if (minutes === undefined) await ended(signal);
  else await delay(minutes * 60_000, undefined, { signal });
}

/** Until it is said or the demo ends, which is no mistake. */
async function play(
  { source }: Conversation,
  stage: Stage,
  { room }: House,
  signal: AbortSignal,
): Promise<void> {
  try {
    await replay([source], {
      ...{ url: stage.url, room, signal, speed: 1, listen: false },
      tokenFor: (user, name) => () => signToken(stage.jwtSecret, { user, name, role: 'bot', seconds: DAY }),
      progress: () => {},
      refused: ({ message }) => void process.stderr.write(`${message}\n`),
    });
  } catch (error) {
    if (!signal.aborted) process.stderr.write(`The conversation stopped: ${(error as Error).message}\n`);
  }
}

const ended = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** @throws Error when it is no positive number */
function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number > 0)) throw new Error(`${name} is a number above 0, not "${text}".`);
  return number;
}

const greeting = (link: string, page: string, told: string) =>
  [
    '',
    '  Open this, once, within the hour; it signs you in:',
    `  ${link}`,
    '',
    '  The people panel says who is there and why: a meeting (Google), a huddle and a status (Slack), the fountain court (Gather).',
    '  Grace, Emmy and Mary write in #general at Slack; it stands in the room, and what you write stands there.',
    `  Around them: ${told}.`,
    '',
    `  Click on people there, and watch them here: ${page}`,
    '  Ctrl-C ends everything, and leaves nothing.',
    '',
    '',
  ].join('\n');

const asked = new AbortController();
// Also when it comes twice, as from npm and the terminal: leaving early would leave the database running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => asked.abort());
try {
  await main(asked.signal);
} catch (error) {
  // What is thrown because somebody ended it is no mistake.
  if (!asked.signal.aborted) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
