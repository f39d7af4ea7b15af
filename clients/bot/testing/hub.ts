// A hub for the tests of a bot: the real one, on a database of its own that is gone when it is closed, with people in it to talk to.

import { boot } from '../../../server/testing/boot.ts';
import type { CallData } from '../../../shared/protocol/calls.ts';
import { createClient } from '../../js/client.ts';
import type { Court, Sent } from '../../js/types.ts';

export interface TestHub extends AsyncDisposable {
  readonly url: string;
  /** What an `App` needs to be this bot; it is in the rooms named, or in the lobby. Its hub makes it, if it is new. */
  bot(id: string, options?: { rooms?: readonly string[] }): Promise<{ url: string; token: string }>;
  /** Somebody who is in the lobby, or in the room named, which is made if need be. */
  person(name: string, options?: { room?: string }): Promise<Person>;
  /** Somebody who may do everything, for calls that a test needs. */
  readonly admin: Court;
  token(id: string, role: 'member' | 'admin' | 'bot'): Promise<string>;
}

/** A person in one room, as a test speaks through them. */
export interface Person {
  readonly court: Court;
  readonly id: string;
  say(text: string, options?: { replyTo?: string }): Promise<Sent>;
  /** The first message of somebody else, said already or yet to come, that holds the text; each message is heard once. */
  hears(what: string | RegExp): Promise<string>;
  /** Types a command, as `/lunch today`. What the bot answers to this person alone is heard by `told`. */
  run(line: string): Promise<CallData<'command:run'>>;
  /** The next answer for this person alone. */
  told(): Promise<string>;
}

const LOBBY = 'lobby';
const PATIENCE_MS = 10_000;

/** The first one in a checkout makes the database, which takes some seconds; after that it is copied. Limits of calls are off. */
export async function createTestHub(): Promise<TestHub> {
  await using parts = new AsyncDisposableStack();
  const hub = parts.use(await boot());
  const courts: Court[] = [];
  parts.defer(async () => void (await Promise.all(courts.map(court => court.close()))));
  const connect = async (id: string, role: 'member' | 'admin', name: string): Promise<Court> => {
    const token = await hub.token(id, { role, name });
    const court = createClient({ url: hub.url, getToken: () => token });
    courts.push(court);
    await court.connect();
    return court;
  };
  const admin = await connect('host', 'admin', 'Host');
  /** As far as it is there already, it stays as it is. */
  const ensureRoom = async (id: string) =>
    void (await admin.call('room:create', { id, title: id, kind: 'public' }).catch(() => undefined));
  await ensureRoom(LOBBY);
  const open = parts.move();

  return {
    url: hub.url,
    admin,
    token: (id, role) => hub.token(id, { role }),
    async bot(id, { rooms = [LOBBY] } = {}) {
      const token = await hub.token(id, { role: 'bot' });
      const hello = createClient({ url: hub.url, getToken: () => token });
      // The hub writes down whom a token speaks for when they come for the first time.
      await hello.connect();
      await hello.close();
      for (const room of rooms) {
        await ensureRoom(room);
        await admin.call('member:add', { room, user: id });
      }
      return { url: hub.url, token };
    },
    async person(name, { room = LOBBY } = {}) {
      await ensureRoom(room);
      const id = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
      const court = await connect(id, 'member', name);
      return createPerson(court, id, room);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function createPerson(court: Court, id: string, roomId: string): Promise<Person> {
  const room = court.room(roomId);
  const heard: string[] = [];
  const whispers: string[] = [];
  const watchers = new Set<() => void>();
  const came = (list: string[], text: string) => {
    list.push(text);
    for (const watch of watchers) watch();
  };
  room.on('message', ({ by, text }) => by !== id && came(heard, text));
  court.on('push', push => push.name === 'message:ephemeral' && came(whispers, push.payload.text));
  await room.join();

  const take = (list: string[], fits: (text: string) => boolean, what: string) =>
    new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        watchers.delete(watch);
        reject(
          new Error(`${id} waited ${PATIENCE_MS / 1000} s for ${what}, and heard: ${JSON.stringify(list)}`),
        );
      }, PATIENCE_MS);
      const watch = () => {
        const at = list.findIndex(fits);
        if (at < 0) return;
        clearTimeout(timer);
        watchers.delete(watch);
        resolve(list.splice(at, 1)[0] as string);
      };
      watchers.add(watch);
      watch();
    });

  return {
    court,
    id,
    say: (text, options) => room.send(text, options).done,
    hears: what =>
      take(heard, text => (typeof what === 'string' ? text.includes(what) : what.test(text)), String(what)),
    async run(line) {
      const [, command = '', text = ''] = /^\/?(\S+)\s*(.*)$/s.exec(line) ?? [];
      const run = { room: roomId, id: crypto.randomUUID(), command, text };
      const answer = await court.call('command:run', run);
      if (answer.text) came(whispers, answer.text);
      return answer;
    },
    told: () => take(whispers, () => true, 'an answer to a command'),
  };
}
