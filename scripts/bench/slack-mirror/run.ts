// Many messages both ways between a room and a Slack channel, while everything goes wrong that may; and the count of what was lost or came twice.
import { setTimeout as delay } from 'node:timers/promises';
import { signToken } from '../../../clients/cli/signing.ts';
import { readConfig } from '../../../server/config.ts';
import { type Running, start } from '../../../server/start.ts';
import { createIntegrationStore } from '../../../server/store/queries/integrations.ts';
import { createRandom } from '../../chaos/random.ts';
import { openSlackSimulator } from '../../simulators/slack/simulator.ts';

export interface MirrorRun {
  /** Each way. */
  readonly messages: number;
  readonly seed: number;
  /** On top of the run's own, by their environment names: where the data is. */
  readonly env: Record<string, string>;
  progress?(here: number, there: number): void;
}

export interface MirrorResult {
  readonly sent: { readonly here: number; readonly there: number };
  /** Of what was said there, in the room; of what was said here, in the channel. */
  readonly lost: { readonly here: number; readonly there: number };
  readonly twice: { readonly here: number; readonly there: number };
  /** Edits that did not arrive. */
  readonly stale: { readonly here: number; readonly there: number };
  /** Posts in the channel that stand in another order than in the room. */
  readonly disordered: number;
  readonly faults: Record<string, number>;
  readonly seconds: number;
}

const SECRET = 'a secret of the benchmark, 32 bytes or more';
const ADA = { id: 'ada', name: 'Ada', role: 'member' } as const;
const TEMPO = { post: 0, poll: 1000, retry: { least: 20, most: 500 }, bindings: 100 };
/** Faults of the connection, spread over the run. */
const TURNS = 13;
/** Without any progress for so many ms, what is missing is lost. */
const PATIENCE = 60_000;
const WORDS = {
  cut: 'cut after they were done',
  status: 'answered with HTTP 5xx',
  slow: 'answered late',
  rate_limited: 'answered with 429',
  error: 'refused',
} as const;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export async function runMirror({ messages, seed, env, progress }: MirrorRun): Promise<MirrorResult> {
  const began = performance.now();
  const random = createRandom(seed);
  await using parts = new AsyncDisposableStack();
  const slack = parts.use(await openSlackSimulator({ limits: false, seed, retryMs: [0, 100, 300] }));
  const config = readConfig({
    ENVIRONMENT: 'test',
    PORT: '0',
    JWT_SECRET: SECRET,
    RATE_LIMITS: 'off',
    NODE_NAME: 'bench',
    SLACK_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    ...env,
  });
  const begin = () => start(config, log, { slack: TEMPO });
  let hub: Running = await begin();
  parts.defer(() => hub[Symbol.asyncDispose]());

  await hub.people.authenticate(await signToken(SECRET, { user: ADA.id, role: 'member', seconds: 36_000 }));
  const adaThere = slack.workspace.addUser('Ada');
  const bob = slack.workspace.addUser('Bob');
  const channel = slack.workspace.addChannel('bench', { members: [adaThere.id, bob.id] });
  const store = createIntegrationStore(hub.db);
  await store.link({ vendor: 'slack', id: adaThere.id, user: ADA.id, how: 'admin' });
  const { room } = await hub.hub.rooms.create(ADA, { title: 'Bench', kind: 'public' });
  await store.bind('slack', channel.id, room.id, adaThere.id);
  while ((await store.cursor('slack', `since:${channel.id}:${room.id}`)) === 0) await delay(20);

  const faults: Record<string, number> = { restarts: 0, recycles: 0, cuts: 0 };
  const more = (name: string) => {
    faults[name] = (faults[name] ?? 0) + 1;
  };
  Object.assign(slack.chances, { duplicate: 0.05, reorder: 0.05 });
  for (const method of ['chat.postMessage', 'chat.update']) {
    slack.fail({ method, kind: 'cut', share: 0.01 });
    slack.fail({ method, kind: 'status', status: 500, share: 0.01 });
    slack.fail({ method, kind: 'slow', ms: 200, share: 0.005 });
    slack.fail({ method, kind: 'rate_limited', retryAfter: 1, share: 0.002 });
  }
  slack.fail({ method: 'conversations.history', kind: 'status', status: 503, share: 0.2 });

  const wantedHere = new Map<string, string>();
  const wantedThere = new Map<string, string>();

  async function sayHere(): Promise<void> {
    for (let i = 0; i < messages; i++) {
      if (i > 0 && i % Math.ceil(messages / TURNS) === 0) await disturb(i / Math.ceil(messages / TURNS));
      const id = crypto.randomUUID();
      await surely(() => hub.hub.messages.send(ADA, { room: room.id, id, text: `here ${i}` }));
      wantedThere.set(`here ${i}`, `here ${i}`);
      if (!random.chance(0.05)) continue;
      const edit = { room: room.id, id: crypto.randomUUID(), target: id, text: `here ${i} again` };
      await surely(() => hub.hub.messages.edit(ADA, edit));
      wantedThere.set(`here ${i}`, `here ${i} again`);
    }
  }

  async function sayThere(): Promise<void> {
    let head: string | undefined;
    for (let i = 0; i < messages; i++) {
      while (slack.sockets.counts.waiting > 50) await delay(5);
      const thread = head && random.chance(0.1) ? { thread_ts: head } : {};
      const { ts } = slack.talk.post(channel.id, bob.id, { text: `there ${i}`, ...thread });
      wantedHere.set(`there ${i}`, `there ${i}`);
      if (random.chance(0.02)) head = ts;
      if (random.chance(0.05)) {
        slack.talk.edit(channel.id, bob.id, ts, `there ${i} again`);
        wantedHere.set(`there ${i}`, `there ${i} again`);
      }
    }
  }

  /** Spread over the run: sockets recycled and cut, and the hub started anew while much of what it took is still on its way. */
  async function disturb(turn: number): Promise<void> {
    if (turn % 4 === 0) {
      await hub[Symbol.asyncDispose]();
      hub = await begin();
      more('restarts');
    } else if (turn % 4 === 2) {
      slack.sockets.cut();
      more('cuts');
    } else {
      slack.sockets.disconnect('refresh_requested', 1);
      more('recycles');
    }
  }

  await Promise.all([sayHere(), sayThere()]);
  const read = () => surely(() => readRoom(hub, room.id));
  const there = () => channel.messages.filter(({ app_id }) => app_id !== undefined).map(({ text }) => text);
  let last = '';
  let moved = performance.now();
  while (performance.now() - moved < PATIENCE) {
    const [inRoom, inChannel] = [
      missing(wantedHere, (await read()).fromSlack),
      missing(wantedThere, there()),
    ];
    progress?.(messages - inRoom, messages - inChannel);
    if (inRoom + inChannel === 0) break;
    if (last !== `${inRoom} ${inChannel}`) moved = performance.now();
    last = `${inRoom} ${inChannel}`;
    await delay(500);
  }
  slack.mend();
  // What was repeated by now arrives now: two more messages pass everything that is on its way.
  const end = crypto.randomUUID();
  await surely(() => hub.hub.messages.send(ADA, { room: room.id, id: end, text: 'end' }));
  while (!channel.messages.some(({ text }) => text === 'end') || slack.sockets.counts.waiting > 0)
    await delay(50);

  const { fromSlack, own } = await read();
  const posted = there().filter(text => text !== 'end');
  const order = own.map(text => text.replace(' again', ''));
  const positions = posted.map(text => order.indexOf(text.replace(' again', '')));
  for (const [kind, count] of slack.struck) faults[`calls ${WORDS[kind]}`] = count;
  Object.assign(faults, {
    'envelopes repeated': slack.sockets.counts.repeated,
    'envelopes lost by Slack': slack.sockets.counts.lost,
  });
  return {
    sent: { here: messages, there: messages },
    lost: { here: lost(wantedHere, fromSlack), there: lost(wantedThere, posted) },
    twice: { here: twice(fromSlack), there: twice(posted) },
    stale: { here: missing(wantedHere, fromSlack), there: missing(wantedThere, posted) },
    disordered: positions.filter((at, i) => i > 0 && at < (positions[i - 1] as number)).length,
    faults,
    seconds: (performance.now() - began) / 1000,
  };
}

