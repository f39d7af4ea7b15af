// What is attached to what one writes: uploads by the place they wait in, and messages that wait for theirs. Both outlive a reload, since
// each upload carries in its note where it belongs, and the message it is for.
import type { Court, SendOptions, Upload } from '../../js/index.ts';
import type { Drafts } from './drafts.ts';
import { createStore, type Store } from './store.ts';

/** A message that goes when its files are there. */
export interface Held {
  id: string;
  room: string;
  text: string;
  options: Omit<SendOptions, 'files'>;
  /** Keys of its uploads, in the order attached. */
  keys: readonly string[];
}

/** A file that somebody chose, and the way to read it again later, where the browser gave one. */
export interface Chosen {
  file: File;
  handle?: FileSystemFileHandle;
}

export interface Waiting {
  readonly uploads: readonly Upload[];
  readonly held: readonly { message: Held; uploads: readonly Upload[] }[];
}

export interface Attachments {
  /** What waits at a place: a room, or a thread in it. */
  at(place: string): Store<Waiting>;
  add(place: string, room: string, files: readonly Chosen[]): void;
  /** Sends at once, or as soon as all that is attached at the place is there. */
  send(place: string, room: string, text: string, options: Omit<SendOptions, 'files'>): void;
  /** Back into the composer of its place. */
  takeBack(place: string, message: Held): void;
  close(): void;
}

interface Note {
  place: string;
  held?: Held;
}

const EMPTY: Waiting = { uploads: [], held: [] };

export function createAttachments(court: Court, drafts: Drafts): Attachments {
  const stores = new Map<string, ReturnType<typeof createStore<Waiting>>>();
  const watched = new Map<Upload, () => void>();
  let restored = false;

  const storeOf = (place: string) => {
    const store = stores.get(place) ?? createStore(EMPTY);
    stores.set(place, store);
    return store;
  };

  /** Groups the uploads anew, and sends what is complete. */
  const sort = () => {
    for (const [upload, off] of watched) {
      if (court.uploads.list.includes(upload)) continue;
      off();
      watched.delete(upload);
    }
    const places = new Map<string, Sorted>([...stores.keys()].map(place => [place, nothing()]));
    for (const upload of court.uploads.list) {
      if (!watched.has(upload)) watched.set(upload, upload.subscribe(look));
      const note = noteOf(upload);
      if (!note) continue;
      const here = places.get(note.place) ?? nothing();
      places.set(note.place, here);
      if (!note.held) here.uploads.push(upload);
      else {
        const message = here.held.get(note.held.id) ?? { message: note.held, uploads: [] };
        message.uploads.push(upload);
        here.held.set(note.held.id, message);
      }
    }
    for (const [place, { uploads, held }] of places)
      storeOf(place).set({ uploads, held: [...held.values()] });
    look();
  };

  const look = () => {
    for (const [place, store] of stores) {
      for (const { message, uploads } of store.getSnapshot().held) {
        const all = message.keys.length === uploads.length;
        if (all && uploads.every(({ snapshot }) => snapshot.state === 'done')) dispatch(message, uploads);
        // One was removed, or lost: the person decides what to do with the rest.
        else if (!all && restored) takeBack(place, message);
      }
    }
  };

  const dispatch = (
    { room, text, options }: Pick<Held, 'room' | 'text' | 'options'>,
    uploads: readonly Upload[],
  ) => {
    const files = uploads.map(({ id }) => id!);
    court
      .room(room)
      .send(text, { ...options, ...(files.length > 0 && { files }) })
      // A refusal shows at the message.
      .done.catch(() => undefined);
  };

  const takeBack = (place: string, message: Held) => {
    const kept = drafts.read(place);
    if (message.text) drafts.write(place, kept ? `${message.text}\n${kept}` : message.text);
    for (const upload of court.uploads.list)
      if (noteOf(upload)?.held?.id === message.id) upload.annotate(JSON.stringify({ place } satisfies Note));
    sort();
  };

  const off = court.uploads.subscribe(sort);
  void court.uploads.restore().then(() => {
    restored = true;
    sort();
  });

  return {
    at: storeOf,
    takeBack,
    add(place, room, files) {
      for (const { file, handle } of files) {
        const upload = court.room(room).upload(file, {
          note: JSON.stringify({ place } satisfies Note),
          ...(handle && { handle }),
        });
        // What becomes of it shows at its chip.
        upload.done.catch(() => undefined);
      }
    },
    send(place, room, text, options) {
      const { uploads } = storeOf(place).getSnapshot();
      if (uploads.every(({ snapshot }) => snapshot.state === 'done'))
        return dispatch({ room, text, options }, uploads);
      const held: Held = { id: uploads[0]!.key, room, text, options, keys: uploads.map(({ key }) => key) };
      for (const upload of uploads) upload.annotate(JSON.stringify({ place, held } satisfies Note));
      sort();
    },
    close() {
      off();
      for (const unwatch of watched.values()) unwatch();
    },
  };
}

interface Sorted {
  uploads: Upload[];
  held: Map<string, { message: Held; uploads: Upload[] }>;
}

const nothing = (): Sorted => ({ uploads: [], held: new Map() });

function noteOf({ note }: Upload): Note | undefined {
  try {
    return note === undefined ? undefined : (JSON.parse(note) as Note);
  } catch {
    // Of another version of this page.
    return undefined;
  }
}
