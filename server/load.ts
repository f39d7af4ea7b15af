// What the process says of its own load: how late the event loop runs, and how much of its memory is used.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Load } from './hub/ports.ts';

export interface LoadMeter extends Disposable {
  /** Since the last look. */
  look(): Load;
  /** The same, with the bytes in use. */
  health(): Load & { readonly rss: number };
}

/** Milliseconds between two looks at the loop's clock: also what it is late by when nothing is wrong. */
const RESOLUTION = 10;

export function createLoadMeter(): LoadMeter {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();
  let looked = performance.now();
  const look = (): Load => {
    // The clock starts anew with each look and counts from its second tick: when there was none, this turn lasted since.
    const late = delays.count > 0 ? delays.percentile(99) / 1e6 : performance.now() - looked;
    delays.reset();
    looked = performance.now();
    return { loopDelayMs: Math.max(0, late - RESOLUTION), memory: memoryShare() };
  };
  return {
    look,
    health: () => ({ ...look(), rss: process.memoryUsage.rss() }),
    [Symbol.dispose]: () => void delays.disable(),
  };
}

/** Of the heap's limit, or of the container's where that is nearer. */
function memoryShare(): number {
  const { rss, heapUsed } = process.memoryUsage();
  const allowed = process.constrainedMemory();
  // Zero, or an absurdly large number, when nothing is constrained.
  const container = allowed > 0 ? rss / allowed : 0;
  return Math.max(heapUsed / getHeapStatistics().heap_size_limit, container);
}
