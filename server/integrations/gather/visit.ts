// One connection to a Gather space through Gather's own client, from the look-up of its server to its end; then nothing of it is left. The client's own
// reconnecting is not used: it goes on for ever with a bad key and after 31 s asks public hosts whether the internet is there.
import { setImmediate } from 'node:timers/promises';
import type { ServerClientEvent } from '@gathertown/gather-game-client';

export interface GatherSettings {
  readonly apiKey: string;
  /** 16 letters and digits, a backslash and a name; anything else is no Classic space. */
  readonly spaceId: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
}

export type GatherEvent = NonNullable<ServerClientEvent['event']>;

/** Why a visit was over. */
export type Ending =
  /** As the caller wished. */
  | { readonly why: 'left' }
  /** The look-up of the game server was answered with an HTTP error. */
  | { readonly why: 'refused'; readonly status: number }
  /** Nobody answered the look-up; `code` is Node's, as ECONNREFUSED. */
  | { readonly why: 'unreachable'; readonly code: string }
  /** The look-up was answered, but not with a game server. */
  | { readonly why: 'nonsense' }
  /** The game server closed, or cannot be reached. */
  | { readonly why: 'closed'; readonly code: number }
  /** It took too long until the whole space was known. */
  | { readonly why: 'slow' }
  /** Afterwards, not a byte came for too long. */
  | { readonly why: 'silent' };

export interface Visitor {
  /** Every event, in order, from the first one. */
  heard(event: GatherEvent): void;
  /** Called once, when all that was there is known. */
  entered(space: Space): void;
}

export interface Space {
  /** Lets people type `/command`; what they type comes as `playerSendsCommand`. Without leave to do so, nothing comes. */
  offer(command: string): void;
  /** A word to one of them. */
  tell(uid: string, map: string, text: string): void;
}

export interface VisitPatience {
  /** Milliseconds until everything is known of the space. */
  readonly entering: number;
  /** Milliseconds without a byte. The client asks for one every 10 s. */
  readonly silence: number;
}

const SUBSCRIPTIONS = {
  ...{ playerJoins: true, playerExits: true, playerMoves: true, playerSetsAway: true },
  ...{ playerSetsAvailability: true, playerSetsIsNpc: true, playerSendsCommand: true },
  ...{
    spaceSetsIdMapping: true,
    mapSetName: true,
    mapSetDimensions: true,
    mapSetAreas: true,
    mapSetNooks: true,
  },
  ...{ subscriptionsUpdated: true, spaceSetsCapacity: true },
};
const QUIET = { error: false, warn: false, log: false, debug: false };
const NO_CLOSE_FRAME = 1006;

/** Resolves when the visit is over; rejects only when the client cannot be loaded. */
export async function visit(
  settings: GatherSettings,
  visitor: Visitor,
  patience: VisitPatience,
  signal: AbortSignal,
): Promise<Ending> {
  // 0.5 s and 35 MB: only where Gather is used.
  const { default: gather } = await import('@gathertown/gather-game-client');
  if (signal.aborted) return { why: 'left' };
  // It remembers each step of each connection, for ever.
  gather.logger.history.length = 0;
  const { promise: over, resolve: end } = Promise.withResolvers<Ending>();
  const game = new gather.Game(
    settings.spaceId,
    async () => ({ apiKey: settings.apiKey }),
    undefined,
    undefined,
    undefined,
    { overrideHttpServer: settings.apiUrl, logLevels: QUIET, subscribeTo: SUBSCRIPTIONS },
  );
  const { engine } = game;
  if (!engine) throw new Error('The Gather client did not take the space.');
  engine.queueDebugUpload = () => {};
  // Set by the client when this process has ENVIRONMENT=test, which is a setting of ours.
  delete engine.debugOverrideServer;

  let failure: Ending | undefined;
  game.putMetric = (name, value) => {
    if (name === 'gs-assignment-failed') failure = lookUpFailure(value as LookUpMetric);
  };
  game.subscribeToDisconnection((code = NO_CLOSE_FRAME) => {
    // As the server sent it: any JSON, or a page.
    const isServer = /^wss?:\/\//.test(String(engine.serverURL));
    end(failure ?? (isServer ? { why: 'closed', code } : { why: 'nonsense' }));
  });
  const fold = engine.onevent;
  engine.onevent = received => {
    // First: the client throws at what it does not know, and nobody would hear of it.
    if (received.event) visitor.heard(received.event);
    fold.call(engine, received);
  };

  const left = () => end({ why: 'left' });
  signal.addEventListener('abort', left);
  const entering = setTimeout(() => end({ why: 'slow' }), patience.entering);
  let silence: NodeJS.Timeout | undefined;
  let open = true;
  void over.then(() => {
    open = false;
  });
  // With a bad key this never settles; `over` does.
  void game.waitForInit().then(() => {
    if (!open) return;
    clearTimeout(entering);
    silence = watch(
      () => engine.getMetrics().bytesReceivedSinceConnect,
      patience.silence,
      () => end({ why: 'silent' }),
    );
    visitor.entered({
      // Without a transaction: what becomes of it is not told, and a rejection would be nobody's.
      offer: command => game.sendAction({ $case: 'registerCommand', registerCommand: { command } }),
      tell: (uid, map, text) => game.chat(uid, [], map, { contents: text }),
    });
  });

  game.connect();
  const ending = await over;
  signal.removeEventListener('abort', left);
  clearTimeout(entering);
  clearInterval(silence);
  // The client tells of an end before it plans the next try: only afterwards can that be taken back.
  await setImmediate();
  await game.disconnect();
  // What waited for a server that was never ready has a timer of ten minutes.
  // biome-ignore lint/complexity/useLiteralKeys: private to the client, which has no other way
  engine['transactionManager'].rejectAllTransactions();
  return ending;
}

/** Calls back when a count did not grow for so long, at the latest a quarter later. */
function watch(count: () => number, ms: number, still: () => void): NodeJS.Timeout {
  let before = count();
  let looks = 0;
  return setInterval(() => {
    const now = count();
    looks = now === before ? looks + 1 : 0;
    before = now;
    if (looks >= 4) still();
  }, ms / 4);
}

interface LookUpMetric {
  /** `HTTP_404`, `COULD_NOT_REACH_SERVER`; undefined when the client gave up. */
  readonly failedStatus?: string;
  /** With the error as JSON. */
  readonly errorMessage?: string;
}

function lookUpFailure({ failedStatus = '', errorMessage = '' }: LookUpMetric): Ending {
  const status = /^HTTP_(\d+)$/.exec(failedStatus)?.[1];
  if (status) return { why: 'refused', status: Number(status) };
  return { why: 'unreachable', code: /"code":"(\w+)"/.exec(errorMessage)?.[1] ?? 'no answer' };
}
