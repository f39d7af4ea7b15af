// Twice as many come as a node, a person or an address may have, or faster than they may: turned away with a hint, and those inside do not wait.
import { openNeighbours, slowdown } from './beside.ts';
import type { Crowd } from './crowd.ts';
import { type Helper, openHelper } from './helper.ts';
import { openHub, type Person, people, person } from './hub.ts';
import type { Row } from './row.ts';
import { listed, merge, ms, p99, refusals, type Tally } from './samples.ts';

const NODE = 300;
const USER = 10;
const ADDRESS = 50;
const HANDSHAKES = 20;
const MOST = 2;
const many = { MAX_HANDSHAKES_PER_ADDRESS: '1000' };

/** Comes, and goes again. */
async function visit(crowd: Helper<Crowd>, url: string, who: Person[], perSecond: number): Promise<Tally> {
  const tally = await crowd.ask('come', { url, who, perSecond });
  await crowd.ask('leave');
  return tally;
}

/** Twice as many as may come; whether all that were too many were turned away as `code`, with a hint. */
async function knock(env: Record<string, string>, who: Person[], cap: number, code: string) {
  await using hub = await openHub(env);
  await using crowd = openHelper<Crowd>('crowd.ts');
  const tally = await visit(crowd, hub.url, who, 2000);
  const good = Object.keys(tally.refused).join() === code && tally.hintless === 0 && tally.lost === 0;
  return { in: tally.ok, good: good && (code === 'rate_limited' || tally.ok === cap) };
}

/** The node is full, and as many again knock in every spell, from addresses of their own. */
async function crowded() {
  await using hub = await openHub({ ...many, MAX_CONNECTIONS: String(NODE) });
  await using neighbours = await openNeighbours(hub.url);
  await using inside = openHelper<Crowd>('crowd.ts');
  await using outside = openHelper<Crowd>('crowd.ts');
  const from = (name: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => person(`${name}-${i}`, `127.0.1.${1 + (i % 50)}`)));
  await inside.ask('come', { url: hub.url, who: await from('inside', NODE - 25), perSecond: 100 });
  const crowd = await from('outside', NODE);
  const found = await neighbours.compare(seconds => visit(outside, hub.url, crowd, NODE / seconds));
  return { ...found, turnedAway: merge(found.loads) };
}

export const connections: Row = {
  name: 'connections',
  mark: `caps per node, user (${USER}), address (${ADDRESS}), ${HANDSHAKES} handshakes/s: refused with retryAfterMs; at twice the node's cap those inside keep their p99 within ${MOST}x`,
  async run(say) {
    const one = await person('crowd');
    const user = await knock(many, Array(2 * USER).fill(one), USER, 'unavailable');
    say(`one person: ${user.in} of ${2 * USER} in`);
    const address = await knock(many, await people(2 * ADDRESS, 'crowd'), ADDRESS, 'unavailable');
    say(`one address: ${address.in} of ${2 * ADDRESS} in`);
    const fast = await knock({}, await people(2 * HANDSHAKES, 'crowd'), HANDSHAKES, 'rate_limited');
    say(`in one moment: ${fast.in} of ${2 * HANDSHAKES} in`);
    const node = await crowded();
    const { turnedAway } = node;
    say(`the full node let ${turnedAway.ok} in, and turned away: ${listed(turnedAway.refused)}`);
    const away =
      turnedAway.ok === 0 && refusals(turnedAway) > 0 && turnedAway.hintless + turnedAway.lost === 0;
    const times = slowdown(node);
    return {
      measured: `in: user ${user.in}, address ${address.in}, at once ${fast.in}; node ${NODE} full, ${refusals(turnedAway)} turned away: p99 ${ms(p99(node.quiet))} -> ${ms(p99(node.loud))} (${times.toFixed(2)}x)`,
      passed: user.good && address.good && fast.good && away && times < MOST,
    };
  },
};
