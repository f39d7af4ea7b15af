// What a bot listens to, in the order in which it said so.
import { hopsOf, MAX_HOPS } from '../../shared/hops.ts';
import type { EventOf, EventType, LogEvent } from '../../shared/protocol/events.ts';
import type {
  BotMessage,
  CommandHelp,
  CommandListener,
  EventListener,
  MessageListener,
  Middleware,
} from './types.ts';

export type Pattern = string | RegExp;

/** One that wants an entry: which it is among all, and what its pattern found. */
export type Match =
  | {
      readonly at: number;
      readonly kind: 'event';
      readonly listener: EventListener<EventType>;
      readonly matches: string[];
    }
  | {
      readonly at: number;
      readonly kind: 'message';
      readonly listener: MessageListener;
      readonly matches: string[];
    };

export class Listeners {
  readonly middleware: Middleware[] = [];
  readonly commands = new Map<string, { help: CommandHelp; listener: CommandListener }>();
  readonly #all: ((event: LogEvent, at: number) => Match | undefined)[] = [];

  message(pattern: Pattern | undefined, listener: MessageListener): void {
    this.#all.push((event, at) => {
      // At their limit words may be heard by `event`, and are answered no more (attack 27).
      if (event.type !== 'message.created' || event.data.redacted || hopsOf(event.data.meta) >= MAX_HOPS)
        return;
      const matches = matchesOf(pattern, event.data.text);
      return matches && { at, kind: 'message', listener, matches };
    });
  }

  event<T extends EventType>(type: T | '*', listener: EventListener<T>): void {
    this.#all.push((event, at) =>
      type === '*' || event.type === type
        ? { at, kind: 'event', listener: listener as unknown as EventListener<EventType>, matches: [] }
        : undefined,
    );
  }

  of(event: LogEvent): Match[] {
    return this.#all.flatMap((match, at) => match(event, at) ?? []);
  }
}

function matchesOf(pattern: Pattern | undefined, text: string): string[] | undefined {
  if (pattern === undefined) return [text];
  if (typeof pattern === 'string')
    return text.toLowerCase().includes(pattern.toLowerCase()) ? [text] : undefined;
  // One that is global or sticky would begin where it ended last.
  pattern.lastIndex = 0;
  const found = pattern.exec(text);
  return found ? [...found] : undefined;
}

export function messageOf(room: string, event: EventOf<'message.created'>): BotMessage {
  const { id, seq, at, by, data } = event;
  const { text, replyTo, root, mentions = [], meta = {} } = data;
  return { id, room, seq, at, by, text, replyTo, root, mentions, meta };
}
