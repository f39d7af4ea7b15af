// The order of one socket's calls: they begin in the order sent. Calls that keep order by themselves overlap; any other runs alone.

export interface Lane {
  /**
   * @param overlapping the work takes its place in an order of its own as it begins (the log writer's queue), so that the next
   *   overlapping work may begin before it ends
   */
  run<T>(overlapping: boolean, work: () => Promise<T>): Promise<T>;
  /** Begun and waiting calls. */
  readonly length: number;
  /** Resolves when nothing is left. */
  idle(): Promise<void>;
}

export function createLane(): Lane {
  /** Ends when all that was begun has ended. */
  let all: Promise<unknown> = Promise.resolve();
  /** Ends when the last call that ran alone has ended. */
  let alone: Promise<unknown> = Promise.resolve();
  let length = 0;
  return {
    get length() {
      return length;
    },
    run(overlapping, work) {
      length++;
      const begun = (overlapping ? alone : all).then(work);
      const ended = begun.then(
        () => void length--,
        () => void length--,
      );
      const before = all;
      all = ended.then(() => before);
      if (!overlapping) alone = all;
      return begun;
    },
    async idle() {
      await all;
    },
  };
}
