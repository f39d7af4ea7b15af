// Several things to say in one: in the order in which they were said.
import type { Letter } from '../hub/ports-outbox.ts';

/** What says no time stays where it is among the others. */
export function inOrder(letters: readonly Letter[]): Letter[] {
  return [...letters].sort((a, b) => (a.at && b.at ? Date.parse(a.at) - Date.parse(b.at) : 0));
}
