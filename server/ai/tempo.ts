// The pace at which providers of models are asked, and for how long they are waited for.

/** Milliseconds, where nothing else is said. */
export interface Tempo {
  /** A stream from which no byte came for so long has stalled; pings count as life. */
  readonly idle: number;
  /** No answer takes longer in all. */
  readonly total: number;
  /** So many tries for one call, the first among them. */
  readonly tries: number;
  /** Before the second try; each next one waits twice as long, give or take a quarter. */
  readonly backOff: number;
  /** Whoever asks to be left alone for longer than this is not asked again in the same call. */
  readonly patience: number;
  /** After so many failed calls in a row it is left alone … */
  readonly failures: number;
  /** … for so long, then one call is let through to see. */
  readonly rest: number;
  /** The same after it refused us: what is wrong is for people to put right. */
  readonly longRest: number;
}

export const TEMPO: Tempo = {
  idle: 30_000,
  total: 300_000,
  tries: 3,
  backOff: 500,
  patience: 20_000,
  failures: 3,
  rest: 30_000,
  longRest: 300_000,
};
