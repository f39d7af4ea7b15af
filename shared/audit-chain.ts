// The audit log is a chain of digests. Looks at all of it, stretch by stretch, so that no statement takes long, however long the log is.

/** Lines in one look: some milliseconds of the database's work. */
const STRETCH = 2000;

export interface Stretch {
  /** Lines that were looked at. */
  readonly checked: number;
  /** The number of the last of them; undefined: there was none. */
  readonly last?: number;
  /** Of the first line that is not as it was written, or stands in a gap. */
  readonly broken?: number;
}

export async function verifyChain(
  look: (after: number, limit: number) => Promise<Stretch>,
): Promise<{ intact: boolean; checked: number; broken?: number }> {
  let checked = 0;
  for (let after = 0; ; ) {
    const { checked: these, last, broken } = await look(after, STRETCH);
    checked += these;
    if (broken !== undefined) return { intact: false, checked, broken };
    if (last === undefined || these < STRETCH) return { intact: true, checked };
    after = last;
  }
}
