// What others are uploading to a room just now; forgotten when nothing is heard of it any more.
import type { FileProgress } from '../../../shared/protocol/files.ts';
import { Alarm } from '../alarm.ts';

/** The hub tells once a second; this is for a last word that was lost. */
const FORGET_MS = 15_000;

export class RoomSharing {
  readonly #changed: () => void;
  readonly #known = new Map<string, { progress: FileProgress; forget: Alarm }>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get list(): FileProgress[] {
    return [...this.#known.values()].map(({ progress }) => progress);
  }

  told(progress: FileProgress): void {
    const { file, state } = progress;
    const forget = this.#known.get(file)?.forget ?? new Alarm();
    if (state === 'uploading') {
      this.#known.set(file, { progress, forget });
      forget.set(FORGET_MS, () => this.told({ ...progress, state: 'stopped' }));
    } else {
      forget.clear();
      if (!this.#known.delete(file)) return;
    }
    this.#changed();
  }

  clear(): void {
    for (const progress of this.list) this.told({ ...progress, state: 'stopped' });
  }
}
