// Plays a log into a running hub through its public door: one socket per nick, in the timing of the log, and counts what became of every message.
import { setTimeout as wait } from 'node:timers/promises';
import { CallError } from '../js/errors.ts';
import type { Posted, Room, Sent } from '../js/types.ts';
import { type Entry, newFindings, type Source } from './formats/entry.ts';
import { createNick, type Nick, type NickOptions } from './nick.ts';

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

/** Messages under way at once; with more, the log waits. */
const IN_FLIGHT = 500;

/** Plays one source after the other; the time between them is left out. */
export async function replay(sources: readonly Source[], options: ReplayOptions): Promise<ReplayReport> {
  const { room, speed, signal, tokenFor } = options;
  const findings = newFindings();
  const nicks = new Map<string, Nick>();
  const posted = new Map<string, Promise<Posted<Sent>>>();
  const underWay = new Set<Promise<void>>();
  let landed = Promise.withResolvers<void>();
  const latencies: number[] = [];
  const errors: Record<string, number> = {};
  let [entries, sent, duplicates] = [0, 0, 0];

  function nick(user: string): Nick {
    let known = nicks.get(user);
    if (!known) {
      known = createNick({ ...options, getToken: tokenFor(user, findings.people.get(user)?.name ?? user) });
      nicks.set(user, known);
    }
    return known;
  }

  /** Everything that goes through the outbox ends here: in the log, or refused. */
  async function post(entry: Entry, speak: (room: Room) => Posted<Sent>): Promise<void> {
    sent++;
    let began = 0;
    try {
      const saying = nick(entry.by).say(to => {
        began = performance.now();
        return speak(to);
      });
      if (entry.type === 'message.created') posted.set(entry.id, saying);
      const done: Sent & { duplicate?: true } = await (await saying).done;
      latencies.push(performance.now() - began);
      if (done.duplicate) duplicates++;
    } catch (error) {
      count(error);
    }
  }

  function count(error: unknown): void {
    if (signal.aborted) return;
    const code = error instanceof CallError ? error.code : 'error';
    errors[code] = (errors[code] ?? 0) + 1;
  }

  /** The id that a message of the log has in this replay, once it is there. */
  async function played(id: string): Promise<string | undefined> {
    const message = await posted.get(id)?.catch(() => undefined);
    return message?.done.then(() => message.id).catch(() => undefined);
  }

  async function play(entry: Entry): Promise<void> {
    switch (entry.type) {
      case 'message.created': {
        const { text, replyTo: answered, meta } = entry.data;
        const replyTo = answered === undefined ? undefined : await played(answered);
        const more = { ...(replyTo && { replyTo }), ...(meta && { meta: meta as never }) };
        return post(entry, to => to.send(text, more));
      }
      case 'member.joined':
        return nick(entry.data.user).join();
      case 'member.left':
        return nick(entry.data.user).leave();
      case 'message.edited':
      case 'message.deleted':
      case 'message.pinned':
      case 'reaction.added':
      case 'reaction.removed': {
        const target = await played(entry.data.target);
        if (target === undefined) return;
        return post(entry, to => change(to, entry, target) as Posted<Sent>);
      }
      default:
        return;
    }
  }

  const drop = () => {
    for (const one of nicks.values()) void one.drop();
  };
  signal.addEventListener('abort', drop, { once: true });
  async function perform(source: Source): Promise<void> {
    const curtain = performance.now();
    let first: number | undefined;
    for await (const entry of source(findings)) {
      signal.throwIfAborted();
      first ??= Date.parse(entry.at);
      const due = (Date.parse(entry.at) - first) / speed - (performance.now() - curtain);
      if (due > 0) await wait(due, undefined, { signal });
      entries++;
      const playing: Promise<void> = play(entry)
        .catch(count)
        .finally(() => {
          underWay.delete(playing);
          landed.resolve();
          landed = Promise.withResolvers();
        });
      underWay.add(playing);
      while (underWay.size >= IN_FLIGHT) await landed.promise;
      options.progress(entries);
    }
    // The people of this log go; who is in the next one too comes back.
    for (const one of nicks.values()) one.close().catch(count);
  }

  const began = performance.now();
  try {
    for (const source of sources) await perform(source);
    await Promise.all(underWay);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', drop);
    await Promise.allSettled([...nicks.values()].map(one => one.close()));
  }
  const seconds = (performance.now() - began) / 1000;
  const acknowledged = latencies.length;
  const ack = percentiles(latencies);
  return { room, entries, nicks: nicks.size, sent, acknowledged, duplicates, errors, seconds, ack };
}

type Change = Extract<Entry, { data: { target: string } }>;

function change(room: Room, entry: Change, target: string): Posted<{ seq: number }> {
  switch (entry.type) {
    case 'message.edited':
      return room.edit(target, entry.data.text);
    case 'message.deleted':
      return room.delete(target);
    case 'message.pinned':
      return room.pin(target, entry.data.on);
    case 'reaction.added':
      return room.react(target, entry.data.emoji, true);
    case 'reaction.removed':
      return room.react(target, entry.data.emoji, false);
  }
}

function percentiles(values: number[]): ReplayReport['ack'] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
