// The public face of the bot SDK: every shape and signature a bot may rely on, on one page.
import type { EventOf, EventType, LogEvent } from '../../shared/protocol/events.ts';
import type { User } from '../../shared/protocol/models.ts';
import type { Court, SendOptions } from '../js/types.ts';
import type { Logger } from './logger.ts';

export interface AppOptions {
  /** Where the hub listens; else COURT_URL. */
  url?: string | undefined;
  /** The bot's token, as `court bot create` shows it; else COURT_TOKEN. */
  token?: string | undefined;
  /** Names the bot's place in the logs. Two bots under one token need two names. `main`. */
  name?: string;
  /** Public rooms that it goes into by itself; those that it is invited to it follows in any case. */
  rooms?: readonly string[];
  /** How often an entry is tried before it becomes a dead letter, 3. */
  attempts?: number;
  /** Milliseconds before the second try, 250; then twice as long each time. */
  retryMs?: number;
  logger?: Logger;
}

/** A message as it was said. */
export interface BotMessage {
  readonly id: string;
  readonly room: string;
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  /** User id. */
  readonly by: string;
  readonly text: string;
  readonly replyTo?: string | undefined;
  /** The first message of its thread. */
  readonly root?: string | undefined;
  readonly mentions: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
}

/** What was said: where it stands. */
export interface Said {
  readonly id: string;
  readonly seq?: number;
  /** It had been said before this process began, or before this try; it stands as it was. */
  readonly repeated?: true;
  /** Not said: its cause has come through three bots already. */
  readonly stopped?: 'hops';
}

export type SayOptions = Pick<SendOptions, 'replyTo' | 'files' | 'meta'>;

export interface Say {
  /**
   * Says it in the room. Its id is made from the entry that is handled, so that one that is handled twice says nothing twice. Waits for the hub
   * for as long as it is away. Rejects with `CallError` when the hub refuses.
   */
  (text: string, options?: SayOptions): Promise<Said>;
  /** A message that is shown as it grows, and said when it is stopped. */
  stream(options?: SayOptions): Promise<Stream>;
}

export interface Stream {
  readonly id: string;
  /** All so far. */
  readonly text: string;
  append(text: string): Promise<void>;
  /** Says it; one longer than a message may be, in several. Nothing was appended: nothing is said. */
  stop(): Promise<Said>;
  /** Takes it back. */
  cancel(): Promise<void>;
}

export interface Context {
  /** The bot itself. */
  readonly bot: User;
  readonly room: string;
  /** Of a pattern that is a regular expression; of any other, the whole text. */
  readonly matches: readonly string[];
  /** From 1. */
  readonly attempt: number;
  /** It is handled once more because somebody asked for it. */
  readonly replay: boolean;
  /** How many bots the words have come through; 0 of a person's. */
  readonly hops: number;
  /** For middleware, to hand something on. */
  readonly [more: string]: unknown;
}

export interface EventArgs<T extends EventType = EventType> {
  readonly event: EventOf<T>;
  readonly say: Say;
  /** The whole of the client, for everything else. */
  readonly client: Court;
  readonly context: Context;
  readonly logger: Logger;
}

export interface MessageArgs extends Omit<EventArgs<'message.created'>, 'event'> {
  readonly message: BotMessage;
  /** Says it in the thread of the message. */
  readonly reply: Say;
}

/** A command as somebody typed it. */
export interface Command {
  readonly id: string;
  /** Without the slash. */
  readonly name: string;
  /** What came after the name. */
  readonly text: string;
  readonly room: string;
  readonly user: string;
  readonly userName: string;
  readonly replyTo?: string | undefined;
}

export interface CommandArgs extends Pick<EventArgs, 'say' | 'client' | 'context' | 'logger'> {
  readonly command: Command;
  /** Within three seconds; else the caller is told that the bot did not answer. With a text, for the caller alone. */
  ack(text?: string): Promise<void>;
  /** To the caller alone, for half an hour. `say` is for everybody. */
  respond(text: string): Promise<void>;
}

export interface CommandHelp {
  description: string;
  usage?: string;
}

export interface MiddlewareArgs {
  /** The entry, or the command. */
  readonly event?: LogEvent;
  readonly command?: Command;
  readonly client: Court;
  /** What it puts in here, the listeners find. */
  readonly context: Context & Record<string, unknown>;
  readonly logger: Logger;
  /** Goes on; without it the entry counts as handled, and no listener hears of it. */
  next(): Promise<void>;
}

/** What went wrong, and what comes of it. */
export interface Failure {
  readonly error: Error;
  readonly event?: LogEvent;
  readonly command?: Command;
  readonly room: string;
  readonly attempt: number;
  /** `retry` it will be tried again · `dead` it was put aside as a dead letter · `told` the caller of the command was told. */
  readonly fate: 'retry' | 'dead' | 'told';
}

export type Work = unknown;
export type MessageListener = (args: MessageArgs) => Work;
export type EventListener<T extends EventType> = (args: EventArgs<T>) => Work;
export type CommandListener = (args: CommandArgs) => Work;
export type Middleware = (args: MiddlewareArgs) => Promise<void>;
export type ErrorHandler = (failure: Failure) => Work;
