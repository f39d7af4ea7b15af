// Those who want to hear that a room's log has grown, whether or not this node has sockets in the room: soon, and every few seconds anyway.
import type { Batch } from './log-writer.ts';
import type { Log } from './ports.ts';

export interface Followers {
  /** Dispose to end it. */
  follow(room: string, grown: () => void): Disposable;
  /** Entries were committed, here or on another node. */
  grew(batches: readonly Batch[]): void;
  /** Calls everybody, so that a lost hint heals by itself. */
  all(): void;
  /** Rooms with a follower. */
  readonly size: number;
}

export function createFollowers(log: Log): Followers {
  const followers = new Map<string, Set<() => void>>();
  const call = (room: string) => {
    for (const grown of followers.get(room) ?? []) {
      try {
        grown();
      } catch (error) {
        log.error({ err: error, room }, 'a follower of a room failed');
      }
    }
  };
  return {
    follow(room, grown) {
      // One's own function, so that following twice is two things to end.
      const callback = () => grown();
      const here = followers.get(room) ?? new Set();
      followers.set(room, here.add(callback));
      return {
        [Symbol.dispose]() {
          here.delete(callback);
          if (here.size === 0 && followers.get(room) === here) followers.delete(room);
        },
      };
    },
    grew(batches) {
      if (followers.size === 0) return;
      for (const { room } of batches) if (followers.has(room)) call(room);
    },
    all() {
      for (const room of followers.keys()) call(room);
    },
    get size() {
      return followers.size;
    },
  };
}
