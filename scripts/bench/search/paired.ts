// Two ways compared in turns, as a machine that others use too must be: each round gives a pair, and the pairs are told by their median and spread.

/** Milliseconds. */
export interface Acks {
  readonly p50: number;
  readonly p99: number;
}

export interface Pair {
  readonly off: Acks;
  readonly on: Acks;
}

export interface Compared {
  readonly off: Acks;
  readonly on: Acks;
  /** What `on` adds, as a share, of each pair: the median, the least and the most. */
  readonly added: Readonly<Record<keyof Acks, { median: number; least: number; most: number }>>;
  readonly rounds: number;
}

export function acksOf(times: number[]): Acks {
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Runs `off` and `on` by turns, the second round the other way round, so that a machine that slows down does so for both. */
export async function takeTurns(
  rounds: number,
  measure: (mode: 'off' | 'on') => Promise<Acks>,
): Promise<Compared> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0 ? 'off' : 'on';
    const one = await measure(first);
    const other = await measure(first === 'off' ? 'on' : 'off');
    pairs.push(first === 'off' ? { off: one, on: other } : { off: other, on: one });
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const both = (mode: 'off' | 'on'): Acks => ({
    p50: tenths(median(pairs.map(pair => pair[mode].p50))),
    p99: tenths(median(pairs.map(pair => pair[mode].p99))),
  });
  const added = (of: keyof Acks) => {
    const shares = pairs.map(({ off, on }) => Math.round((on[of] / off[of] - 1) * 1000) / 1000);
    return { median: median(shares), least: Math.min(...shares), most: Math.max(...shares) };
  };
  return {
    off: both('off'),
    on: both('on'),
    added: { p50: added('p50'), p99: added('p99') },
    rounds: pairs.length,
  };
}

const tenths = (ms: number) => Math.round(ms * 10) / 10;
const percent = (share: number) => `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)}%`;

export function told({ off, on, added, rounds }: Compared): string {
  const of = (name: keyof Acks) =>
    `${name} ${off[name]} without and ${on[name]} ms with (${percent(added[name].median)}; ${percent(added[name].least)} to ${percent(added[name].most)})`;
  return `Ack ${of('p50')}, ${of('p99')}: medians of ${rounds} pairs`;
}
