// The recap of each room as one asked for it: it goes on while one looks elsewhere, and is there again when one comes back.
import type { CallData, Court, Recap, SummaryRange, SummaryStyle } from '../../js/index.ts';
import { createStore, type Store, type WritableStore } from './store.ts';

export interface Wish {
  range: SummaryRange;
  style: SummaryStyle;
  question: string;
}

export type LiveSummary = CallData<'summary:live'>['summary'];

export interface Desk {
  readonly wish: Wish;
  /** What was asked last. */
  readonly recap?: Recap;
  /** The same for the room, on its way there. */
  readonly posting?: Recap;
  /** What the hub wrote by itself of the newest messages; undefined until it was asked. */
  readonly live?: LiveSummary;
}

export interface Recaps {
  desk(room: string): Store<Desk>;
  /** Asks anew, with what is changed of the wish; what is under way is given up. */
  ask(room: string, change?: Partial<Wish>): void;
  /** Changes the wish alone. */
  wish(room: string, change: Partial<Wish>): void;
  cancel(room: string): void;
  /** Has the same made of what all members may read, and posted. */
  post(room: string): void;
  /** Looks whether there is a quiet summary. */
  look(room: string): Promise<void>;
}

const FIRST: Desk = { wish: { range: 'unread', style: 'brief', question: '' } };

export function createRecaps(court: Court): Recaps {
  const desks = new Map<string, WritableStore<Desk>>();
  const desk = (room: string) => {
    const known = desks.get(room) ?? createStore(FIRST);
    desks.set(room, known);
    return known;
  };
  const change = (room: string, more: Partial<Desk>) => {
    const store = desk(room);
    store.set({ ...store.getSnapshot(), ...more });
  };
  // It ends by itself when the hub cannot be asked to end it.
  const giveUp = (recap: Recap | undefined) => void recap?.cancel().catch(() => undefined);

  const wish = (room: string, more: Partial<Wish>) =>
    change(room, { wish: { ...desk(room).getSnapshot().wish, ...more } });

  return {
    desk,
    wish,
    ask(room, more = {}) {
      wish(room, more);
      const { wish: wanted, recap } = desk(room).getSnapshot();
      giveUp(recap);
      const { posting: _, ...before } = desk(room).getSnapshot();
      const { range, style, question } = wanted;
      const asked = court.room(room).summarize({ range, style, ...(question && { question }) });
      desk(room).set({ ...before, recap: asked });
    },
    cancel: room => giveUp(desk(room).getSnapshot().recap),
    post(room) {
      const { summary } = desk(room).getSnapshot().recap?.snapshot ?? {};
      if (!summary) return;
      const { from, upTo, style, question } = summary;
      const range = { after: Math.max(from - 1, 0), before: upTo + 1 };
      const posting = court
        .room(room)
        .summarize({ range, style, audience: 'room', ...(question && { question }) });
      change(room, { posting });
    },
    async look(room) {
      try {
        change(room, { live: (await court.call('summary:live', { room })).summary });
      } catch {
        // There is none to show; asking for one tells why.
        change(room, { live: null });
      }
    },
  };
}
