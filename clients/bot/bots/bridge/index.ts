// Mirrors one room to a room of another hub: messages with their threads, edits and deletes. For both ways run two, each with a bot of its own on
// either side. What is mirrored has an id made of what it mirrors, so that nothing comes twice; after three bots it goes no further (attack 27).
import { hopsOf, MAX_HOPS } from '../../../../shared/hops.ts';
import type { CallInput, CallName } from '../../../../shared/protocol/calls.ts';
import type { EventOf } from '../../../../shared/protocol/events.ts';
import { createClient } from '../../../js/client.ts';
import type { CallError } from '../../../js/errors.ts';
import { App } from '../../app.ts';
import { derivedId } from '../../ids.ts';
import { ask } from '../../patience.ts';
import { parts } from '../../stream.ts';
import type { AppOptions } from '../../types.ts';

export interface BridgeOptions extends AppOptions {
  /** What is mirrored. */
  room: string;
  /** Where to. */
  to: { url: string; token: string; room: string };
}

export function bridgeBot({ room, to, ...options }: BridgeOptions): App {
  const app = new App({ name: `to-${derivedId(to.url, to.room).slice(0, 8)}`, rooms: [room], ...options });
  const { client } = app;
  const there = createClient({ url: to.url, getToken: () => to.token, client: 'first-court-bridge/0.1.0' });
  const closing = new AbortController();
  const names = new Map<string, string>();

  /** The id, over there, of what has this one here. */
  const mirrored = (id: string) => derivedId('bridge', room, id, to.room);
  const call = <C extends CallName>(name: C, input: CallInput<C>) => ask(there, name, input, closing.signal);

  const nameOf = async (id: string): Promise<string> => {
    if (!names.has(id)) {
      const { users } = await client.call('user:get', { users: [id] });
      names.set(id, users[0]?.name ?? id);
    }
    return names.get(id) as string;
  };

  /** Who says it is the bridge, so the words begin with whose they are. */
  const worded = async (by: string, text: string): Promise<string> => {
    const said = `**${(await nameOf(by)).replaceAll('*', '')}**: ${text}`;
    const [whole = said, more] = parts(said, there.welcome?.limits.textBytes ?? 16_384);
    return more === undefined ? whole : `${whole.slice(0, -1)}…`;
  };

  /** Of an answer to something that came from over there, the original. */
  const original = async (id: string): Promise<string | undefined> => {
    const messages = await client.room(room).history({ limit: 200 });
    const { bridge } = messages.find(message => message.id === id)?.meta ?? {};
    return typeof bridge === 'string' ? bridge : undefined;
  };

  const send = async ({ id, by, data }: EventOf<'message.created'>, replyTo: string | undefined) => {
    const hops = hopsOf(data.meta) + 1;
    if (hops > MAX_HOPS) return;
    const text = await worded(by, data.text);
    const meta = { bridge: id, hops };
    await call('message:send', { room: to.room, id: mirrored(id), text, meta, ...(replyTo && { replyTo }) });
  };

  app.event('message.created', async ({ event, context }) => {
    const { replyTo, redacted } = event.data;
    if (context.room !== room || redacted) return;
    try {
      await send(event, replyTo && ((await original(replyTo)) ?? mirrored(replyTo)));
    } catch (error) {
      const { code } = error as CallError;
      // It is there, in other words: its author was renamed since.
      if (code === 'conflict') return;
      if (code !== 'not_found' || replyTo === undefined) throw error;
      // What it answers was said before the bridge was there.
      await send(event, undefined);
    }
  });
  app.event('message.edited', async ({ event, context }) => {
    const { target, text, redacted } = event.data;
    if (context.room !== room || redacted) return;
    const change = { room: to.room, target: mirrored(target), id: mirrored(event.id) };
    await known(call('message:edit', { ...change, text: await worded(event.by, text) }));
  });
  app.event('message.deleted', async ({ event, context }) => {
    if (context.room !== room) return;
    const change = { room: to.room, target: mirrored(event.data.target), id: mirrored(event.id) };
    await known(call('message:delete', change));
  });
  app.around({
    async start() {
      await there.connect();
      await call('room:join', { room: to.room });
    },
    async stop() {
      closing.abort(new Error('The bridge is closed.'));
      await there.close();
    },
  });
  return app;
}

/** Of what was never mirrored, or is gone over there, nothing needs to change. */
async function known(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    const { code } = error as CallError;
    if (code !== 'not_found' && code !== 'conflict') throw error;
  }
}
