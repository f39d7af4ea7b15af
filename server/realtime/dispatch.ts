// From a frame to a handler and back to an ack: parse, limit, order, run, answer. Nothing a client sends gets past here as an exception.
import { randomUUID } from 'node:crypto';
import { type CallName, calls } from '#shared/protocol/calls.ts';
import type { Reply } from '#shared/protocol/errors.ts';
import { HubError, OutcomeUnknown, Unreachable, unavailable } from '../hub/errors.ts';
import { parseInput } from '../hub/input.ts';
import type { Log } from '../hub/ports.ts';
import { type Meters, observe } from '../hub/ports-meters.ts';
import type { Limits } from '../hub/ports-people.ts';
import { type Handlers, overlapping, writing } from './handlers.ts';
import type { Session } from './session.ts';

/** Calls of one socket that may wait, when limits are off. */
const MAX_LANE = 5000;

export interface Dispatch {
  /** Carries out one call and hands the reply to `ack`, if the client asked for one. Never throws, never rejects. */
  call(session: Session, name: string, args: readonly unknown[]): void;
  /** From now on every call is refused as `unavailable`. */
  close(): void;
}

export function createDispatch({
  handlers,
  limits,
  meters,
  log,
}: {
  handlers: Handlers;
  limits: Limits;
  meters: Meters;
  log: Log;
}): Dispatch {
  const limited = (session: Session, name: CallName, input: { room?: string }): void => {
    const { actor } = session;
    const taken = [limits.take('call.socket', session.id), limits.take('call.address', session.address)];
    if (writing.has(name)) {
      taken.push(limits.take(actor.role === 'bot' ? 'call.bot' : 'call.user', actor.id));
      if (input.room !== undefined) taken.push(limits.take('call.room', input.room));
    }
    const wait = Math.max(session.overBytes, ...taken.map(one => (one.ok ? 0 : one.retryAfterMs)));
    if (wait > 0) throw new HubError('rate_limited', 'Too many calls; slow down.', { retryAfterMs: wait });
  };

  let closed = false;

  const run = async (session: Session, name: CallName, raw: unknown): Promise<unknown> => {
    if (closed) throw unavailable('This node is shutting down; connect again.');
    const parsed = parseInput(calls[name].input, raw);
    limited(session, name, parsed as { room?: string });
    if (session.lane.length >= MAX_LANE) {
      throw new HubError('rate_limited', 'Too many calls wait for an answer.', { retryAfterMs: 1000 });
    }
    const handle = handlers[name] as (session: Session, input: unknown) => Promise<unknown>;
    return session.lane.run(overlapping.has(name), () => handle(session, parsed));
  };

  /** What the caller is told of a failure; what only we should know goes to the log under an id. */
  const refusal = (error: unknown, session: Session, name: string): Reply<never> => {
    if (error instanceof HubError) return { ok: false, error: error.toWire() };
    if (error instanceof Unreachable) {
      log.warn({ err: error, call: name, user: session.actor.id }, 'the database did not answer a call');
      return {
        ok: false,
        error: { code: 'unavailable', message: 'The database is away; try again.', retryAfterMs: 1000 },
      };
    }
    const id = randomUUID();
    log.error({ err: error, call: name, user: session.actor.id, id }, 'a call failed');
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
    close() {
      closed = true;
    },
    call(session, name, args) {
      const last = args.at(-1);
      const reply = typeof last === 'function' ? (last as (reply: Reply<unknown>) => void) : () => {};
      const began = performance.now();
      const ack = (answer: Reply<unknown>) => {
        reply(answer);
        observe(meters.acks, performance.now() - began);
      };
      const inputs = typeof last === 'function' ? args.slice(0, -1) : args;
      const work = isCall(name)
        ? run(session, name, inputs[0])
        : Promise.reject(new HubError('bad_request', 'There is no such call.'));
      work.then(
        data => ack({ ok: true, data }),
        error => {
          // No answer is the honest one: the socket is about to close, and the same id again tells.
          if (!(error instanceof OutcomeUnknown)) ack(refusal(error, session, name));
        },
      );
    },
  };
}

const isCall = (name: string): name is CallName => Object.hasOwn(calls, name);
