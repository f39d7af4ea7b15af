// What a node does every moment: lets signs of life leave together, and looks at how loaded it is.
import type { Background } from './background.ts';
import type { Load, Log } from './ports.ts';
import type { Pressure } from './pressure.ts';

/** Milliseconds in which signs of life gather. */
const GATHER = 1000;
/** Milliseconds between two looks at the load. */
const LOOK = 200;
/** Under pressure signs of life leave this many times more rarely. */
const RARELY = 5;

export function keepTime(deps: {
  background: Background;
  pressure: Pressure;
  /** Without it nothing is refused for load. */
  load?: (() => Load) | undefined;
  /** What has gathered leaves. */
  flush: readonly (() => void)[];
  log: Log;
}): void {
  const { background, pressure, load, flush, log } = deps;
  let held = 0;
  background.every(GATHER, 'presence and signals', () => {
    if (pressure.refuses('typing') && ++held < RARELY) return;
    held = 0;
    for (const leave of flush) leave();
  });
  if (!load) return;
  background.every(LOOK, 'look at the load', () => {
    const before = pressure.level;
    pressure.sample(load());
    const { level } = pressure;
    if (before > 0 !== level > 0) log.info({ load: pressure.describe() }, 'the load has changed');
  });
}
