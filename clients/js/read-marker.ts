// How far one has read in a room: at once here, now and then at the hub, and never back.
import { Alarm } from './alarm.ts';
import { type CallError, isPassing } from './errors.ts';

/** Marks are gathered for this long. */
const EVERY_MS = 1_000;

export class ReadMarker {
  readonly #tell: (seq: number) => Promise<number>;
  readonly #alarm = new Alarm();
  #seq = 0;
  /** What the hub knows. */
  #told = 0;
  #telling = false;

  /** `tell` tells the hub, and returns where the hub then stands. */
  constructor(tell: (seq: number) => Promise<number>) {
    this.#tell = tell;
  }

  get seq(): number {
    return this.#seq;
  }

  /** `true` if that is news. */
  mark(seq: number): boolean {
    if (seq <= this.#seq) return false;
    this.#seq = seq;
    if (!this.#alarm.isSet) this.#flush();
    return true;
  }

  /** Where the hub stands, after a join; of a new log, where it begins. What it does not know yet is told again. */
  joined(seq: number, newLog: boolean): void {
    this.#told = seq;
    this.#seq = newLog ? seq : Math.max(this.#seq, seq);
    this.#flush();
  }

  stop(): void {
    this.#alarm.clear();
  }

  async #flush(): Promise<void> {
    if (this.#telling || this.#seq <= this.#told) return;
    const seq = this.#seq;
    this.#telling = true;
    this.#alarm.set(EVERY_MS, () => this.#flush());
    try {
      this.#told = Math.max(seq, await this.#tell(seq));
    } catch (error) {
      // What passes is told again at the next join; a refusal stays one.
      if (!isPassing((error as CallError).code)) this.#told = seq;
    }
    this.#telling = false;
  }
}
