// Row "admission": three times as much as the hub can take, for a minute. What it accepts it serves in time, and what it refuses never happened.
import { setTimeout as delay } from 'node:timers/promises';
import type { Flood, Told } from './flood.ts';
import { openHelper } from './helper.ts';
import { openHub, people, unlimited } from './hub.ts';
import type { Measured, Row } from './row.ts';

const SOCKETS = 300;
const PER_ROOM = 20;
const FIRST_RATE = 250;
const STEP = 1.3;
const STEP_SECONDS = 4;
/** Another program may take the machine for a second, so a step has failed only when it fails this often in a row. */
const TRIES = 4;
/** Acks this late, in ms, are no longer what I13 promises without overload. */
const IN_TIME = 250;
const TIMES = 3;
const SECONDS = 60;
const RECOVERY = 5000;

export const admission: Row = {
  name: 'admission',
  mark: `${TIMES}x peak for ${SECONDS} s: goodput >= 85%, accepted p99 <= 1 s, I1-I4 hold, normal within 5 s`,
  run,
};

async function run(say: (line: string) => void): Promise<Measured> {
  await using hub = await openHub(unlimited);
  await using flood = openHelper<Flood>('flood.ts');
  await flood.ask('come', { url: hub.url, who: await people(SOCKETS, 'user'), perRoom: PER_ROOM });
  const offer = (perSecond: number, seconds: number): Promise<Told> =>
    flood.ask('offer', { perSecond, seconds });
  const peak = await findPeak(offer, say);
  const pressed = await offer(peak * TIMES, SECONDS);
  const calm = await untilCalm(hub.url);
  const light = await offer(peak / 10, 5);
  // Others on this machine take more or less of it as time goes by: the lower of before and after is what it could give.
  const again = await offer(peak, 10);
  const after = again.accepted / again.seconds;
  const goodput = pressed.accepted / pressed.seconds / Math.min(peak, after);
  await untilCalm(hub.url);
  say(`${Math.round(pressed.offered / SECONDS)} sends/s offered: ${describe(pressed)}`);
  say(`then ${Math.round(peak / 10)} sends/s: ${describe(light)}; load ok after ${calm} ms`);
  say(`then ${Math.round(peak)} sends/s again: ${describe(again)}`);
  const broken = await flood.ask('check');
  for (const line of broken.slice(0, 20)) say(line);
  const offered = pressed.offered / (peak * SECONDS);
  return {
    measured:
      `peak ${Math.round(peak)}/s, afterwards ${Math.round(after)}/s; at ${offered.toFixed(1)}x goodput ${Math.round(goodput * 100)}%, ` +
      `accepted p50 ${pressed.p50} p99 ${pressed.p99} ms, ${pressed.refused} refused, ` +
      `${broken.length} promises broken, normal after ${(calm / 1000).toFixed(1)} s`,
    passed:
      goodput >= 0.85 &&
      pressed.p99 <= 1000 &&
      offered >= 0.95 * TIMES &&
      broken.length === 0 &&
      calm <= RECOVERY &&
      light.refused === 0 &&
      light.p99 <= IN_TIME,
  };
}

/** The most that was acknowledged in a second with acks in time, by steps that grow until they no longer are. */
async function findPeak(
  offer: (perSecond: number, seconds: number) => Promise<Told>,
  say: (line: string) => void,
): Promise<number> {
  await offer(FIRST_RATE, STEP_SECONDS);
  let peak = 0;
  let failed = 0;
  for (let rate = FIRST_RATE; failed < TRIES; ) {
    const told = await offer(rate, STEP_SECONDS);
    say(`${Math.round(rate)} sends/s: ${describe(told)}`);
    if (told.p99 > IN_TIME || told.accepted < 0.95 * rate * STEP_SECONDS) {
      failed++;
      continue;
    }
    failed = 0;
    peak = told.accepted / told.seconds;
    rate *= STEP;
  }
  if (peak === 0) throw new Error(`Not even ${FIRST_RATE} sends a second are acknowledged in time here.`);
  return peak;
}

/** Milliseconds until the hub sheds nothing any more. */
async function untilCalm(url: string): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < 10 * RECOVERY) {
    const { checks } = (await (await fetch(`${url}/readyz`)).json()) as { checks: Record<string, string> };
    if (checks.load === 'ok') break;
    await delay(50);
  }
  return Math.round(performance.now() - began);
}

function describe({ accepted, refused, p50, p99, seconds }: Told): string {
  return `${accepted} accepted in ${seconds.toFixed(1)} s, ${refused} refused, ack p50 ${p50} p99 ${p99} ms`;
}
