// The simulated Slack workspace for `npm run simulators`: people who are active or away, go into huddles, set a status, and talk in channels.
import type { OpenPlayground, Playground, Whereabouts } from '../playground.ts';
import { openSlackSimulator } from './simulator.ts';
import { APP, type Workspace } from './workspace.ts';

/** Known to everybody: they open nothing but this machine's own simulator. */
const TOKENS = { bot: 'xoxb-simulated-slack', app: `xapp-1-${APP}-simulated-slack` };
const CHANNELS = ['general', 'random'];
const HALF_AN_HOUR = 1800;

/** As Slack's own: a U, then capitals and digits. */
const idOf = (person: string) => `U${person.toUpperCase().replace(/[^A-Z0-9]/g, '')}`;

export const open: OpenPlayground = async (people, port): Promise<Playground> => {
  const simulator = await openSlackSimulator({ port, tokens: TOKENS });
  const { workspace, talk } = simulator;
  for (const { id, name, email } of people) {
    workspace.addUser(name, { id: idOf(id), ...(email !== undefined && { email }) });
  }
  const members = people.map(({ id }) => idOf(id));
  const channels = new Map<string, string>(
    CHANNELS.map(name => [`#${name}`, workspace.addChannel(name, { members }).id]),
  );
  const channelOf = (place: string) => channels.get(place) ?? place;
  return {
    title: 'Slack',
    settings: {
      SLACK_TOKEN: simulator.botToken,
      SLACK_APP_TOKEN: simulator.appToken,
      SLACK_API_URL: simulator.apiUrl,
    },
    notes: [
      `Ids: ${people.map(({ id }) => `${idOf(id)} (${id})`).join(', ')}; ${[...channels].map(([name, id]) => `${id} (${name})`).join(', ')}.`,
      'Faults and what else Slack does: POST /control on the same port, see slack/control.ts.',
    ],
    places: [...channels.keys()],
    deeds: {
      active: { do: id => workspace.setPresence(idOf(id), 'active') },
      away: { do: id => workspace.setPresence(idOf(id), 'away') },
      huddle: { do: id => workspace.setHuddle(idOf(id), true) },
      'leave huddle': { do: id => workspace.setHuddle(idOf(id), false) },
      pause: { do: id => workspace.setDnd(idOf(id), HALF_AN_HOUR) },
      resume: { do: id => workspace.setDnd(idOf(id), 0) },
      status: { needsWords: true, do: (id, _, words) => workspace.setStatus(idOf(id), words) },
      'no status': { do: id => workspace.setStatus(idOf(id), '') },
      say: {
        needsPlace: true,
        needsWords: true,
        do: (id, place, words) => void talk.post(channelOf(place), idOf(id), { text: words }),
      },
      '/court': {
        needsPlace: true,
        needsWords: true,
        do: (id, place, words) => simulator.command(channelOf(place), idOf(id), words),
      },
    },
    accountOf: idOf,
    whereabouts: () => people.map(({ id }) => whereaboutsOf(id, workspace)),
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
};

function whereaboutsOf(person: string, workspace: Workspace): Whereabouts {
  const id = idOf(person);
  const { huddle_state, status_text } = workspace.user(id).profile;
  const huddles = huddle_state === 'in_a_huddle';
  const { dnd_enabled, next_dnd_end_ts } = workspace.dndOf(id);
  const paused = dnd_enabled && next_dnd_end_ts * 1000 > Date.now();
  const words = [huddles && 'in a huddle', paused && 'notifications paused', status_text];
  return {
    person,
    status: huddles || paused ? 'busy' : workspace.presenceOf(id),
    words: words.filter(Boolean).join(', '),
  };
}
