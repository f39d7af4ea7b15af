import type { LogEvent } from '#shared/protocol/events.ts';
import type { Context, Identity } from './context.ts';
import type { Bridge } from './inbound.ts';
import { backOff, type Loop, runLoop } from './loops.ts';
import type { People } from './people.ts';
import { createPoster } from './poster.ts';
import { type Trouble, tell, troubleOf } from './trouble.ts';

export type Outbound = Loop & { readonly cursor: string };

const PAGE = 100;
/** Without a hint the log is looked at again after so long. */
const IDLE = 30_000;

export const outCursor = ({ channel, room }: Pick<Bridge, 'channel' | 'room'>) => `out:${channel}:${room}`;

export function createOutbound(
  context: Context,
  identity: Identity,
  people: People,
  bridge: Bridge,
  attend: () => Promise<void>,
): Outbound {
  const { court, log, signal, standing, tempo } = context;
  const { channel, room } = bridge;
  const name = outCursor(bridge);
  const about = `Channel ${channel}`;
  const poster = createPoster(context, identity, people, bridge);
  let seq: number | undefined;
  let tries = 0;

  /** False when nothing was sent. @throws whatever keeps it from Slack, so that it is tried again */
  async function send(event: LogEvent, names: Readonly<Record<string, string>>): Promise<boolean> {
    try {
      return await poster.send(event, names);
    } catch (error) {
      const trouble = troubleOf(error);
      if (!isFinal(trouble, event)) throw error;
      const { reason } = tell(trouble);
      log.warn(
        { vendor: 'slack', channel, room, seq: event.seq, type: event.type, reason },
        'not mirrored to Slack',
      );
      if (trouble.kind === 'scope') standing.trouble(`scope ${trouble.needed}`, trouble);
      return false;
    }
  }

  async function work(): Promise<number> {
    seq ??= await court.cursor(name);
    const page = await court.read(room, seq, PAGE);
    let saved = seq;
    for (const event of page.events) {
      if (signal.aborted) return 0;
      const sent = await send(event, page.names);
      seq = event.seq;
      tries = 0;
      if (!sent) continue;
      await court.moveCursor(name, seq);
      saved = seq;
      standing.report(about, null);
    }
    if (saved < seq) await court.moveCursor(name, seq);
    return page.head > seq ? 0 : IDLE;
  }

  function failed(error: unknown): number {
    const trouble = troubleOf(error);
    const wait = backOff(tries++, tempo.retry);
    if (trouble.kind === 'wait') return trouble.ms;
    standing.trouble(about, trouble, about);
    if (trouble.kind === 'unsure' || trouble.kind === 'hub') return wait;
    if (trouble.kind !== 'channel' || trouble.code !== 'not_in_channel' || tries > 1)
      return Math.max(wait, 1000);
    void attend().then(
      () => loop.wake(),
      () => {},
    );
    return wait;
  }

  const loop = runLoop(signal, work, failed);
  return { ...loop, cursor: name };
}

/** Trying again would change nothing: this entry is left out, so that those after it go on. */
function isFinal(trouble: Trouble, { type }: LogEvent): boolean {
  return trouble.kind === 'refused' || (trouble.kind === 'scope' && type.startsWith('reaction.'));
}
