// How far uploads are, for those in their rooms: never stored, at most one a second and file, left out in crowds.
import type { FileProgress } from '#shared/protocol/files.ts';
import { limits } from '#shared/protocol/primitives.ts';
import type { Bus } from './bus.ts';
import type { Outlet } from './ports.ts';
import type { RoomFeed } from './room-feed.ts';
import type { RoomFeeds } from './room-feeds.ts';

/** Milliseconds between two words on one file. */
const EVERY = 1000;

export interface FileProgressTeller {
  /** Tells the room now or, while it was told within the last second, not at all; an end is always told. */
  tell(progress: FileProgress): void;
  /** From another node. */
  heard(progress: FileProgress): void;
}

export function createFileProgress(deps: {
  feeds: RoomFeeds;
  outlet: Outlet;
  bus: Bus;
  online(feed: RoomFeed): number;
  now(): number;
}): FileProgressTeller {
  const { feeds, outlet, bus, online, now } = deps;
  const told = new Map<string, number>();

  const heard = (progress: FileProgress) => {
    const feed = feeds.get(progress.room);
    // Another node's word is a hint: only the log says who is in the room.
    if (!feed?.members.has(progress.user) || online(feed) > limits.rosterUsers) return;
    outlet.fileProgress(
      [...feed.listeners()].map(({ socket }) => socket),
      progress,
    );
  };

  return {
    heard,
    tell(progress) {
      const { file, state } = progress;
      if (state === 'uploading') {
        if (now() - (told.get(file) ?? Number.NEGATIVE_INFINITY) < EVERY) return;
        told.set(file, now());
      } else told.delete(file);
      heard(progress);
      bus.publish('fileProgress', progress);
      // Of uploads that were never ended.
      for (const [id, at] of told) if (now() - at > 60 * EVERY) told.delete(id);
    },
  };
}
