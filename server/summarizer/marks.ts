// The marks by which models without citations of their own say which lines a statement rests on: `[12]`, `[12][14]`, `[12, 14-16]`.

const MARK =
  /[[【]\s*(?:\^|#|lines?\s+|messages?\s+)?(\d{1,6}(?:\s*(?:,|;|and|-|–|to)\s*#?\d{1,6})*)\s*[\]】]/gi;
/** A longer run of lines is no source but a gesture. */
const LONGEST = 20;

export interface Marked {
  readonly text: string;
  readonly numbers: readonly number[];
}

/** The statement without its marks, and the numbers in them. */
export function readMarks(line: string): Marked {
  const numbers = new Set<number>();
  const text = line
    .replace(MARK, (_, list: string) => {
      for (const part of list.split(/,|;|and/)) {
        const [from = 0, to = from] = part.split(/-|–|to/).map(number => Number(number.replace('#', '')));
        if (to < from || to - from > LONGEST) for (const end of [from, to]) numbers.add(end);
        else for (let number = from; number <= to; number++) numbers.add(number);
      }
      return '';
    })
    .replace(/[([][\s,;]*[)\]]/g, '')
    .replace(/\s+([.,;:!?])/g, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  return { text, numbers: [...numbers] };
}

/** What people wrote, without anything that would be read as a mark if a model repeated it. */
export const defuse = (text: string): string => text.replace(MARK, '($1)');
