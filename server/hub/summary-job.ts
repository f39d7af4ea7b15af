// One summary on its way: reads, has it written, holds every claim to its sources and to what its askers may still read, tells them, and posts it
// where it is for the room. Claims reach people through here alone.
import type { Push } from '#shared/protocol/pushes.ts';
import type { PostedSummary } from '#shared/protocol/summaries.ts';
import { draft } from './drafts.ts';
import { HubError } from './errors.ts';
import type { LogWriter } from './log-writer.ts';
import type { Actor } from './ports.ts';
import type { KeptClaim, Material, MaterialRange, Reader, SummaryStore } from './ports-summaries.ts';
import type { Ask } from './summary-pieces.ts';
import { SummaryText } from './summary-text.ts';
import type { createWork, Written } from './summary-work.ts';

export interface Wish extends Reader, Ask {
  readonly range: MaterialRange;
}

export interface JobDeps {
  readonly store: SummaryStore;
  readonly writer: LogWriter;
  readonly work: ReturnType<typeof createWork>;
}

export interface Listeners {
  readonly signal: AbortSignal;
  delta(push: Push<'summary:delta'>): void;
  /** Who asked for the same meanwhile: each must be able to read what is told. */
  others(): readonly Actor[];
  /** One of them lost the right to it. */
  drop(other: Actor, why: HubError): void;
}

/** Times that a summary for the room is made anew, since who may read what changed while it was written. */
const TRIES = 3;
const NOTHING = 'Nothing was said here.';

/**
 * @returns the summary, after COMMIT if it was posted
 * @throws HubError, Unreachable, SummarizerError, or the reason of `signal`
 */
export async function runJob(
  id: string,
  wish: Wish,
  deps: JobDeps,
  to: Listeners,
): Promise<Push<'summary:done'>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptJob(id, wish, deps, to);
    } catch (error) {
      const again = error instanceof HubError && error.code === 'conflict' && error.details !== undefined;
      if (!again || wish.audience === 'me' || attempt === TRIES) throw error;
      to.delta({ id, room: wish.room, text: '', at: 0, claims: [], citations: [], reset: true });
    }
  }
}

async function attemptJob(
  id: string,
  wish: Wish,
  { store, writer, work }: JobDeps,
  to: Listeners,
): Promise<Push<'summary:done'>> {
  const { room, actor, style, question } = wish;
  const material = await store.material(wish, wish.range);
  const sources = new Map(material.lines.map(line => [line.seq, line]));
  const text = new SummaryText();

  /** The sources as they are now, if all who asked may still read everything that this is made of (I9). */
  const standing = async (cites: readonly number[]) => {
    const cited = cites.flatMap(seq => sources.get(seq) ?? []).map(({ id, version }) => ({ id, version }));
    const there = await store.recheck(wish, material.floor, cited);
    for (const other of to.others()) {
      await store.recheck({ ...wish, actor: other }, material.floor, []).catch((error: unknown) => {
        if (!(error instanceof HubError)) throw error;
        to.drop(other, error);
      });
    }
    to.signal.throwIfAborted();
    return there;
  };
  const restart = async () => {
    if (text.kept.length === 0) return;
    text.clear();
    to.delta({ id, room, text: '', at: 0, claims: [], citations: [], reset: true });
  };
  const claim = async (kept: KeptClaim) => {
    const there = await standing(kept.cites);
    // Deleted or edited since it was read: what was made of it is not shown.
    if (there.length < kept.cites.length) return;
    const at = text.kept.length;
    to.delta({ id, room, at, ...text.add(kept, there) });
  };

  let written: Written = { provider: 'extractive', model: '', note: NOTHING };
  if (material.lines.length > 0) written = await work(material, wish, { claim, restart }, to.signal);
  const cited = [...new Set(text.kept.flatMap(({ cites }) => cites))];
  const whole = text.whole(await standing(cited));
  const { provider, model, note } = written;
  const summary: PostedSummary = {
    provider,
    model,
    style,
    ...(question && { question }),
    ...(note && { note }),
    from: material.first,
    upTo: Math.max(material.last, material.first - 1),
    ...(material.clipped && { clipped: true as const }),
    claims: whole.claims,
    citations: whole.citations,
  };
  if (wish.audience === 'room') await post(id, actor, material, whole.text, summary, writer);
  return { id, room, text: whole.text, ...summary };
}

/** The database looks once more, under the room's lock, whether everybody may read this and every source still says it. */
async function post(
  id: string,
  actor: Actor,
  material: Material,
  text: string,
  summary: PostedSummary,
  writer: LogWriter,
): Promise<void> {
  if (summary.claims.length === 0)
    throw new HubError('conflict', 'There is nothing to post: nothing was found.');
  const versions = new Map(material.lines.map(({ id, version }) => [id, version]));
  const cited = summary.citations.map(({ messageId }) => ({
    id: messageId,
    version: versions.get(messageId),
  }));
  const data = { text, ...summary, check: { floor: material.floor, cited } };
  await writer.append(draft(actor, { room: material.room.id, type: 'summary.posted', id, data }));
}
