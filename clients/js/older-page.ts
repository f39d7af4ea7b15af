// A page of older messages, brought to the very place in the log that the room's copy has reached, so that the two fit together.
import type { LogEvent } from '../../shared/protocol/events.ts';
import type { Message } from '../../shared/protocol/models.ts';
import { applyEvent } from '../../shared/room-state.ts';
import type { Room } from './types.ts';

type Copy = Pick<Room, 'id' | 'snapshot' | 'on' | 'subscribe'>;

/** Undefined when the copy was replaced meanwhile. */
export async function readFitting(
  copy: Copy,
  read: () => Promise<{ messages: Message[]; head: number; epoch: string }>,
): Promise<Message[] | undefined> {
  const since: LogEvent[] = [];
  const stop = copy.on('event', event => since.push(event));
  try {
    const page = await read();
    // The hub was ahead of us: what it has applied must not be applied once more.
    await reached(copy, page);
    if (copy.snapshot.epoch !== page.epoch) return undefined;
    const state = new Map(page.messages.map(message => [message.id, message]));
    for (const event of since) if (event.seq > page.head) applyEvent(state, copy.id, event);
    return page.messages.map(message => state.get(message.id)!);
  } finally {
    stop();
  }
}

/** Resolves when the copy holds the log up to `head`, or is of another log. */
function reached(copy: Copy, { head, epoch }: { head: number; epoch: string }): Promise<void> {
  const isThere = () => copy.snapshot.head >= head || copy.snapshot.epoch !== epoch;
  if (isThere()) return Promise.resolve();
  return new Promise(resolve => {
    const off = copy.subscribe(() => {
      if (!isThere()) return;
      off();
      resolve();
    });
  });
}
