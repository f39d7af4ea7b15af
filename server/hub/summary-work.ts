// From material to claims: chooses who writes, in one go or in pieces, uses what was kept of earlier times, and falls back where a model fails.

import { verified } from './citations.ts';
import type { Log } from './ports.ts';
import { type Claim, type Restart, type Summarizer, SummarizerError, type Usage } from './ports-ai.ts';
import type { KeptClaim, Material, SummaryStore } from './ports-summaries.ts';
import type { Budget } from './summary-budget.ts';
import {
  type Ask,
  askDigest,
  type Given,
  inPieces,
  isLong,
  plainly,
  requestOf,
  take,
  versionOf,
  type Write,
} from './summary-pieces.ts';

export interface WorkDeps {
  readonly store: SummaryStore;
  /** Who is asked first. */
  readonly summarizer: Summarizer;
  /** Costs nothing, and takes over when the month's money is spent or the other fails. */
  readonly free: Summarizer;
  readonly budget: Budget;
  readonly log: Log;
}

/** Who wrote, and why if it was not who is asked first. */
export type Written = Pick<Usage, 'provider' | 'model' | 'note'>;

export interface Sink {
  /** Cites nothing but the material's messages. */
  claim(claim: KeptClaim): Promise<void>;
  /** All claims so far are void. */
  restart(): Promise<void>;
}

const SPENT = 'This month’s budget for models is spent.';

export function createWork({ store, summarizer, free, budget, log }: WorkDeps) {
  const writing = (writer: Summarizer, signal: AbortSignal): Write =>
    async function* write(request): AsyncGenerator<Claim | Restart, Usage, undefined> {
      let spent: Usage | undefined;
      try {
        spent = yield* writer.summarize(request, signal);
        return spent;
      } catch (error) {
        if (error instanceof SummarizerError) spent = error.spent;
        throw error;
      } finally {
        if (spent) await budget.charge(request, spent);
        else await budget.chargeBroken(writer.provider, request);
      }
    };

  const compose = async (
    writer: Summarizer,
    material: Material,
    ask: Ask,
    sink: Sink,
    signal: AbortSignal,
  ): Promise<Written> => {
    const whole = { first: material.first, last: material.last };
    const { id, epoch } = material.room;
    const key = { room: id, epoch, ask: askDigest(ask, 'whole'), model: writer.model };
    const [known] = await store.findPieces(key, [whole]);
    if (known) {
      for (const claim of known) await sink.claim(claim);
      return { provider: writer.provider, model: writer.model };
    }
    const write = writing(writer, signal);
    const given: Given = isLong(material, writer)
      ? await inPieces(material, ask, { store, summarizer: writer, write })
      : plainly(material.lines);
    const claims: KeptClaim[] = [];
    const usage = await take(write(requestOf(material, given, ask)), {
      async restart(why) {
        log.warn({ room: id, why }, 'a summary began anew');
        claims.splice(0);
        await sink.restart();
      },
      async claim(claim) {
        signal.throwIfAborted();
        const good = verified(claim, given.stands);
        if (!good) {
          log.info(
            { room: id, provider: writer.provider },
            'a claim without a source of its own was dropped',
          );
          return;
        }
        claims.push(good);
        await sink.claim(good);
      },
    });
    await store.keepPiece(
      { ...key, model: usage.model },
      { ...whole, version: versionOf(material, whole), claims },
    );
    return usage;
  };

  /** @throws SummarizerError when nobody can write it, or the reason of `signal` */
  return async function work(
    material: Material,
    ask: Ask,
    sink: Sink,
    signal: AbortSignal,
  ): Promise<Written> {
    if (summarizer === free) return compose(free, material, ask, sink, signal);
    if (!(await budget.left())) {
      return { ...(await compose(free, material, ask, sink, signal)), note: SPENT };
    }
    try {
      return await compose(summarizer, material, ask, sink, signal);
    } catch (error) {
      if (!(error instanceof SummarizerError) || signal.aborted) throw error;
      log.warn({ err: error, provider: summarizer.provider }, 'a summary is made without the model');
      await sink.restart();
      const note = `The model could not write this (${excuses[error.trouble]}).`;
      return { ...(await compose(free, material, ask, sink, signal)), note };
    }
  };
}

const excuses = {
  away: 'it is not reachable just now',
  limited: 'it takes no more questions for now',
  refused: 'its key or its name is wrong',
  declined: 'it declined',
  too_long: 'there was too much to read',
} as const satisfies Record<SummarizerError['trouble'], string>;
