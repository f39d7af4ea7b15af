// What bots do in front of one person: messages that they are still writing, answers for this person alone, commands that they take. Nothing of it
// is in a log, so that all of it is gone with the page.

import type { OfferedCommand } from '../../../shared/protocol/bots.ts';
import type { CallError, Court, Push } from '../../js/index.ts';
import { uuid } from '../../js/uuid.ts';
import { createStore, type Store, type WritableStore } from './store.ts';
import type { ShownMessage } from './timeline.ts';

/** A command on its way, an answer, or what became of one that has none. */
export interface Whisper {
  readonly id: string;
  /** Without the slash. */
  readonly command: string;
  readonly kind: 'running' | 'answer' | 'failed';
  /** The bot, of an answer. */
  readonly by?: string;
  readonly text: string;
}

export interface BotDesk {
  /** Growing messages, in the order in which they began. */
  readonly drafts: readonly ShownMessage[];
  readonly whispers: readonly Whisper[];
  readonly commands: readonly OfferedCommand[];
}

export interface Bots {
  desk(room: string): Store<BotDesk>;
  /** Asks for the commands of the room, if that was not just done. */
  look(room: string): void;
  /** Runs the text, if it is a command that is offered in the room; `false`: it is none. */
  run(room: string, text: string, replyTo: string | undefined): boolean;
  dismiss(room: string, id: string): void;
}

const EMPTY: BotDesk = { drafts: [], whispers: [], commands: [] };
const FRESH_MS = 15_000;
/** A draft of which nothing was heard for so long is over: its end was lost. */
const SILENT_MS = 120_000;
const KEPT = 5;
/** Longer than a bot has to answer. */
const PATIENCE_MS = 15_000;
const COMMAND = /^\/([a-z0-9][a-z0-9_-]*)(?:\s+([\s\S]*))?$/;

export function createBots(court: Court): Bots {
  const desks = new Map<string, WritableStore<BotDesk>>();
  const lookedAt = new Map<string, number>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const desk = (room: string) => {
    const known = desks.get(room) ?? createStore(EMPTY);
    desks.set(room, known);
    return known;
  };
  const change = (room: string, next: (desk: BotDesk) => Partial<BotDesk>) => {
    const store = desk(room);
    store.set({ ...store.getSnapshot(), ...next(store.getSnapshot()) });
  };

  const dropDraft = (room: string, id: string) => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    const known = desks
      .get(room)
      ?.getSnapshot()
      .drafts.some(draft => draft.id === id);
    if (known) change(room, ({ drafts }) => ({ drafts: drafts.filter(draft => draft.id !== id) }));
  };
  const dropAll = () => {
    for (const [room, store] of desks) for (const { id } of store.getSnapshot().drafts) dropDraft(room, id);
  };

  const draft = ({ room, id, by, at, text, replyTo, end }: Push<'message:draft'>) => {
    const said = court.room(room).messages;
    if (end || said.some(message => message.id === id)) return dropDraft(room, id);
    const known = desk(room)
      .getSnapshot()
      .drafts.find(other => other.id === id);
    // Who came late waits for the next one that is whole.
    if (at > 0 && known?.text.length !== at) return;
    clearTimeout(timers.get(id));
    timers.set(
      id,
      setTimeout(() => dropDraft(room, id), SILENT_MS),
    );
    const grown: ShownMessage = {
      ...{ id, room, by, files: [], reactions: [], seq: Number.POSITIVE_INFINITY, growing: true },
      at: known?.at ?? new Date().toISOString(),
      text: at > 0 ? `${known?.text}${text}` : text,
      ...(replyTo && { replyTo, root: said.find(message => message.id === replyTo)?.root ?? replyTo }),
    };
    change(room, ({ drafts }) => ({
      drafts: known ? drafts.map(other => (other.id === id ? grown : other)) : [...drafts, grown],
    }));
  };

  const whisper = (room: string, next: Whisper) =>
    change(room, ({ whispers }) => ({
      whispers: [...whispers.filter(({ id }) => id !== next.id), next].slice(-KEPT),
    }));
  const dismiss = (room: string, id: string) =>
    change(room, ({ whispers }) => ({ whispers: whispers.filter(one => one.id !== id) }));

  court.on('push', push => {
    if (push.name === 'message:draft') draft(push.payload);
    else if (push.name === 'message:ephemeral') {
      const { id, room, by, command, text } = push.payload;
      whisper(room, { id, command, by, text, kind: 'answer' });
    } else if (push.name === 'events') {
      const { room, events } = push.payload;
      if (desks.get(room)?.getSnapshot().drafts.length) for (const { id } of events) dropDraft(room, id);
    }
  });
  court.on('state', ({ status }) => status === 'disconnected' && dropAll());

  return {
    desk,
    dismiss,
    look(room) {
      if (Date.now() - (lookedAt.get(room) ?? 0) < FRESH_MS) return;
      lookedAt.set(room, Date.now());
      court.call('command:list', { room }).then(
        ({ commands }) => change(room, () => ({ commands })),
        // Nothing is offered, and the next look asks again.
        () => lookedAt.delete(room),
      );
    },
    run(room, text, replyTo) {
      const [, command, words = ''] = COMMAND.exec(text.trimEnd()) ?? [];
      const { commands } = desk(room).getSnapshot();
      if (command === undefined || !commands.some(({ name }) => name === command)) return false;
      const id = uuid();
      whisper(room, { id, command, kind: 'running', text: '' });
      const input = { room, id, command, text: words, ...(replyTo && { replyTo }) };
      court.call('command:run', input, { timeoutMs: PATIENCE_MS }).then(
        answer => {
          if (answer.text) whisper(room, { id, command, by: answer.bot, text: answer.text, kind: 'answer' });
          else dismiss(room, id);
        },
        (error: CallError) => whisper(room, { id, command, text: error.message, kind: 'failed' }),
      );
      return true;
    },
  };
}
