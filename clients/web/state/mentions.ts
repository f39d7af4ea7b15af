// Finds the `@names` of a text as the hub does: a name with dots for its spaces, or an id, the punctuation that ends a sentence left out.

const MENTION = /(?<![\p{L}\p{N}_])@([^\s@]{1,128})/gu;
const TAIL = /[.,:;!?)\]}'"*_~`>]+$/u;

export type Piece<T> = string | { who: T; rest: string };

/** How one writes somebody's name after an `@`. */
export const handleOf = (name: string): string => name.trim().replace(/\s+/g, '.');

/** Cuts a text into plain pieces and mentions of those whom `find` knows by a name in lower case. */
export function splitMentions<T>(text: string, find: (name: string) => T | undefined): Piece<T>[] {
  const pieces: Piece<T>[] = [];
  let end = 0;
  for (const match of text.matchAll(MENTION)) {
    const name = (match[1] as string).toLowerCase();
    const bare = name.replace(TAIL, '');
    const whole = find(name);
    const who = whole ?? (bare ? find(bare) : undefined);
    if (who === undefined) continue;
    pieces.push(text.slice(end, match.index), {
      who,
      rest: whole === undefined ? name.slice(bare.length) : '',
    });
    end = match.index + match[0].length;
  }
  pieces.push(text.slice(end));
  return pieces.filter(piece => piece !== '');
}
