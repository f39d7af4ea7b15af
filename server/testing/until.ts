// Waiting in tests: on a condition, never on time.

export interface Waiting {
  /** Milliseconds after which it fails. */
  readonly patience?: number;
  /** Milliseconds between two looks; more where a look costs something. */
  readonly every?: number;
}

/** Resolves when the condition holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string) = String(condition),
  { patience = 40_000, every = 5 }: Waiting = {},
): Promise<void> {
  const end = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(`waited ${patience} ms for: ${typeof what === 'string' ? what : what()}`);
    await new Promise(resolve => setTimeout(resolve, every));
  }
}
