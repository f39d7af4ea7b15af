// A Slack workspace on this machine to develop against, with a channel and a few people in it.
//
//     node scripts/simulators/slack/main.ts [port]
import { openSlackSimulator } from './simulator.ts';

const PORT = 54_331;

await using slack = await openSlackSimulator({ port: Number(process.argv[2] ?? PORT) });
const people = ['Ada', 'Bob', 'Grace'].map(name =>
  slack.workspace.addUser(name, { email: `${name.toLowerCase()}@example.com` }),
);
const general = slack.workspace.addChannel('general', { members: people.map(({ id }) => id) });
process.stdout.write(
  [
    'A Slack workspace for this machine alone. Start the hub with these settings; Ctrl-C ends the workspace.',
    '',
    `SLACK_TOKEN=${slack.botToken}`,
    `SLACK_APP_TOKEN=${slack.appToken}`,
    `SLACK_API_URL=${slack.apiUrl}`,
    '',
    `Channel ${general.id} (#general); people ${people.map(({ id, name }) => `${id} (${name})`).join(', ')}.`,
    'Let them act with POST /control on the same port, for example:',
    JSON.stringify({ do: 'say', channel: general.id, user: people[0]?.id, text: 'Hello' }),
    '',
  ].join('\n'),
);
await new Promise(resolve => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
});
