// A conversation as Claude is shown it: each run of one speaker is a search result, each line a text block of it, the least that can be cited.
import type Anthropic from '@anthropic-ai/sdk';
import type { Line } from '../hub/ports-ai.ts';

type Block = Anthropic.SearchResultBlockParam;

export interface Material {
  readonly blocks: Block[];
  /** The ids of the lines that a citation points at; of what does not exist, names that no line has. */
  cited(location: Pick<Anthropic.CitationsSearchResultLocation, Place>): string[];
}
type Place = 'source' | 'start_block_index' | 'end_block_index';

/** Blocks may not be empty. */
const SILENCE = '(nothing)';
const MOST_IN_ONE = 20;

export function materialOf(lines: readonly Line[]): Material {
  const runs: Line[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run && run[0]?.by === line.by && run.length < MOST_IN_ONE) run.push(line);
    else runs.push([line]);
  }
  const idsOf = new Map(runs.map(run => [run[0]?.id ?? '', run.map(({ id }) => id)]));
  const numbers = new Map(lines.map(({ id }, index) => [id, index + 1]));
  const blocks = runs.map((run): Block => {
    const [first] = run as [Line];
    return {
      type: 'search_result',
      source: first.id,
      title: `${first.by}, ${first.at.slice(0, 16).replace('T', ' ')}${answering(first, numbers)}`,
      content: run.map(({ text }) => ({ type: 'text', text: text.trim() === '' ? SILENCE : text })),
      citations: { enabled: true },
    };
  });
  // What follows, the task, differs between styles and questions about the same lines; up to here the vendor may keep it.
  const last = blocks.at(-1);
  if (last) last.cache_control = { type: 'ephemeral' };
  return {
    blocks,
    cited({ source, start_block_index: start, end_block_index: end }) {
      const ids = idsOf.get(source)?.slice(start, end) ?? [];
      return ids.length > 0 ? ids : [`${source}#${start}`];
    },
  };
}

function answering({ replyTo }: Line, numbers: ReadonlyMap<string, number>): string {
  const number = replyTo === undefined ? undefined : numbers.get(replyTo);
  return number === undefined ? '' : `, answering message ${number}`;
}
