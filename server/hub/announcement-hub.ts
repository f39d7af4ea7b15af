// Announcements in one piece: the calls, this node's book, those who watch, and the job on one node.
import type { Channel } from '#shared/protocol/outbox.ts';
import { type AnnouncementBook, createAnnouncementBook } from './announcement-book.ts';
import { openAnnouncementJob } from './announcement-job.ts';
import { createAnnouncementWatch } from './announcement-watch.ts';
import { type Announcements, createAnnouncements } from './announcements.ts';
import type { Background } from './background.ts';
import type { Bus, Hints } from './bus.ts';
import type { HubOptions } from './hub-options.ts';
import type { Leases } from './lease.ts';
import type { SocketBook } from './socket-book.ts';

export interface AnnouncementHub
  extends Announcements,
    Pick<AnnouncementBook, 'greet' | 'welcomed' | 'moved' | 'left'>,
    AsyncDisposable {
  heard(hint: Hints['announcement']): void;
}

export function createAnnouncementHub(
  deps: Pick<HubOptions, 'store' | 'outlet' | 'log'> & {
    bus: Bus;
    sockets: SocketBook;
    background: Background;
    leases: Leases;
    pollMs: number;
    /** By which people can be told outside. */
    channels: readonly Channel[];
    /** Something was put into the outbox. */
    posted(): void;
  },
): AnnouncementHub {
  const { store, bus, background, leases, log, channels, posted } = deps;
  const book = createAnnouncementBook(deps);
  const watch = createAnnouncementWatch(deps);
  const announcements = createAnnouncements({ store, book, bus, watch: watch.watch, log });
  const sync = () =>
    void book.sync().catch(error => log.warn({ err: error }, 'announcements wait for the next look'));
  const changed = () => {
    sync();
    posted();
    bus.publish('announcement', {});
  };
  background.every(deps.pollMs, 'look at the announcements', book.sync, 0);
  background.every(1000, 'tell of announcements', watch.tell);
  leases.hold({
    name: 'announcements',
    open: () => openAnnouncementJob({ store, channels: () => channels, changed, log }),
  });

  return {
    ...announcements,
    greet: book.greet,
    welcomed: book.welcomed,
    moved: book.moved,
    left(socket) {
      book.left(socket);
      watch.left(socket);
    },
    heard({ gone }) {
      if (gone) book.gone(gone.id, gone.users, gone.reason);
      else sync();
    },
    async [Symbol.asyncDispose]() {
      await announcements.close();
      await book[Symbol.asyncDispose]();
    },
  };
}
