// Waiting in tests: on a condition, never on time.

const PATIENCE = 40_000;

/** Resolves when the condition holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = String(condition),
): Promise<void> {
  const patience = performance.now() + PATIENCE;
  while (!(await condition())) {
    if (performance.now() > patience) throw new Error(`waited ${PATIENCE} ms for: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