/** As an honest client: the same again while the hub's database does not answer. */
async function surely<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== 'unavailable') throw error;
      await delay(200);
    }
  }
}

/** The room as its log folds: what came from Slack, and what was said here. */
async function readRoom(hub: Running, room: string): Promise<{ fromSlack: string[]; own: string[] }> {
  const texts = new Map<string, { text: string; own: boolean }>();
  for (let after = 0; ; ) {
    const { events, head } = await hub.hub.messages.log(ADA, { room, after, limit: 500 });
    for (const { type, id, by, data } of events) {
      if (type === 'message.created') texts.set(id, { text: data.text, own: by === ADA.id });
      else if (type === 'message.edited') {
        const message = texts.get(data.target);
        if (message) message.text = data.text;
      }
    }
    after = events.at(-1)?.seq ?? head;
    if (after >= head) break;
  }
  const all = [...texts.values()];
  const pick = (own: boolean) => all.filter(one => one.own === own).map(({ text }) => text);
  return { fromSlack: pick(false), own: pick(true) };
}

const first = (text: string) => text.replace(' again', '');
const missing = (wanted: ReadonlyMap<string, string>, texts: readonly string[]) => {
  const there = new Set(texts);
  return [...wanted.values()].filter(text => !there.has(text)).length;
};
const lost = (wanted: ReadonlyMap<string, string>, texts: readonly string[]) => {
  const there = new Set(texts.map(first));
  return [...wanted.keys()].filter(text => !there.has(text)).length;
};
const twice = (texts: readonly string[]) => texts.length - new Set(texts.map(first)).size;
