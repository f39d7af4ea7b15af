// Who is typing in a room: tells the hub of ourselves, sparingly, and remembers the others until they stop.
import { Alarm } from './alarm.ts';

/** Our typing ends this long after the last key stroke. */
const STOP_MS = 5_000;
/** The hub forgets us unless told again. */
const REPEAT_MS = 3_000;
/** The hub says when somebody stops; this is for a word that was lost. */
const FORGET_MS = 30_000;

export class RoomTyping {
  readonly #tell: (on: boolean) => void;
  readonly #changed: () => void;
  readonly #others = new Map<string, Alarm>();
  readonly #stop = new Alarm();
  #toldAt = 0;

  constructor(tell: (on: boolean) => void, changed: () => void) {
    this.#tell = tell;
    this.#changed = changed;
  }

  get users(): string[] {
    return [...this.#others.keys()];
  }

  /** We touched a key, or stopped. */
  own(on: boolean): void {
    if (on) {
      const isNews = !this.#stop.isSet || Date.now() - this.#toldAt >= REPEAT_MS;
      this.#stop.set(STOP_MS, () => this.#tell(false));
      if (!isNews) return;
      this.#toldAt = Date.now();
      this.#tell(true);
    } else if (this.#stop.isSet) {
      this.#stop.clear();
      this.#tell(false);
    }
  }

  other(user: string, on: boolean): void {
    const alarm = this.#others.get(user);
    if (on) {
      const forget = alarm ?? new Alarm();
      forget.set(FORGET_MS, () => this.other(user, false));
      this.#others.set(user, forget);
    } else {
      alarm?.clear();
      this.#others.delete(user);
    }
    if (on !== (alarm !== undefined)) this.#changed();
  }

  /** Nothing is known any more, and nobody is told. */
  clear(): void {
    this.#stop.clear();
    for (const user of this.users) this.other(user, false);
  }
}
