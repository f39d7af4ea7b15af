// A real hub beside a simulated Slack, for tests: Ada keeps a room here and a channel there, which are linked to each other.
import { setImmediate as turn } from 'node:timers/promises';
import type { Channel, Message, User } from '../../scripts/simulators/slack/shapes.ts';
import {
  openSlackSimulator,
  type SimulatorOptions,
  type SlackSimulator,
} from '../../scripts/simulators/slack/simulator.ts';
import type { VendorState } from '../hub/ports-integrations.ts';
import type { Tempo } from '../integrations/slack/index.ts';
import { createIntegrationStore } from '../store/queries/integrations.ts';
import { type BootOptions, boot, type TestHub } from './boot.ts';
import { connect, type TestClient } from './client.ts';

/** As fast as it goes. */
export const FAST: Partial<Tempo> = { post: 0, poll: 20, retry: { least: 10, most: 200 }, bindings: 50 };

export interface SlackStage extends AsyncDisposable {
  readonly slack: SlackSimulator;
  readonly hub: TestHub;
  readonly ada: TestClient;
  /** Ada and somebody else, as Slack knows them. */
  readonly adaThere: User;
  readonly bobThere: User;
  readonly room: string;
  readonly channel: Channel;
  state(): VendorState;
  /** The texts of the room, as they are now. */
  here(): Promise<string[]>;
  /** The texts of the channel, as they are now. */
  there(): string[];
  say(text: string, more?: object): Promise<string>;
  post(text: string, more?: { thread_ts?: string }): Message;
  command(text: string, user?: User): Promise<string>;
}

export interface StageOptions extends BootOptions {
  simulator?: SimulatorOptions;
}

export async function openSlackStage({ simulator, ...options }: StageOptions = {}): Promise<SlackStage> {
  await using parts = new AsyncDisposableStack();
  const slack = parts.use(await openSlackSimulator({ limits: false, retryMs: [0, 50, 200], ...simulator }));
  const hub = parts.use(
    await boot({
      ...options,
      env: { ...slackEnv(slack), ...options.env },
      slack: { ...FAST, ...options.slack },
    }),
  );
  const ada = parts.use(await connect(hub.url, { token: await hub.token('ada', { name: 'Ada' }) }));
  const adaThere = slack.workspace.addUser('Ada L');
  const bobThere = slack.workspace.addUser('Bob There');
  const store = createIntegrationStore(hub.db);
  await using admin = await connect(hub.url, { token: await hub.token('admin', { role: 'admin' }) });
  await admin.call('link:set', { vendor: 'slack', id: adaThere.id, user: 'ada' });
  const { room } = await ada.call('room:create', { title: 'Room', kind: 'public' });
  await ada.call('room:join', { room: room.id });
  const channel = slack.workspace.addChannel('general', { members: [adaThere.id, bobThere.id] });
  const state = () => hub.hub.integrations.states().slack;
  await until(
    () => state().state === 'ready',
    () => JSON.stringify(state()),
  );
  await store.bind('slack', channel.id, room.id, adaThere.id);
  await until(async () => (await store.cursor('slack', `since:${channel.id}:${room.id}`)) > 0);
  const open = parts.move();
  return {
    slack,
    hub,
    ada,
    adaThere,
    bobThere,
    room: room.id,
    channel,
    state,
    async here() {
      const { messages } = await ada.call('messages:read', { room: room.id, limit: 200 });
      return messages.filter(({ deletedAt }) => !deletedAt).map(({ text }) => text);
    },
    there: () => channel.messages.map(({ text }) => text),
    async say(text, more = {}) {
      const id = crypto.randomUUID();
      await ada.call('message:send', { room: room.id, id, text, ...more });
      return id;
    },
    post: (text, more = {}) => slack.talk.post(channel.id, bobThere.id, { text, ...more }),
    command: (text, user = adaThere) => slack.command(channel.id, user.id, text),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

export const slackEnv = (slack: SlackSimulator) => ({
  SLACK_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: slack.apiUrl,
  PUBLIC_URL: 'http://court.example',
});

const PATIENCE = 40_000;

/** Resolves when the condition holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  explain: () => unknown = () => condition,
): Promise<void> {
  const patience = performance.now() + PATIENCE;
  while (!(await condition())) {
    if (performance.now() > patience) throw new Error(`waited ${PATIENCE} ms for ${await explain()}`);
    await turn();
  }
}
