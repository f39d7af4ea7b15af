// Conversations for tests of summaries, written as people read them: "Ada: text", one message a line.
import type { Line } from '../hub/ports-ai.ts';

/** Ids are m0, m1, … in the order of the lines. */
export function talk(text: string): Line[] {
  return text
    .trim()
    .split('\n')
    .map((line, index) => {
      const [, by = '', said = ''] = /^\s*([^:]+): (.*)$/.exec(line) ?? [];
      return { id: `m${index}`, at: '2026-11-25T10:00:00Z', by, text: said };
    });
}
