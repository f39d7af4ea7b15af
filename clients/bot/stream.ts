// A message that is shown while it is written. The room sees drafts, a few a second; the log gets one message when it is stopped.
import { byteLength } from '../../shared/protocol/primitives.ts';
import { Alarm } from '../js/alarm.ts';
import type { Court } from '../js/types.ts';
import type { Said, Stream } from './types.ts';

/** Between two drafts, in ms. */
const PACE = 250;
/** One that is thinking says so, before the hub forgets its draft, in ms. */
const ALIVE = 10_000;

export interface StreamDeps {
  court: Court;
  room: string;
  id: string;
  replyTo: string | undefined;
  /** Nothing will be said, so nothing is shown. */
  silent: boolean;
  /** Says a part of it; the first is number 0. */
  post(text: string, part: number): Promise<Said>;
  ended(): void;
}

export function openStream(deps: StreamDeps): Stream {
  const { court, room, id, replyTo } = deps;
  const most = court.welcome?.limits.textBytes ?? 16_384;
  const alarm = new Alarm();
  let text = '';
  let shownAt = Number.NEGATIVE_INFINITY;
  let over = false;
  /** The last draft is on its way. */
  let telling: Promise<void> = Promise.resolve();

  // Drafts may be lost: the message itself is not.
  const tell = async (draft: { text: string; end?: true }) => {
    const input = { room, id, ...draft, ...(replyTo && { replyTo }) };
    await court.call('message:draft', input, { timeoutMs: 5000 }).catch(() => undefined);
  };

  const show = () => {
    shownAt = performance.now();
    telling = tell({ text: parts(text, most)[0] ?? '' });
    alarm.set(ALIVE, show);
  };

  const finish = () => {
    if (over) throw new Error('This message was ended before.');
    over = true;
    alarm.clear();
    deps.ended();
  };

  return {
    id,
    get text() {
      return text;
    },
    async append(more) {
      if (over) throw new Error('This message was ended before.');
      text += more;
      if (deps.silent || text.trim() === '') return;
      const wait = shownAt + PACE - performance.now();
      if (wait <= 0) show();
      else alarm.set(wait, show);
    },
    async stop() {
      finish();
      // Else it could come after the message that takes its place.
      await telling;
      const [first, ...rest] = parts(text.trim(), most);
      if (first === undefined) {
        if (shownAt > 0) await tell({ text: '', end: true });
        return { id };
      }
      const said = await deps.post(first, 0);
      for (const [at, part] of rest.entries()) await deps.post(part, at + 1);
      // An earlier run said it, and no new message takes the place of the draft.
      if (said.repeated) await tell({ text: '', end: true });
      return said;
    },
    async cancel() {
      finish();
      if (!deps.silent) await tell({ text: '', end: true });
    },
  };
}

/** Of at most so many bytes each: cut between paragraphs, else between lines, else between words, else anywhere but inside a character. */
export function parts(text: string, most: number): string[] {
  const found: string[] = [];
  let rest = text;
  while (byteLength(rest) > most) {
    let end = Math.min(rest.length, most);
    while (byteLength(rest.slice(0, end)) > most) end = Math.floor(end * 0.9);
    const piece = rest.slice(0, end);
    const cut = ['\n\n', '\n', ' '].map(mark => piece.lastIndexOf(mark)).find(at => at > end / 2);
    if (cut !== undefined) end = cut;
    else if (/[\ud800-\udbff]$/.test(piece)) end--;
    found.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  if (rest !== '') found.push(rest);
  return found;
}
