// One row of the overload table: what is done to a hub, what was measured, and whether it passed.
export interface Measured {
  /** One line for people. */
  readonly measured: string;
  readonly passed: boolean;
}
export interface Row {
  readonly name: string;
  /** What the hub promises, in words. */
  readonly mark: string;
  run(say: (line: string) => void): Promise<Measured>;
}
