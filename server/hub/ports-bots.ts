// What bots need from the world: a store of their cursors, dead letters, commands and scopes.
import type { Bot, BotScope, DeadLetter, OfferedCommand } from '#shared/protocol/bots.ts';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { Actor } from './ports.ts';

/**
 * Durable. Every method is one atomic step; it rejects with `Unreachable` when the database does not answer, and with `HubError` when it
 * refuses. What is asked for a bot is decided by its membership and its scopes in that room.
 */
export interface BotStore {
  cursor(bot: string, of: ParsedInput<'cursor:get'>): Promise<CallData<'cursor:get'>>;
  /** Never moves back. @throws HubError `conflict` when it was put elsewhere since */
  moveCursor(bot: string, to: ParsedInput<'cursor:set'>): Promise<{ seq: number }>;
  rewind(to: ParsedInput<'bot:rewind'>): Promise<CallData<'bot:rewind'>>;

  putLetter(bot: string, letter: ParsedInput<'deadletter:put'>): Promise<{ id: string }>;
  /** @param reader who may see the entries themselves */
  letters(of: ParsedInput<'deadletter:list'> & { reader: string }): Promise<DeadLetter[]>;
  /** Marks them to be tried again, or forgets them; whose they were. */
  redoLetters(
    of: ParsedInput<'deadletter:replay'>,
    drop: boolean,
  ): Promise<{ count: number; bots: readonly string[] }>;

  /** In place of those it had. @throws HubError `conflict` when another bot has one of the names */
  registerCommands(bot: string, commands: ParsedInput<'command:register'>['commands']): Promise<void>;
  commands(actor: Actor, room: string): Promise<OfferedCommand[]>;
  /** Writes it down; the same id again is the same command. */
  beginCommand(
    actor: Actor,
    command: Pick<ParsedInput<'command:run'>, 'id' | 'room' | 'command'>,
  ): Promise<{ bot: string } & CommandState>;
  /** @throws HubError `conflict` when another one of this bot has it already */
  ackCommand(bot: string, id: string, answer?: string): Promise<void>;
  commandState(id: string): Promise<CommandState>;
  /** Whom an answer reaches. @throws HubError `not_found` when it is too late, or one of the two has left */
  commandCaller(bot: string, id: string): Promise<{ caller: string; room: string; command: string }>;

  /** @throws HubError when the actor may not begin to post here */
  mayPost(actor: Actor, room: string): Promise<void>;
  /** @param room `*` is every room without a word of its own; scopes null: as in every other room */
  setScopes(actor: Actor, bot: string, room: string, scopes: readonly BotScope[] | null): Promise<void>;
  /** For each of them whose scopes ever changed, how many milliseconds ago. */
  changed(bots: readonly string[]): Promise<Readonly<Record<string, number>>>;
  bots(): Promise<Bot[]>;
  /** The sessions that this ended. */
  revoke(bot: string): Promise<string[]>;
}

export interface CommandState {
  readonly acked: boolean;
  readonly answer?: string;
}
