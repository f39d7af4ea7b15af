// The summaries that are being written, on this node and on others, as far as their askers may come back for them: each told once to all sockets
// of who asked, wherever these are, and kept some minutes after its end.
import type { WireError } from '#shared/protocol/errors.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import type { SummaryState } from '#shared/protocol/summaries.ts';
import type { Bus } from './bus.ts';
import type { Outlet, SummaryPush } from './ports.ts';
import type { SocketBook } from './socket-book.ts';

/** What is told of a summary: pushes to people, and words between nodes. */
export type SummaryNews =
  | SummaryPush
  | { readonly name: 'begun'; readonly payload: { readonly id: string; readonly room: string } }
  | { readonly name: 'alive'; readonly payload: { readonly id: string } }
  /** These lost the right to it; it goes on for the others. */
  | { readonly name: 'dropped'; readonly payload: Push<'summary:failed'> };

/** `users` are all who asked for it. */
export type SummaryHint = SummaryNews & { readonly users: readonly string[] };

export interface BookEntry extends SummaryState {
  readonly users: readonly string[];
  readonly error?: WireError;
}

/** Kept so long after the end, in ms; and one that its node says nothing of for so long is lost with it. */
const KEPT = 600_000;
const SILENT = 45_000;

export interface SummaryBook {
  tell(users: readonly string[], news: SummaryNews): void;
  /** From another node. */
  heard(hint: SummaryHint): void;
  get(id: string): BookEntry | undefined;
  /** Forgets what is over or lost. Called now and then. */
  tidy(): void;
}

export function createSummaryBook(deps: {
  sockets: SocketBook;
  outlet: Pick<Outlet, 'summary'>;
  bus: Bus;
  now(): number;
}): SummaryBook {
  const { sockets, outlet, bus, now } = deps;
  const entries = new Map<string, { entry: BookEntry; until: number }>();

  const write = ({ name, payload, users }: SummaryHint) => {
    const known = entries.get(payload.id)?.entry;
    const keep = (entry: BookEntry, ms: number) =>
      entries.set(payload.id, { entry: { ...entry, users }, until: now() + ms });
    if (name === 'begun') {
      keep({ ...payload, users, state: 'running', text: '', claims: [], citations: [] }, SILENT);
      return;
    }
    // A node that came later knows nothing of the beginning, and tells nobody half of it.
    if (known?.state !== 'running') return;
    if (name === 'dropped') {
      const left = known.users.filter(user => !users.includes(user));
      entries.set(payload.id, { entry: { ...known, users: left }, until: now() + SILENT });
    } else if (name === 'alive') keep(known, SILENT);
    else if (name === 'summary:delta') {
      const from = payload.reset ? { text: '', claims: [], citations: [] } : known;
      keep(
        {
          ...known,
          text: from.text + payload.text,
          claims: [...from.claims, ...payload.claims],
          citations: [...from.citations, ...payload.citations],
        },
        SILENT,
      );
    } else if (name === 'summary:done') {
      const { text, claims, citations } = payload;
      keep({ ...known, state: 'done', text, claims, citations, summary: payload }, KEPT);
    } else {
      keep({ ...known, state: 'failed', text: '', claims: [], citations: [], error: payload.error }, KEPT);
    }
  };

  const heard = (hint: SummaryHint) => {
    write(hint);
    if (hint.name === 'begun' || hint.name === 'alive') return;
    const push = hint.name === 'dropped' ? ({ ...hint, name: 'summary:failed' } as const) : hint;
    outlet.summary(hint.users.flatMap(sockets.of), push);
  };

  return {
    heard,
    tell(users, news) {
      const hint = { ...news, users };
      heard(hint);
      bus.publish('summary', hint);
    },
    get: id => entries.get(id)?.entry,
    tidy() {
      for (const [id, { until }] of entries) if (until <= now()) entries.delete(id);
    },
  };
}
