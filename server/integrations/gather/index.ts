// Gather (Classic 1.0 spaces): keeps one connection to the space alive and turns what happens there into claims. Whatever Gather does, it neither
// throws nor rejects: it tries again with growing pauses, and says how it stands.
import { setTimeout as delay } from 'node:timers/promises';
import { Unreachable } from '../../hub/errors.ts';
import type { Adapter, Court, Integration, VendorState } from '../../hub/ports-integrations.ts';
import { createClaims } from './claims.ts';
import { answerCommand, COMMAND, isOurs } from './commands.ts';
import { isClassic, type Trouble, troubleOf } from './reasons.ts';
import { type GatherEvent, type GatherSettings, type Space, type VisitPatience, visit } from './visit.ts';

export interface Patience extends VisitPatience {
  /** Milliseconds before the next try, the first and the longest. */
  readonly retry: readonly [least: number, most: number];
  /** Milliseconds before the next try when somebody has to do something first. */
  readonly failed: number;
  /** Milliseconds for which claims outlive a lost connection. With the time until silence is noticed, no ghost is older than 45 s (I11). */
  readonly ghost: number;
  /** Milliseconds for which steps are gathered into one look. */
  readonly settle: number;
  /** Milliseconds between two looks at which areas are bound to rooms. */
  readonly bindings: number;
}

const PATIENCE: Patience = {
  entering: 20_000,
  silence: 20_000,
  retry: [1000, 30_000],
  failed: 5 * 60_000,
  ghost: 15_000,
  settle: 250,
  bindings: 10_000,
};
/** A connection that lasted so long was a good one: the pauses grow from the start again. */
const GOOD = 30_000;

/** @param impatience for tests */
export function createGather(settings: GatherSettings, impatience: Partial<Patience> = {}): Integration {
  const patience = { ...PATIENCE, ...impatience };
  return { vendor: 'gather', start: court => live(settings, court, patience) };
}

function live(settings: GatherSettings, court: Court, patience: Patience): Adapter {
  const leaving = new AbortController();
  const { signal } = leaving;
  const claims = createClaims(court, patience.settle);
  let state: VendorState = { state: 'connecting' };
  let tries = 0;
  /** Those whose command is being done. */
  const asking = new Set<string>();
  /** Ends what was claimed, unless we are back by then. */
  let ghosts: NodeJS.Timeout | undefined;

  async function once(): Promise<Trouble> {
    if (!isClassic(settings.spaceId)) return troubleOf({ why: 'left' }, settings);
    let since: number | undefined;
    let space: Space | undefined;
    claims.begin();
    const entered = (entered: Space) => {
      since = Date.now();
      space = entered;
      space.offer(COMMAND);
      clearTimeout(ghosts);
      ghosts = undefined;
      claims.entered();
      state = { state: 'ready' };
    };
    const heard = (event: GatherEvent) => {
      claims.heard(event);
      if (space && event.$case === 'playerSendsCommand') void obey(space, event.playerSendsCommand);
    };
    const ending = await visit(settings, { heard, entered }, patience, signal);
    space = undefined;
    claims.lost();
    if (since !== undefined && Date.now() - since > GOOD) tries = 0;
    return troubleOf(ending, settings);
  }

  /** One thing at a time for each: twice is once, and a flood of one person does not reach the database. */
  async function obey(space: Space, { encId, command }: { encId: number; command: string }): Promise<void> {
    const uid = claims.uidOf(encId);
    if (uid === undefined || !isOurs(command) || asking.has(uid)) return;
    asking.add(uid);
    const where = claims.placeOf(uid);
    const answer = await answerCommand(court, uid, command, where?.place);
    asking.delete(uid);
    space.tell(uid, where?.map ?? '', answer);
  }

  async function keepConnected(): Promise<void> {
    while (!signal.aborted) {
      const trouble = await once();
      if (signal.aborted) return;
      state = trouble;
      if (trouble.state === 'failed') claims.forget();
      else ghosts ??= setTimeout(claims.forget, patience.ghost);
      await pause(trouble.state === 'failed' ? patience.failed : backOff(tries++, patience.retry), signal);
    }
  }

  async function watchBindings(): Promise<void> {
    while (!signal.aborted) {
      try {
        claims.bound(await court.bindings());
      } catch (error) {
        const level = error instanceof Unreachable ? 'warn' : 'error';
        court.log[level]({ err: error, vendor: 'gather' }, 'bound areas are not known now');
      }
      await pause(patience.bindings, signal);
    }
  }

  const working = Promise.all([
    keepConnected().catch((error: unknown) => {
      claims.forget();
      court.log.error({ err: error, vendor: 'gather' }, 'the Gather client does not run');
      state = {
        state: 'failed',
        reason: `The Gather client does not run: ${(error as Error).message.split('\n', 1)[0]}`,
        next: 'Install the packages again (npm ci), then restart the hub.',
      };
    }),
    watchBindings(),
  ]);
  return {
    state: () => state,
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await working;
      claims.lost();
      clearTimeout(ghosts);
    },
  };
}

/** Ends early, without an error, when the signal comes. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Doubles from the least to the most, less up to half by chance, so that many hubs do not come back at once. */
function backOff(tries: number, [least, most]: Patience['retry']): number {
  return Math.max(least, Math.min(most, least * 2 ** tries) * (1 - Math.random() / 2));
}
