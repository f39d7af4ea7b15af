// What the hub relies on from whatever counts: attempts that add up, calls that come no faster than they may, one node or several.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Limits } from '../../hub/ports-people.ts';
import { attemptRates } from '../../limits/attempts.ts';
import { type FlowOverrides, flowRates } from '../../limits/flows.ts';

export interface NodesUnderTest extends AsyncDisposable {
  /** The limits of each node, all of which count together. */
  readonly nodes: readonly Limits[];
  /** The nodes tell each other what was taken, each once. */
  share(): Promise<void>;
}

/**
 * Runs the suite.
 * @param open some nodes; the keys of earlier ones may still be counted
 */
export function limitsContract(
  driver: string,
  open: (overrides?: FlowOverrides) => Promise<NodesUnderTest>,
): void {
  const test = suite(`limits on ${driver}`);
  const fresh = () => crypto.randomUUID();
  const { points, duration } = attemptRates['login.account'];

  test('attempts add up over all nodes to a refusal that says when to come back; forgiven ones do not', async () => {
    await using under = await open();
    const node = (n: number) => under.nodes[n % under.nodes.length] as Limits;
    const [a, b] = [fresh(), fresh()];
    for (let n = 0; n < points * 3; n++) {
      assert.ok((await node(n).attempt('login.account', a)).ok);
      await node(n).forgive('login.account', a);
    }
    for (let n = 0; n < points; n++) assert.ok((await node(n).attempt('login.account', a)).ok);
    for (const one of under.nodes) {
      const refused = await one.attempt('login.account', a);
      assert.ok(!refused.ok && refused.retryAfterMs > 0 && refused.retryAfterMs <= duration * 1000);
      assert.ok((await one.attempt('login.account', b)).ok);
      assert.ok((await one.attempt('login.address', a)).ok);
    }
  });

  test('each flow and each key counts for itself; more than its burst is refused with a time to wait', async () => {
    await using under = await open({ 'handshake.address': { perSecond: 1, burst: 2 } });
    const [node] = under.nodes as [Limits];
    const [a, b] = [fresh(), fresh()];
    for (let n = 0; n < 2; n++) assert.ok(node.take('handshake.address', a).ok);
    for (let n = 0; n < 100; n++) {
      const refused = node.take('handshake.address', a);
      assert.ok(!refused.ok && refused.retryAfterMs > 0 && refused.retryAfterMs <= 1000);
    }
    assert.ok(node.take('handshake.address', b).ok);
    assert.ok(node.take('call.address', a).ok);
    assert.ok(node.take('call.socket', a, flowRates['call.socket'].burst).ok);
    assert.not(node.take('call.socket', a).ok);
  });

  test('what one node gave is missing on all, as soon as they told each other', async () => {
    await using under = await open();
    const [first] = under.nodes as [Limits];
    const key = fresh();
    const { burst } = flowRates['call.user'];
    for (let n = 0; n < burst; n++) assert.ok(first.take('call.user', key).ok);
    await under.share();
    // A node learns of a key that it was asked for, which costs it one call at most.
    for (const node of under.nodes) node.take('call.user', key);
    await under.share();
    for (const node of under.nodes) {
      const refused = node.take('call.user', key);
      assert.ok(!refused.ok);
      // The nodes after the first gave one call each, and the refusal says when that, too, is paid.
      const most = (1000 / flowRates['call.user'].perSecond) * under.nodes.length;
      assert.ok(refused.retryAfterMs <= most, `${refused.retryAfterMs} of ${most} ms`);
    }
  });

  test('telling takes nothing: a node alone has its whole burst, and what it did not use stays', async () => {
    await using under = await open();
    const [first] = under.nodes as [Limits];
    const key = fresh();
    const { burst } = flowRates['call.room'];
    for (let n = 0; n < burst; n++) {
      assert.ok(first.take('call.room', key).ok, `call ${n}`);
      if (n % 50 === 0) await under.share();
    }
  });

  test.run();
}
