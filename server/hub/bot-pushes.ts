// The way to one person's sockets, wherever they are: here at once, on other nodes by a hint.
import type { Push } from '#shared/protocol/pushes.ts';
import type { Bus } from './bus.ts';
import type { Outlet } from './ports.ts';
import type { SocketBook } from './socket-book.ts';

export type BotPush = {
  [N in 'command' | 'bot:redo' | 'message:ephemeral' | 'room:added']: {
    readonly name: N;
    readonly payload: Push<N>;
  };
}['command' | 'bot:redo' | 'message:ephemeral' | 'room:added'];

export interface BotPushHint {
  readonly user: string;
  readonly push: BotPush;
}

export interface BotPushes {
  /** To all sockets of the user. */
  tell(user: string, push: BotPush): void;
  /** To the newest socket of the user on this node, else to the newest one on each other node. */
  tellOne(user: string, push: BotPush): void;
  /** From another node. */
  heard(hint: BotPushHint): void;
}

export function createBotPushes(deps: {
  sockets: SocketBook;
  outlet: Pick<Outlet, 'bot'>;
  bus: Bus;
}): BotPushes {
  const { sockets, outlet, bus } = deps;
  /** A command is for one of a bot's processes alone. */
  const here = ({ user, push }: BotPushHint): boolean => {
    const mine = sockets.of(user);
    outlet.bot(push.name === 'command' ? mine.slice(-1) : mine, push);
    return mine.length > 0;
  };
  return {
    heard: here,
    tell(user, push) {
      here({ user, push });
      bus.publish('botPush', { user, push });
    },
    tellOne(user, push) {
      if (!here({ user, push })) bus.publish('botPush', { user, push });
    },
  };
}
