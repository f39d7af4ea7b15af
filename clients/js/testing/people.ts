// People at a hub, for tests of flows: clients, a room with two of them in it, and how to wait for what must come.
import * as assert from 'uvu/assert';
import { CallError, type ClientOptions, type Court, createClient, type Room } from '../index.ts';

/** What a test needs of a hub. */
export interface AnyHub {
  readonly url: string;
  token(user: string): Promise<string>;
}

/** Makes clients of `hub` that lose no time. */
export const clientsOf =
  (hub: AnyHub) =>
  (user: string, options: Partial<ClientOptions> = {}): Court =>
    createClient({
      url: hub.url,
      getToken: () => hub.token(user),
      backoff: { firstMs: 20, capMs: 200 },
      ...options,
    });

/** A new room with both in it. */
export async function meet(ada: Court, bob: Court): Promise<[Room, Room]> {
  await Promise.all([ada.connect(), bob.connect()]);
  const { room } = await ada.call('room:create', { title: 'Room', kind: 'public' });
  const both: [Room, Room] = [ada.room(room.id), bob.room(room.id)];
  for (const one of both) await one.join();
  await when(both[0], () => both[0].snapshot.head === both[1].snapshot.head);
  return both;
}

/** Resolves as soon as `condition` holds, looking at it whenever `source` changes. */
export function when(
  source: { subscribe(listener: () => void): () => void },
  condition: () => boolean,
): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (!condition()) return;
      off();
      resolve();
    };
    const off = source.subscribe(look);
    look();
  });
}

export const texts = (room: Room): string[] => room.messages.map(message => message.text);

/** The error that a call must end with. */
export const refusal = (promise: Promise<unknown>): Promise<CallError> =>
  promise.then(
    () => assert.unreachable('it was not refused'),
    error => {
      assert.instance(error, CallError);
      return error;
    },
  );
