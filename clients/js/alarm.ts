// One timer that can be set again and cleared, so that whoever owns it can leave nothing behind.

/** The longest wait a timer can hold; a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

export class Alarm {
  #handle: ReturnType<typeof setTimeout> | undefined;

  get isSet(): boolean {
    return this.#handle !== undefined;
  }

  /** Replaces what was set before. */
  set(ms: number, ring: () => void): void {
    this.clear();
    this.#handle = setTimeout(
      () => {
        this.#handle = undefined;
        ring();
      },
      Math.min(Math.max(ms, 0), LONGEST_MS),
    );
  }

  clear(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }
}
