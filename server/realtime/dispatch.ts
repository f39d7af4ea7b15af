// From a frame to a handler and back to an ack: limit, shed, parse, order, run, answer. Nothing a client sends gets past here as an exception.
import { randomUUID } from 'node:crypto';
import { type CallData, type CallInput, type CallName, calls } from '#shared/protocol/calls.ts';
import type { Reply } from '#shared/protocol/errors.ts';
import { HubError, OutcomeUnknown, overloaded, Unreachable, unavailable } from '../hub/errors.ts';
import { parseInput } from '../hub/input.ts';
import type { Log } from '../hub/ports.ts';
import { type Meters, observe } from '../hub/ports-meters.ts';
import type { FlowLimit, Limits } from '../hub/ports-people.ts';
import type { Pressure } from '../hub/pressure.ts';
import { asking, type Caller, type Handlers, overlapping, searching, writing } from './handlers.ts';
import type { Session } from './session.ts';
import { classOf } from './shedding.ts';

const TOO_MANY = { code: 'rate_limited', message: 'Too many calls; slow down.' } as const;
/** Calls of one socket that may wait, when limits are off. */
const MAX_LANE = 5000;
/** Longer names of rooms are refused as they are parsed, and not remembered by any limit. */
const MAX_ROOM_ID = 80;

/** What calls are counted against; without an address, whoever let the caller in has counted that. */
interface Counted extends Caller {
  readonly address?: string;
  readonly overBytes?: number;
}

export interface Dispatch {
  /** Carries out one call and hands the reply to `ack`, if the client asked for one. Never throws, never rejects. */
  call(session: Session, name: string, args: readonly unknown[]): void;
  /** The same for somebody without a socket, whose calls need no order; `caller.id` stands for the socket where calls are counted. Never rejects. */
  ask<C extends Exclude<CallName, 'session:refresh'>>(
    caller: Caller,
    name: C,
    input: CallInput<C>,
  ): Promise<Reply<CallData<C>>>;
  /** From now on every call is refused as `unavailable`, and `turnedAway` is told of whose it was. */
  close(turnedAway: (session: Session) => void): void;
}

