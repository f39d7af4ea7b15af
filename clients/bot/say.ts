// What a bot says in answer to an entry or a command. Each message has an id made of its cause and its place among the others, so that a cause
// that is handled again, by this process or the next, says nothing twice.
import { MAX_HOPS } from '../../shared/hops.ts';
import type { CallError } from '../js/errors.ts';
import type { Court } from '../js/types.ts';
import { derivedId } from './ids.ts';
import { openStream } from './stream.ts';
import type { Said, Say, SayOptions, Stream } from './types.ts';

/** Why something is said. */
export interface Cause {
  readonly room: string;
  /** The same for the same cause, whoever handles it again. */
  readonly key: readonly (string | number)[];
  /** Bots that its words have come through. */
  readonly hops: number;
}

export interface Voice {
  readonly say: Say;
  /** The same with these options, in the same order of ids. */
  with(options: SayOptions): Say;
  /** What was begun and not ended: said when all went well, else taken back. */
  end(well: boolean): Promise<void>;
}

export function createVoice(court: Court, cause: Cause): Voice {
  let count = 0;
  const open = new Set<Stream>();

  const post = async (id: string, text: string, { meta, ...options }: SayOptions): Promise<Said> => {
    const hops = cause.hops + 1;
    if (hops > MAX_HOPS) return { id, stopped: 'hops' };
    const { done } = court.room(cause.room).send(text, { ...options, id, meta: { ...meta, hops } });
    try {
      const { seq } = await done;
      return { id, seq };
    } catch (error) {
      court.outbox.discard(id);
      // The same cause said something else here before: a model does not write the same twice. What stands, stands.
      if ((error as CallError).code === 'conflict') return { id, repeated: true };
      throw error;
    }
  };

  const sayWith = (given: SayOptions): Say => {
    const nextId = () => derivedId(...cause.key, count++);
    const say = (text: string, options: SayOptions = {}) => post(nextId(), text, { ...given, ...options });
    return Object.assign(say, {
      async stream(options: SayOptions = {}) {
        const all = { ...given, ...options };
        const id = nextId();
        const stream = openStream({
          court,
          id,
          room: cause.room,
          replyTo: all.replyTo,
          silent: cause.hops + 1 > MAX_HOPS,
          // A long one goes on in further messages, whose ids follow from the first.
          post: (text, part) => post(part === 0 ? id : derivedId(id, part), text, all),
          ended: () => void open.delete(stream),
        });
        open.add(stream);
        return stream;
      },
    });
  };

  return {
    say: sayWith({}),
    with: sayWith,
    async end(well) {
      for (const stream of open) await (well ? stream.stop() : stream.cancel());
    },
  };
}
