// Slack: presence in, rooms and channels mirrored into each other, and `/court`. Whatever Slack does, the adapter goes on trying and says how it
// stands; it neither throws nor holds up anything of the hub.
import type { Adapter, Court, Integration } from '../../hub/ports-integrations.ts';
import { type Context, createClients, type Identity, type SlackOptions, TEMPO } from './context.ts';
import { createDesk } from './desk.ts';
import { backOff, runLoop } from './loops.ts';
import { createMirror, type Mirror } from './mirror.ts';
import { createPeople } from './people.ts';
import { createPresence, type SlackPresence } from './presence.ts';
import { type Envelope, openLine } from './socket.ts';
import { createStanding } from './standing.ts';
import { troubleOf } from './trouble.ts';

export type { SlackOptions, Tempo } from './context.ts';

/** Between two looks whether the token is still good. */
const CHECK = 300_000;
/** One recycles while the other listens. */
const LINES = ['1', '2'];

export function createSlack(options: SlackOptions): Integration {
  return { vendor: 'slack', start: court => startSlack(options, court) };
}

function startSlack(options: SlackOptions, court: Court): Adapter {
  const { log } = court;
  const ending = new AbortController();
  const context: Context = {
    court,
    log,
    options,
    tempo: { ...TEMPO, ...options.tempo },
    standing: createStanding(log, () => identity.wake()),
    signal: ending.signal,
    clients: createClients(options, log, ending.signal),
  };
  const { standing, signal, tempo, clients } = context;
  standing.report('start', { state: 'connecting' });
  let parts: ReturnType<typeof open> | undefined;
  let tries = 0;

  /** Who we are; everything else begins when Slack has said it. */
  const identity = runLoop(
    signal,
    async () => {
      const { team_id, user_id, bot_id } = await clients.read.auth.test();
      parts ??= open(context, { team: team_id ?? '', user: user_id ?? '', bot: bot_id ?? '' });
      tries = 0;
      standing.report('token', null);
      standing.report('start', null);
      standing.report('slack', null);
      return CHECK;
    },
    error => {
      const trouble = troubleOf(error);
      if (trouble.kind === 'token') parts?.presence.forget();
      standing.trouble('slack', trouble);
      return trouble.kind === 'wait' ? trouble.ms : backOff(tries++, tempo.retry);
    },
  );

  return {
    state: () => standing.state(),
    peopleChanged: () => parts?.people.changed(),
    async [Symbol.asyncDispose]() {
      ending.abort();
      await identity.done;
      await parts?.done();
      court.claimNothing();
    },
  };
}

function open(context: Context, identity: Identity) {
  const { standing, signal, tempo } = context;
  const people = createPeople(context);
  const presence = createPresence(context, people);
  const mirror = createMirror(context, identity, people);
  const desk = createDesk(context, people, presence, mirror);
  const lines = openLines(context, desk, presence, mirror);
  const sweeping = runLoop(
    signal,
    async () => {
      await presence.sweep();
      standing.report('people', null);
      return tempo.sweep;
    },
    error => {
      const trouble = troubleOf(error);
      standing.trouble('people', trouble, 'Reading people');
      return trouble.kind === 'wait' ? trouble.ms : tempo.retry.most;
    },
  );
  lines.reopened(sweeping.wake);
  return {
    people,
    presence,
    async done() {
      await Promise.all([
        lines[Symbol.asyncDispose](),
        presence.done,
        sweeping.done,
        mirror[Symbol.asyncDispose](),
      ]);
    },
  };
}

/** Both sockets, and what it means when none is open. */
function openLines(
  context: Context,
  desk: (envelope: Envelope) => void,
  presence: SlackPresence,
  mirror: Mirror,
) {
  const { standing, tempo } = context;
  let stale: NodeJS.Timeout | undefined;
  let wasOpen = false;
  let reopened = () => {};
  const changed = () => {
    const isOpen = lines.some(line => line.open);
    if (isOpen === wasOpen) return;
    wasOpen = isOpen;
    if (isOpen) {
      clearTimeout(stale);
      standing.report('sockets', null);
      mirror.gap();
      reopened();
    } else {
      standing.report('sockets', { state: 'connecting' });
      stale = setTimeout(presence.forget, tempo.stale);
    }
  };
  standing.report('sockets', { state: 'connecting' });
  const lines = LINES.map(name => openLine(name, context, { envelope: desk, changed }));
  return {
    reopened(work: () => void) {
      reopened = work;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(lines.map(line => line[Symbol.asyncDispose]()));
      clearTimeout(stale);
    },
  };
}
