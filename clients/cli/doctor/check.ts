// What the doctor asks of each service: is it configured, is it reachable, does it take our credentials, do they allow enough, is the clock right.
import type { Config } from '../../../server/config.ts';

/** `ok`: it works. `degraded`: it works in part, or will by itself. `failed`: it is configured and does not work. `off`: not configured. */
export interface Finding {
  readonly state: 'off' | 'ok' | 'degraded' | 'failed';
  /** One sentence for people; without secrets. */
  readonly reason?: string;
  /** What to do about it, in one sentence. */
  readonly next?: string;
}

export interface Patient {
  readonly config: Config;
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
}

/** Looks at one service; changes nothing there. What it throws becomes `failed` with the error's message. */
export type Check = (patient: Patient) => Promise<Finding>;
