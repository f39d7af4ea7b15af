// What tests of Gather stand on: a hub that knows two of its people, with a bound area, and spaces that are watched for it sooner than in real life.
import * as assert from 'uvu/assert';
import { openProxy, type TcpProxy } from '../../scripts/lib/tcp-proxy.ts';
import {
  type GatherSimulator,
  openGatherSimulator,
  type SimulatorOptions,
} from '../../scripts/simulators/gather/simulator.ts';
import type { Court, VendorState } from '../hub/ports-integrations.ts';
import { createGather, type Patience } from '../integrations/gather/index.ts';
import type { GatherSettings } from '../integrations/gather/visit.ts';
import { createIntegrationStore } from '../store/queries/integrations.ts';
import { boot, type TestHub } from './boot.ts';
import { connect, type TestClient } from './client.ts';
import { openTestDatabase } from './database.ts';
import { createTestVendor } from './vendor.ts';

export interface GatherStage extends AsyncDisposable {
  readonly hub: TestHub;
  /** Between the hub and its database. */
  readonly database: TcpProxy;
  /** Looks on, an admin, in the room that `palace/fountain court` is bound to; Gather's `G-BOB`. */
  readonly bob: TestClient;
  readonly room: string;
  readonly court: Court;
  /** A space with ada (`G-ADA`) in it, and the adapter that watches it for the hub. */
  play(
    over?: Partial<GatherSettings>,
    options?: SimulatorOptions,
    patience?: Partial<Patience>,
  ): Promise<Scene>;
  /** What Gather claims of ada, who has no device open: `active: In Gather: Palace`, or `nothing`. */
  claimed(): Promise<string>;
  /** Waits until that is so. */
  ada(words: string): Promise<void>;
}

export interface Scene extends AsyncDisposable {
  readonly gather: GatherSimulator;
  state(): { state: VendorState['state']; reason?: string; next?: string };
}

/** Where ada is at first. */
export const HERE = 'active: In Gather: Palace';
const PATIENCE: Partial<Patience> = {
  ...{ entering: 1000, silence: 400, retry: [10, 50], failed: 100, ghost: 300, settle: 10, bindings: 50 },
};

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const patience = performance.now() + 20_000;
  while (!(await condition())) {
    assert.ok(performance.now() < patience, 'waited 20 s');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

export async function openGatherStage(): Promise<GatherStage> {
  await using parts = new AsyncDisposableStack();
  const unhandled: unknown[] = [];
  process.on('unhandledRejection', error => unhandled.push(error));
  parts.defer(() => assert.equal(unhandled, []));
  const vendor = createTestVendor('gather');
  const databaseUrl = new URL(parts.use(await openTestDatabase()).url);
  const database = parts.use(await openProxy({ host: databaseUrl.hostname, port: Number(databaseUrl.port) }));
  databaseUrl.port = String(database.port);
  const hub = parts.use(
    await boot({ presenceGrace: 0, integrations: [vendor], databaseUrl: databaseUrl.href }),
  );
  const bob = parts.use(await connect(hub.url, { token: await hub.token('bob', { role: 'admin' }) }));
  const room = (await bob.call('room:create', { title: 'Fountain Court', kind: 'public' })).room.id;
  await bob.call('room:join', { room });
  const first = await connect(hub.url, { token: await hub.token('ada') });
  await first.call('room:join', { room });
  await first[Symbol.asyncDispose]();
  const store = createIntegrationStore(hub.db);
  await store.link({ vendor: 'gather', id: 'G-ADA', user: 'ada', how: 'admin' });
  await store.link({ vendor: 'gather', id: 'G-BOB', user: 'bob', how: 'admin' });
  await until(() => vendor.court !== undefined);
  const court = vendor.court as Court;
  await court.bind('palace/fountain court', room, 'G-BOB');

  async function play(
    over: Partial<GatherSettings> = {},
    options: SimulatorOptions = {},
    patience: Partial<Patience> = {},
  ): Promise<Scene> {
    await using parts = new AsyncDisposableStack();
    const gather = parts.use(await openGatherSimulator({ heartbeat: 50, ...options }));
    gather.world.join('G-ADA');
    const settings = { apiKey: gather.apiKey, spaceId: gather.spaceId, apiUrl: gather.url, ...over };
    const adapter = parts.use(createGather(settings, { ...PATIENCE, ...patience }).start(court));
    parts.defer(() => court.claimNothing());
    const open = parts.move();
    return { gather, state: () => adapter.state(), [Symbol.asyncDispose]: () => open.disposeAsync() };
  }
  async function claimed(): Promise<string> {
    const { claims } = await bob.call('presence:explain', { user: 'ada' });
    const [claim] = claims.filter(({ source }) => source === 'gather');
    return claim ? `${claim.status}: ${claim.text}` : 'nothing';
  }
  const open = parts.move();
  return {
    ...{ hub, database, bob, room, court, play, claimed },
    ada: words => until(async () => (await claimed()) === words),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
