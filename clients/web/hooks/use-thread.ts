// All messages of a thread, kept up to date by the room's log; what is still on its way comes from the room's own copy.
import { useEffect, useMemo, useState } from 'react';
import { applyEvent, type LogEvent, type Message, type Room, type RoomMessage } from '../../js/index.ts';
import { rootOf } from '../state/timeline.ts';

const ROOT_PAGES = 10;

export function useThread(room: Room, root: string, copy: readonly RoomMessage[]) {
  const [known, setKnown] = useState<ReadonlyMap<string, Message>>(new Map());
  const [error, setError] = useState<string>();

  useEffect(() => {
    let here = true;
    const early: LogEvent[] = [];
    let loaded: Map<string, Message> | undefined;
    const apply = (event: LogEvent) => {
      if (!loaded) return void early.push(event);
      if (!concerns(event, root, loaded)) return;
      loaded = new Map(loaded);
      applyEvent(loaded, room.id, event);
      setKnown(loaded);
    };
    const off = room.on('event', apply);
    room.thread(root).then(
      messages => {
        if (!here) return;
        loaded = new Map(messages.map(message => [message.id, message]));
        setKnown(loaded);
        setError(undefined);
        for (const event of early) apply(event);
        void reachRoot(room, root);
      },
      failure => here && setError(`The thread could not be read. ${(failure as Error).message}`),
    );
    return () => {
      here = false;
      off();
    };
  }, [room, root]);

  const messages = useMemo(() => {
    const all = new Map<string, RoomMessage>(known);
    for (const message of copy)
      if (message.id === root || rootOf(message) === root) all.set(message.id, message);
    return [...all.values()].sort((a, b) => a.seq - b.seq);
  }, [known, copy, root]);

  return { messages, error };
}

/** The first message comes from the room's copy, which may have to reach further back for it. */
async function reachRoot(room: Room, root: string): Promise<void> {
  for (let page = 0; page < ROOT_PAGES; page++) {
    if (room.messages.some(({ id }) => id === root) || !(await room.loadOlder(200).catch(() => false)))
      return;
  }
}

/** What was answered with the thread already is not added once more. */
function concerns(event: LogEvent, root: string, messages: ReadonlyMap<string, Message>): boolean {
  if (event.type === 'message.created') return event.data.root === root && !messages.has(event.id);
  return 'target' in event.data && messages.has(event.data.target);
}
