// Plays logs into a running hub through its public door: one socket per nick, in the timing of the log, and counts what became of every message.
import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { CallError } from '../js/errors.ts';
import type { Posted, Sent } from '../js/types.ts';
import { CliError } from './errors.ts';
import { type Entry, newFindings, type Source } from './formats/entry.ts';
import { createNick, type Nick, type NickOptions } from './nick.ts';
import { type Deed, deedOf } from './replay-deeds.ts';

export interface ReplayOptions extends Pick<NickOptions, 'url' | 'room' | 'listen' | 'signal' | 'refused'> {
  /** The log's time runs this much faster; Infinity does not wait. */
  speed: number;
  tokenFor(user: string, name: string): NickOptions['getToken'];
  progress(done: number): void;
}

export interface ReplayReport {
  room: string;
  entries: number;
  nicks: number;
  sent: number;
  acknowledged: number;
  /** Repeated after a lost answer, and known to the hub. */
  duplicates: number;
  /** Code -> how many were refused. */
  errors: Record<string, number>;
  seconds: number;
  /** Milliseconds from sending to the hub's word that it is in the log. */
  ack: { p50: number; p99: number; max: number };
}

/** Entries under way at once; with more, the log waits. */
const IN_FLIGHT = 500;
/** Milliseconds. */
const STUCK = 60_000;

/**
 * Plays one source after the other; the time between them is left out.
 * @throws CliError when nothing gets through any more
 */
export async function replay(sources: readonly Source[], options: ReplayOptions): Promise<ReplayReport> {
  const { room, speed, tokenFor } = options;
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  setMaxListeners(0, signal);
  const findings = newFindings();
  const nicks = new Map<string, Nick>();
  const messages = new Map<string, Promise<Posted<Sent>>>();
  const underWay = new Set<Promise<void>>();
  const latencies: number[] = [];
  const report = { room, entries: 0, sent: 0, duplicates: 0, errors: {} as Record<string, number> };
  let landed = Promise.withResolvers<void>();
  let held: CallError | undefined;

  const refused = (error: CallError) => {
    held = error;
    options.refused(error);
  };

  function count(error: unknown): void {
    if (signal.aborted) return;
    const code = error instanceof CallError ? error.code : 'error';
    report.errors[code] = (report.errors[code] ?? 0) + 1;
  }

  function nick(user: string): Nick {
    let known = nicks.get(user);
    if (!known) {
      const getToken = tokenFor(user, findings.people.get(user)?.name ?? user);
      known = createNick({ ...options, signal, refused, getToken });
      nicks.set(user, known);
    }
    return known;
  }

  async function post(entry: Entry, { by, speak }: Extract<Deed, { kind: 'post' }>): Promise<void> {
    report.sent++;
    let began = 0;
    const saying = nick(by).say(to => {
      began = performance.now();
      return speak(to);
    });
    messages.set(entry.id, saying);
    const done: Sent & { duplicate?: true } = await (await saying).done;
    latencies.push(performance.now() - began);
    if (done.duplicate) report.duplicates++;
  }

  async function played(id: string): Promise<string | undefined> {
    try {
      return (await (await messages.get(id))?.done)?.id;
    } catch {
      // Counted where it was posted.
      return undefined;
    }
  }

  async function play(entry: Entry): Promise<void> {
    const deed = await deedOf(entry, played);
    if (deed?.kind === 'post') await post(entry, deed);
    else if (deed?.kind === 'join') await nick(deed.user).join();
    else if (deed) await nick(deed.user).leave();
  }

  /** The next outcome. None for long: nicks that hold their place wait for nicks that get none. */
  async function landing(): Promise<void> {
    const over = new AbortController();
    const stuck = wait(STUCK, undefined, { signal: over.signal }).then(() => {
      throw new CliError(
        `Nothing got through for ${STUCK / 1000} s: ${held?.message ?? 'the hub does not answer.'} ` +
          'For so many nicks start the hub with RATE_LIMITS=off and a higher MAX_CONNECTIONS_PER_ADDRESS.',
      );
    });
    try {
      await Promise.race([landed.promise, stuck]);
    } finally {
      stuck.catch(() => {});
      over.abort();
    }
  }

  async function perform(source: Source): Promise<void> {
    const curtain = performance.now();
    let first: number | undefined;
    for await (const entry of source(findings)) {
      signal.throwIfAborted();
      first ??= Date.parse(entry.at);
      const due = (Date.parse(entry.at) - first) / speed - (performance.now() - curtain);
      if (due > 0) await wait(due, undefined, { signal });
      report.entries++;
      const playing: Promise<void> = play(entry)
        .catch(count)
        .finally(() => {
          underWay.delete(playing);
          landed.resolve();
          landed = Promise.withResolvers();
        });
      underWay.add(playing);
      while (underWay.size >= IN_FLIGHT) await landing();
      options.progress(report.entries);
    }
    // The people of this log go; who is in the next one too comes back.
    for (const one of nicks.values()) one.close().catch(count);
  }

  const drop = () => {
    for (const one of nicks.values()) void one.drop();
  };
  signal.addEventListener('abort', drop, { once: true });
  const began = performance.now();
  try {
    for (const source of sources) await perform(source);
    await Promise.all(underWay);
    signal.throwIfAborted();
  } catch (error) {
    failure.abort(error);
    throw error;
  } finally {
    await Promise.allSettled([...nicks.values()].map(one => one.close()));
  }
  const seconds = (performance.now() - began) / 1000;
  const acknowledged = latencies.length;
  return { ...report, nicks: nicks.size, acknowledged, seconds, ack: percentiles(latencies) };
}

function percentiles(values: number[]): ReplayReport['ack'] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
