// Runs jobs side by side in a number of places, of which each takes one or more.

/**
 * The first in order that fits into what is free begins: a heavy one does not wait for the light ones before it, nor hold up those behind it.
 * @throws what the first `work` to fail throws
 */
export async function inPlaces<J extends { readonly places: number }>(
  places: number,
  jobs: readonly J[],
  work: (job: J) => Promise<void>,
): Promise<void> {
  const waiting = [...jobs];
  const running = new Set<Promise<void>>();
  let free = places;
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.findIndex(job => job.places <= free);
    const [job] = next < 0 ? [] : waiting.splice(next, 1);
    if (!job) {
      if (running.size === 0) throw new Error(`A job takes more than ${places} places.`);
      await Promise.race(running);
      continue;
    }
    free -= job.places;
    const done = work(job).finally(() => {
      free += job.places;
      running.delete(done);
    });
    running.add(done);
  }
}
