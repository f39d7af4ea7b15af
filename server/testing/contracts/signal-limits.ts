// Part of the contract of signals: limits hold over all hubs, and one who goes to another hub gains next to nothing.
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '#shared/protocol/errors.ts';
import type { TestHub } from '../boot.ts';
import { connect, type TestClient } from '../client.ts';
import { post } from '../signals.ts';

/** Longer than a socket that is over its own limit has to wait. */
const SOCKET_WAIT = 100;

export function limitSignals(test: Test, start: (env: Record<string, string>) => Promise<TestHub[]>): void {
  const limited = async () => {
    await using parts = new AsyncDisposableStack();
    const hubs = await start({ RATE_LIMITS: 'on', MAX_HANDSHAKES_PER_ADDRESS: '1000' });
    for (const hub of hubs) parts.use(hub);
    const open = parts.move();
    return {
      near: hubs[0] as TestHub,
      far: hubs.at(-1) as TestHub,
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  };

  test('wrong passwords are counted over all hubs (attack 14)', async () => {
    await using hubs = await limited();
    const guess = (hub: TestHub, n: number) =>
      post(hub, '/api/auth/login', { email: 'nobody@example.com', password: `guess ${n}` });
    const statuses: number[] = [];
    for (let n = 0; n < 20; n++) statuses.push((await guess(n % 2 ? hubs.near : hubs.far, n)).status);
    assert.equal(statuses, [...Array(10).fill(401), ...Array(10).fill(429)]);
  });

  test('who used up their calls on one hub is soon refused on another (Overload)', async () => {
    await using hubs = await limited();
    await using parts = new AsyncDisposableStack();
    const socket = async (hub: TestHub) =>
      parts.use(await connect(hub.url, { token: await hub.token('writer') }));
    const first = await socket(hubs.near);
    const { room } = await first.call('room:create', { title: 'Busy', kind: 'public' });
    const write = (client: TestClient): Promise<Reply<unknown>> =>
      client.socket
        .timeout(30_000)
        .emitWithAck('message:send', { room: room.id, id: crypto.randomUUID(), text: 'x' });

    let near = 0;
    for (let n = 0; n < 4; n++) {
      const client = await socket(hubs.near);
      const replies = await Promise.all(Array.from({ length: 38 }, () => write(client)));
      near += replies.filter(reply => reply.ok).length;
    }
    assert.ok(near >= 115 && near <= 130, `${near} passed`);

    const client = await socket(hubs.far);
    let far = 0;
    for (let refused = false; !refused; ) {
      const reply = await write(client);
      if (reply.ok) far++;
      else refused = (reply.error.retryAfterMs as number) > SOCKET_WAIT;
    }
    // A hub that counted alone would let 120 pass here, too.
    assert.ok(far < 100, `${far} passed`);
  });
}
