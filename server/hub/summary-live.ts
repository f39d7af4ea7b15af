// The quiet summary of each room: made anew after enough new entries, on the node that holds the lease, of what all members may read.
import type { Log } from './ports.ts';
import type { KeptClaim, SummaryStore } from './ports-summaries.ts';
import { PIECE, versionOf } from './summary-pieces.ts';
import { SummaryText } from './summary-text.ts';
import type { createWork } from './summary-work.ts';

/** How far back it looks, in entries, and how many rooms one round takes. */
const REACH = 500;
const ROOMS = 10;
const WORDS = 120;

/** @param every new entries after which it is made anew */
export function createLiveSummaries(deps: {
  store: SummaryStore;
  work: ReturnType<typeof createWork>;
  every: number;
  log: Log;
}) {
  const { store, work, every, log } = deps;

  const make = async (room: string, signal: AbortSignal): Promise<void> => {
    const material = await store.liveMaterial(room, { newest: REACH, align: PIECE });
    const { first, last, lines } = material;
    const kept: KeptClaim[] = [];
    const place = {
      room,
      epoch: material.room.epoch,
      first,
      last,
      seen: material.room.head,
      version: versionOf(material, { first, last }),
    };
    // Written down as tried, so that a room without talk, or one that fails, is not tried again with every round.
    await store.keepLive(place);
    if (lines.length === 0) return;
    const sink = {
      claim: async (claim: KeptClaim) => void kept.push(claim),
      restart: async () => void kept.splice(0),
    };
    const ask = { style: 'brief', words: WORDS } as const;
    const { provider, model, note } = await work(material, ask, sink, signal);
    const sources = new Map(lines.map(line => [line.seq, line]));
    const text = new SummaryText();
    for (const claim of kept) {
      text.add(
        claim,
        claim.cites.flatMap(seq => sources.get(seq) ?? []),
      );
    }
    const { text: whole, claims, citations } = text.whole(lines);
    const body = { provider, model, style: ask.style, ...(note && { note }), text: whole, claims, citations };
    await store.keepLive({ ...place, body });
  };

  return {
    /** One round; one room that fails does not keep the others from theirs. */
    async refresh(signal: AbortSignal = new AbortController().signal): Promise<void> {
      for (const room of await store.dueForLive(every, ROOMS)) {
        try {
          await make(room, signal);
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ err: error, room }, 'a quiet summary could not be made');
        }
      }
    },
  };
}
