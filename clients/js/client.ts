// Puts the parts together: one connection, one outbox, and the rooms on them.
import type { CallData } from '../../shared/protocol/calls.ts';
import type { Push, PushName } from '../../shared/protocol/pushes.ts';
import { Connection } from './connection.ts';
import { deferred } from './deferred.ts';
import { browserDevice } from './device.ts';
import { Emitter } from './emitter.ts';
import { CallError } from './errors.ts';
import { FileAccess } from './files/access.ts';
import { FileLinks } from './files/links.ts';
import { indexedDbUploads } from './files/storage/indexeddb.ts';
import { memoryUploads } from './files/storage/memory.ts';
import { UploadBook } from './files/uploads.ts';
import { RoomOutbox } from './outbox.ts';
import { indexedDbOutbox } from './outbox-storage/indexeddb.ts';
import { memoryOutbox } from './outbox-storage/memory.ts';
import { PresenceBook } from './presence-book.ts';
import { LiveRoom } from './room.ts';
import type { ClientOptions, Court, CourtEvents, Welcome } from './types.ts';

const CLIENT = 'first-court-js/0.1.0';

/** @throws TypeError when `url` is none. */
export function createClient(options: ClientOptions): Court {
  new URL(options.url, globalThis.location?.href);
  const { device = browserDevice(), client = CLIENT, keepMessages = 1000, backoff } = options;
  const events = new Emitter<CourtEvents>();
  const rooms = new Map<string, LiveRoom>();
  const presence = new PresenceBook();
  const connection = new Connection({ ...options, client, ...(device && { device }) });
  let account = options.account;
  let closing: Promise<void> | undefined;

  const warn = (error: Error) => events.emit('warning', error);
  const outbox = new RoomOutbox({
    storage: options.outbox ?? (globalThis.indexedDB ? indexedDbOutbox() : memoryOutbox()),
    send: (call, input) => connection.send(call, input),
    isOpen: () => connection.isOpen,
    acked: (entry, sent) => rooms.get(entry.room)?.acked(entry, sent),
    changed(room) {
      rooms.get(room)?.outboxChanged();
      if (events.has('outbox')) events.emit('outbox', [...outbox.entries]);
    },
    warn,
    window: options.window,
    backoff,
  });
  const access = new FileAccess(options);
  const whose = deferred<string>();
  const uploads = new UploadBook({
    access,
    storage: options.uploads ?? (globalThis.indexedDB ? indexedDbUploads() : memoryUploads()),
    look: file => connection.call('file:get', { file }),
    account: whose.promise,
    backoff,
    warn,
  });
  const links = new FileLinks(
    (input, callOptions) => connection.call('file:link', input, callOptions),
    access.url,
  );
  const known = (user: string) => {
    // One hub's users are not another's.
    const name = `${new URL(options.url, globalThis.location?.href).href}#${user}`;
    outbox.open(name);
    whose.resolve(name);
  };

  const opened = ({ user }: Welcome) => {
    if (account !== undefined && account !== user.id) {
      const message = `This client is ${account}'s, and the token is ${user.id}'s: make another client`;
      connection.refuse(new CallError('conflict', message));
      return;
    }
    account = user.id;
    known(user.id);
    // Rooms first, so that nobody posts to a room that they are only about to join.
    for (const room of rooms.values()) room.connected();
    outbox.resume();
    uploads.wake();
  };

  const pushed: { [N in PushName]?: (payload: Push<N>) => void } = {
    events: ({ room, epoch, events }) => rooms.get(room)?.frame(epoch, events),
    typing: ({ room, user, on }) => rooms.get(room)?.typed(user, on),
    read: ({ room, user, seq }) => rooms.get(room)?.read(user, seq),
    resync: ({ room }) => rooms.get(room)?.resync(),
    'file:progress': progress => rooms.get(progress.room)?.shared(progress),
    'room:removed': ({ room, reason }) => rooms.get(room)?.removed(reason),
    presence(change) {
      if ('counts' in change) return rooms.get(change.room)?.presenceCounted(change.counts);
      presence.update(change.changes);
      for (const room of rooms.values()) room.presenceChanged(change.changes);
      events.emit('presence', change.changes);
    },
  };

  connection.on('state', state => events.emit('state', state));
  connection.on('warning', warn);
  connection.on('open', welcome => {
    opened(welcome);
    if (connection.isOpen) events.emit('welcome', welcome);
  });
  connection.on('push', ({ name, payload }) => {
    pushed[name]?.(payload);
    events.emit('push', { name, payload });
  });
  connection.on('lost', () => {
    for (const room of rooms.values()) room.broken();
  });
  connection.on('stopped', error => {
    for (const room of rooms.values()) room.stopped(error);
  });
  if (account !== undefined) known(account);

  const close = () => {
    closing ??= (async () => {
      connection.close();
      whose.resolve('');
      await Promise.all([outbox.close(), uploads.close()]);
    })();
    return closing;
  };

  return {
    get state() {
      return connection.state;
    },
    get user() {
      return connection.welcome?.user;
    },
    get welcome() {
      return connection.welcome;
    },
    get presence() {
      return presence.people;
    },
    outbox,
    uploads,
    fetchFile: (id, { edge, from, signal } = {}) =>
      access.fetch(edge ? `${id}/preview?edge=${edge}` : id, {
        ...(from && { headers: { Range: `bytes=${from}-` } }),
        ...(signal && { signal }),
      }),
    fileLink: (file, more, callOptions) => links.get({ file, ...more }, callOptions),
    connect() {
      if (closing)
        return Promise.reject(new CallError('not_sent', 'This client is closed: make another one'));
      return connection.start();
    },
    close,
    [Symbol.asyncDispose]: close,
    search: (input, callOptions) => connection.call('search', input, callOptions),
    call: (name, input, callOptions) => connection.call(name, input, callOptions),
    room(id) {
      const room =
        rooms.get(id) ??
        new LiveRoom(id, {
          connection,
          outbox,
          uploads,
          presence,
          me: () => account ?? '',
          keep: keepMessages,
          backoff,
        });
      rooms.set(id, room);
      return room;
    },
    async rooms(scope = 'mine') {
      const all: CallData<'room:list'>['rooms'] = [];
      let cursor: string | undefined;
      do {
        const page = await connection.call('room:list', { scope, ...(cursor && { cursor }) });
        all.push(...page.rooms);
        cursor = page.cursor;
      } while (cursor);
      return all;
    },
    on: (event, listener) => events.on(event, listener),
    subscribe: listener => events.on('state', listener),
    getState: () => connection.state,
  };
}
