// Runs jobs side by side in a number of places, of which each takes one or more.

/**
 * The first in order that fits into what is free begins. As long as heavier ones wait, lighter ones take only the places beside them: one after
 * another they would never leave enough free at once, and the heavy ones would all be left for the end, with nothing beside them.
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
  /** Places that jobs of one place take. */
  let light = 0;
  while (waiting.length > 0 || running.size > 0) {
    const most = Math.max(...waiting.map(job => job.places));
    const next = waiting.findIndex(
      job => job.places <= free && (job.places === most || light + job.places <= places - most),
    );
    const [job] = next < 0 ? [] : waiting.splice(next, 1);
    if (!job) {
      if (running.size === 0) throw new Error(`A job takes more than ${places} places.`);
      await Promise.race(running);
      continue;
    }
    const isLight = job.places === 1;
    free -= job.places;
    if (isLight) light += 1;
    const done = work(job).finally(() => {
      free += job.places;
      if (isLight) light -= 1;
      running.delete(done);
    });
    running.add(done);
  }
}
