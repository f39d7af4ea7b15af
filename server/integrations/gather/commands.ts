// `/court` as people type it in Gather: who they are here, and which room the area they stand in belongs to. Every question has an answer.
import { HubError, Unreachable } from '../../hub/errors.ts';
import type { Court } from '../../hub/ports-integrations.ts';

/** As Gather knows it, without the slash. */
export const COMMAND = 'court';

const HELP = [
  '/court link CODE: you are the person on First Court who was shown this code',
  '/court bind ROOM: who walks into this area is seen in that room of First Court',
  '/court unbind: not any more',
].join('\n');
const AWAY = 'First Court cannot do this now. Try again in a minute.';

/**
 * @param uid who asks
 * @param line all that they typed
 * @param place the area they stand in, else the map; undefined: not known
 * @returns the answer, for them alone; rejects never
 */
export async function answerCommand(
  court: Pick<Court, 'redeem' | 'bind' | 'unbind' | 'log'>,
  uid: string,
  line: string,
  place: string | undefined,
): Promise<string> {
  const [, verb = '', word = ''] = line.trim().split(/\s+/);
  try {
    switch (verb.toLowerCase()) {
      case 'link':
        if (!word) return HELP;
        return `You are ${await court.redeem(uid, word)} on First Court.`;
      case 'bind':
        if (!word) return HELP;
        if (place === undefined) return AWAY;
        await court.bind(place, word.toLowerCase(), uid);
        return `Who walks into ${place} is seen in ${word.toLowerCase()} now.`;
      case 'unbind':
        if (place === undefined) return AWAY;
        await court.unbind(place, uid);
        return `${place} belongs to no room any more.`;
      default:
        return HELP;
    }
  } catch (error) {
    if (error instanceof HubError) return error.message;
    const level = error instanceof Unreachable ? 'warn' : 'error';
    court.log[level]({ err: error, vendor: 'gather' }, 'a command could not be done');
    return AWAY;
  }
}

export const isOurs = (line: string): boolean => /^\/?court(\s|$)/i.test(line.trim());