export function createDispatch({
  handlers,
  limits,
  pressure,
  meters,
  log,
}: {
  handlers: Handlers;
  limits: Limits;
  pressure: Pressure;
  meters: Meters;
  log: Log;
}): Dispatch {
  /** Milliseconds to wait, when this is one call too many. */
  const overLimit = ({ id, actor, address, overBytes = 0 }: Counted, name: string, raw: unknown): number => {
    const writes = writing.has(name as CallName);
    const asks = asking.has(name as CallName);
    const room = roomOf(raw);
    // From the narrowest outwards, and no further than the first that refuses: what one asks in vain is not taken from the others.
    const wanted: [FlowLimit, string][] = [
      ['call.socket', id],
      ...(writes ? [[actor.role === 'bot' ? 'call.bot' : 'call.user', actor.id] as [FlowLimit, string]] : []),
      ...(asks ? [['ai.user', actor.id] as [FlowLimit, string]] : []),
      ...(asks && room !== undefined ? [['ai.room', room] as [FlowLimit, string]] : []),
      ...(searching.has(name as CallName) ? [['call.search', actor.id] as [FlowLimit, string]] : []),
      ...(address !== undefined ? [['call.address', address] as [FlowLimit, string]] : []),
      ...(writes && room !== undefined ? [['call.room', room] as [FlowLimit, string]] : []),
    ];
    let wait = overBytes;
    for (const [limit, key] of wanted) {
      if (wait > 0) break;
      const taken = limits.take(limit, key);
      if (!taken.ok) wait = taken.retryAfterMs;
    }
    return wait;
  };

  const isShed = (name: CallName): boolean => {
    const what = classOf[name];
    return what !== 'never' && pressure.refuses(what);
  };

  let closed: ((session: Session) => void) | undefined;

  const run = async (session: Session, name: CallName, raw: unknown): Promise<unknown> => {
    if (closed) throw unavailable('This node is shutting down; connect again.');
    const parsed = parseInput(calls[name].input, raw);
    if (session.lane.length >= MAX_LANE) {
      throw new HubError('rate_limited', 'Too many calls wait for an answer.', { retryAfterMs: 1000 });
    }
    const handle = handlers[name] as (session: Session, input: unknown) => Promise<unknown>;
    return session.lane.run(overlapping.has(name), () => handle(session, parsed));
  };

  /** What the caller is told of a failure; what only we should know goes to the log under an id. */
  const refusal = (error: unknown, { actor }: Caller, name: string): Reply<never> => {
    if (error instanceof HubError) return { ok: false, error: error.toWire() };
    if (error instanceof Unreachable) {
      log.warn({ err: error, call: name, user: actor.id }, 'the database did not answer a call');
      return {
        ok: false,
        error: { code: 'unavailable', message: 'The database is away; try again.', retryAfterMs: 1000 },
      };
    }
    const id = randomUUID();
    log.error({ err: error, call: name, user: actor.id, id }, 'a call failed');
    return {
      ok: false,
      error: {
        code: 'internal',
        message: `Something broke on our side. The log has it as ${id}.`,
        details: { id },
      },
    };
  };

  return {
    close(turnedAway) {
      closed = turnedAway;
    },
    async ask(caller, name, input) {
      try {
        if (closed) throw unavailable('This node is shutting down; ask again.');
        const retryAfterMs = overLimit(caller, name, input);
        if (retryAfterMs > 0) return { ok: false, error: { ...TOO_MANY, retryAfterMs } };
        if (isShed(name)) throw overloaded();
        const handle = handlers[name] as (caller: Caller, input: unknown) => Promise<never>;
        return { ok: true, data: await handle(caller, parseInput(calls[name].input, input)) };
      } catch (error) {
        const unknown = error instanceof OutcomeUnknown;
        return refusal(unknown ? unavailable(`${error.message} Ask again.`) : error, caller, name);
      }
    },
    call(session, name, args) {
      const last = args.at(-1);
      const reply = typeof last === 'function' ? (last as (reply: Reply<unknown>) => void) : () => {};
      const began = performance.now();
      const ack = (answer: Reply<unknown>) => {
        reply(answer);
        observe(meters.acks, performance.now() - began);
      };
      const turnedAway = closed;
      const inputs = typeof last === 'function' ? args.slice(0, -1) : args;
      if (!turnedAway) {
        // Before anything else is spent on it, so that a refusal costs next to nothing, and before it could take a place anywhere: it is certain
        // never to happen (I2).
        const retryAfterMs = overLimit(session, name, inputs[0]);
        if (retryAfterMs > 0) return ack({ ok: false, error: { ...TOO_MANY, retryAfterMs } });
        if (isCall(name) && isShed(name)) {
          if (classOf[name] === 'sends') session.turnedDown();
          return ack({ ok: false, error: overloaded().toWire() });
        }
      }
      const work = isCall(name)
        ? run(session, name, inputs[0])
        : Promise.reject(new HubError('bad_request', 'There is no such call.'));
      work.then(
        data => ack({ ok: true, data }),
        error => {
          // No answer is the honest one: the socket is about to close, and the same id again tells.
          if (!(error instanceof OutcomeUnknown)) ack(refusal(error, session, name));
          turnedAway?.(session);
        },
      );
    },
  };
}

/** Of an input that nobody has looked at; ids of rooms are short. */
function roomOf(raw: unknown): string | undefined {
  const room = typeof raw === 'object' && raw !== null ? (raw as { room?: unknown }).room : undefined;
  return typeof room === 'string' && room.length <= MAX_ROOM_ID ? room : undefined;
}

const isCall = (name: string): name is CallName => Object.hasOwn(calls, name);
