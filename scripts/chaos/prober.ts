// Somebody who talks twice a second and somebody who listens, each by the SDK on a hub of their own: how long each word takes, whatever
// happens to the hubs.
import { signToken } from '../../clients/cli/signing.ts';
import { createClient } from '../../clients/js/index.ts';
import type { Door } from './balancer.ts';

export interface Probe {
  readonly sentAt: number;
  /** Speaker and listener were on two hubs. */
  readonly apart: boolean;
  /** Milliseconds until the listener had it; undefined while it is under way. */
  took: number | undefined;
}

export interface Prober extends AsyncDisposable {
  readonly probes: readonly Probe[];
  send(): void;
  /** Why calls failed for good, which none should. */
  readonly refusals: readonly string[];
}

const ROOM = 'uptime';

export async function openProber(secret: string, speakerDoor: Door, listenerDoor: Door): Promise<Prober> {
  await using parts = new AsyncDisposableStack();
  const join = async (user: string, { url }: Door) => {
    const client = createClient({
      url,
      getToken: () => signToken(secret, { user, role: 'member', seconds: 3600 }),
      client: 'uptime-prober',
      window: 8,
    });
    parts.defer(() => client.close());
    await client.connect();
    if (user === 'speaker') await client.call('room:create', { id: ROOM, title: 'Uptime', kind: 'public' });
    const room = client.room(ROOM);
    await room.join();
    return room;
  };
  const speaker = await join('speaker', speakerDoor);
  const listener = await join('listener', listenerDoor);
  const byId = new Map<string, Probe>();
  const probes: Probe[] = [];
  const refusals: string[] = [];
  listener.on('message', ({ id }) => {
    const probe = byId.get(id);
    if (probe) probe.took ??= performance.now() - probe.sentAt;
  });
  const open = parts.move();
  return {
    probes,
    refusals,
    send() {
      const apart = speakerDoor.hub !== listenerDoor.hub;
      const probe: Probe = { sentAt: performance.now(), apart, took: undefined };
      probes.push(probe);
      const { id, done } = speaker.send(`probe ${probes.length}`);
      byId.set(id, probe);
      done.catch((error: Error) => refusals.push(error.message));
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
