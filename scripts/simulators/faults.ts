// Which requests a fault meets, at any simulator.

export interface Reach {
  /** Which paths; all, when left out. */
  readonly path?: RegExp;
  /** How many requests; without end, when left out. */
  times?: number;
}

/** The fault that meets this request, counted down. */
export function meet<F extends Reach>(faults: F[], path: string): F | undefined {
  const at = faults.findIndex(fault => fault.path === undefined || fault.path.test(path));
  const fault = faults[at];
  if (fault?.times !== undefined && --fault.times <= 0) faults.splice(at, 1);
  return fault;
}
