// What changes the hub: told beforehand and left undone with --dry-run.
import type { Context } from './context.ts';

export interface Dry {
  dryRun?: true;
}

export const DRY_RUN = ['--dry-run', 'say what would happen, and change nothing'] as const;

/**
 * @param would what comes after "Would"
 * @param about the same for programs
 * @param work does it, and says what became of it, for programs and for people
 */
export async function act(
  { terminal }: Pick<Context, 'terminal'>,
  { dryRun }: Dry,
  would: string,
  about: object,
  work: () => Promise<readonly [value: object, words: string]>,
): Promise<void> {
  if (dryRun) return terminal.result({ ...about, dryRun: true }, `Would ${would}. Nothing was changed.`);
  const [value, words] = await work();
  await terminal.result(value, words);
}
