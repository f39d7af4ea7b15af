// Reads the evidence of a run from its folder and lets the checker decide.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { check, type Verdict } from './checker/check.ts';
import { type FinalState, type HistoryRecord, readHistory } from './history.ts';

export async function judge(folder: string): Promise<{ verdicts: Verdict[]; history: HistoryRecord[] }> {
  const history = await readHistory(path.join(folder, 'history.jsonl'));
  const state = JSON.parse(await readFile(path.join(folder, 'state.json'), 'utf8')) as FinalState;
  const pages = new Map<string, unknown>();
  const reads = (digest: string) => {
    if (!pages.has(digest))
      pages.set(digest, JSON.parse(readFileSync(path.join(folder, 'reads', `${digest}.json`), 'utf8')));
    return pages.get(digest);
  };
  return { verdicts: check(history, state, reads), history };
}

export const isGood = (verdicts: readonly Verdict[]): boolean =>
  verdicts.every(({ result }) => result !== 'broken');

/** One line an invariant, and the first proofs of what is broken. */
export function* lines(verdicts: readonly Verdict[]): Iterable<string> {
  for (const { invariant, name, result, facts, violations } of verdicts) {
    yield `${invariant.padEnd(4)} ${name.padEnd(20)} ${result.padEnd(10)} ${facts} facts${violations.length > 0 ? `, ${violations.length} violations` : ''}`;
    for (const { what, proof } of violations.slice(0, 3)) {
      yield `       ${what}`;
      for (const one of proof.slice(0, 3)) yield `         ${JSON.stringify(one).slice(0, 300)}`;
    }
  }
}
