// Cuts what a model writes into lines as it comes: a line is a claim, whole once the next one begins.

export interface WrittenLine {
  /** Without the marks of lists and headings. */
  readonly text: string;
  readonly cites: readonly string[];
}

export interface Lines {
  /** @param cites what this piece of text rests on; a line rests on all that its pieces do */
  add(text: string, cites?: readonly string[]): WrittenLine[];
  /** The last line. */
  end(): WrittenLine[];
}

const MARK = /^\s*(?:[-*+•–]\s+|\d{1,3}[.)]\s+|#{1,6}\s+|>\s+)+/;
/** Rules, fences, and marks with nothing behind them. */
const BARE = /^[\s\-*_+•#>`=~|]*$/;
/** Some models think aloud between these. */
const THOUGHT = /<think>[\s\S]*?(?:<\/think>|$)/;

export function createLines(): Lines {
  let text = '';
  let cites = new Set<string>();

  const finish = (): WrittenLine[] => {
    const line = { text: text.replace(MARK, '').trim(), cites: [...cites] };
    text = '';
    cites = new Set();
    return BARE.test(line.text) || line.text.startsWith('```') ? [] : [line];
  };

  return {
    add(piece, from = []) {
      const finished: WrittenLine[] = [];
      const parts = piece.split('\n');
      parts.forEach((part, index) => {
        text += part;
        if (part.trim() !== '') for (const id of from) cites.add(id);
        if (index === parts.length - 1) return;
        // A thought goes on over many lines.
        if (/<think>(?![\s\S]*<\/think>)/.test(text)) {
          text += '\n';
          return;
        }
        text = text.replace(THOUGHT, '');
        finished.push(...finish());
      });
      return finished;
    },
    end() {
      text = text.replace(THOUGHT, '');
      return finish();
    },
  };
}
