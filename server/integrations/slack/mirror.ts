// All channels that are bound to rooms, each with its bridge; follows what is linked and unlinked, here or anywhere else.
import { inCursor, type OpenBridge, openBridge } from './bridge.ts';
import type { Context, Identity } from './context.ts';
import type { SlackEvent } from './events.ts';
import { runLoop } from './loops.ts';
import { outCursor } from './outbound.ts';
import type { People } from './people.ts';
import { troubleOf } from './trouble.ts';

export interface Mirror extends AsyncDisposable {
  heard(event: SlackEvent): void;
  /** Events may have been missed, in every channel. */
  gap(): void;
  /** Something was linked or unlinked. */
  refresh(): void;
}

export const sinceCursor = (channel: string, room: string) => `since:${channel}:${room}`;

export function createMirror(context: Context, identity: Identity, people: People): Mirror {
  const { court, standing, signal, tempo } = context;
  const bridges = new Map<string, OpenBridge>();
  /** What was bound before this adapter began goes on where it stopped; what is bound later begins then. */
  let begun = false;

  async function open(channel: string, room: string): Promise<void> {
    const name = sinceCursor(channel, room);
    let since = await court.cursor(name);
    if (begun || since === 0) {
      const { head } = await court.read(room, 0, 1);
      since = Date.now() * 1000;
      await court.moveCursor(outCursor({ channel, room }), head);
      await court.moveCursor(inCursor({ channel, room }), since);
      await court.moveCursor(name, since);
    }
    bridges.set(channel, openBridge(context, identity, people, { channel, room, since }));
  }

  const loop = runLoop(
    signal,
    async () => {
      const wanted = new Map((await court.bindings()).map(({ place, room }) => [place, room]));
      for (const [channel, bridge] of bridges) {
        if (wanted.get(channel) === bridge.room) continue;
        bridges.delete(channel);
        await bridge[Symbol.asyncDispose]();
      }
      for (const [channel, room] of wanted) if (!bridges.has(channel)) await open(channel, room);
      begun = true;
      standing.report('bindings', null);
      return tempo.bindings;
    },
    error => {
      standing.trouble('bindings', troubleOf(error), 'Reading the links');
      return tempo.retry.least;
    },
  );

  return {
    refresh: loop.wake,
    heard(event) {
      const channel = 'item' in event ? event.item.channel : 'channel' in event ? event.channel : undefined;
      if (channel !== undefined) bridges.get(channel)?.heard(event);
    },
    gap() {
      for (const bridge of bridges.values()) bridge.gap();
    },
    async [Symbol.asyncDispose]() {
      await loop.done;
      await Promise.all([...bridges.values()].map(bridge => bridge[Symbol.asyncDispose]()));
    },
  };
}
