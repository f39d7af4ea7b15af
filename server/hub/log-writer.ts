// The one way into the logs on this node: drafts leave in groups, and what was committed goes to the feeds before anything else can overtake it.
import type { LogEvent } from '#shared/protocol/events.ts';
import { HubError } from './errors.ts';
import { createGroupCommit } from './group-commit.ts';
import type { Draft, Log, Outcome, RoomStore } from './ports.ts';
import { type Meters, observe } from './ports-meters.ts';

/** A committed stretch of one room's log, consecutive. Only a hint: it may be empty, late or repeated. */
export interface Batch {
  readonly room: string;
  readonly epoch: string;
  /** An entry with this number is in the log. */
  readonly head: number;
  readonly events: readonly LogEvent[];
}

export interface Appended {
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly epoch: string;
  readonly duplicate?: true;
}

export interface LogWriter extends AsyncDisposable {
  /** Resolves after COMMIT. Drafts of one room keep the order of the calls. @throws HubError the refusal of the store */
  append(draft: Draft): Promise<Appended>;
  /** Milliseconds that a draft which came now would wait for its COMMIT. */
  waitMs(): number;
}

export function createLogWriter(deps: {
  store: Pick<RoomStore, 'append'>;
  /** Is handed each group's committed entries by room, after COMMIT and before the acks. */
  committed(batches: Batch[]): void;
  meters: Meters;
  log: Log;
}): LogWriter {
  const { meters } = deps;
  const commits = createGroupCommit<Draft, Outcome>({
    name: 'log writer',
    log: deps.log,
    async run(drafts) {
      const outcomes = await deps.store.append(drafts);
      observe(meters.groups, drafts.length);
      for (const outcome of outcomes) meters.appended += entriesOf(outcome).length;
      deps.committed(batchesOf(drafts, outcomes));
      return outcomes;
    },
  });
  return {
    async append(draft) {
      const outcome = await commits.add(draft);
      if ('error' in outcome) {
        const { code, message, details } = outcome.error;
        throw new HubError(code, message, { details });
      }
      const { epoch } = outcome;
      if ('event' in outcome) return { id: draft.id, seq: outcome.event.seq, at: outcome.event.at, epoch };
      const { seq, at, duplicate } = outcome;
      return { id: draft.id, seq, at, epoch, ...(duplicate && { duplicate }) };
    },
    waitMs: commits.waitMs,
    [Symbol.asyncDispose]: () => commits[Symbol.asyncDispose](),
  };
}

/** What an outcome added to the log. */
export const entriesOf = (outcome: Outcome): readonly LogEvent[] =>
  'event' in outcome ? [outcome.event, ...(outcome.more ?? [])] : [];

/** Also the duplicates: of a group that was repeated because its outcome was unknown, the feeds have heard nothing yet. */
function batchesOf(drafts: readonly Draft[], outcomes: readonly Outcome[]): Batch[] {
  const batches = new Map<string, { room: string; epoch: string; head: number; events: LogEvent[] }>();
  outcomes.forEach((outcome, i) => {
    if ('error' in outcome) return;
    const { room } = drafts[i] as Draft;
    const batch = batches.get(room) ?? { room, epoch: outcome.epoch, head: 0, events: [] };
    batches.set(room, batch);
    const entries = entriesOf(outcome);
    batch.events.push(...entries);
    batch.head = Math.max(batch.head, entries.at(-1)?.seq ?? ('seq' in outcome ? outcome.seq : 0));
  });
  return [...batches.values()];
}
