// How fast files may come in while people talk. Messages and files share one loop and one disk, and nobody's message waits for somebody's file:
// as long as messages are written, all uploads of this node together get so many bytes a second, and everything else they can take when it is quiet.

/** Bytes a second beside messages. */
const BESIDE = 24 * 1024 * 1024;
/** Milliseconds after a message for which people still talk. */
const TALK = 2000;
/** What is left over from a pause, in milliseconds of the pace. */
const SAVED = 50;

export interface UploadPace {
  /** Messages were written. */
  talked(): void;
  /** So many bytes have come. Answers how many milliseconds to let pass before more are read. */
  took(bytes: number): number;
}

export function createUploadPace(now: () => number): UploadPace {
  let talk = Number.NEGATIVE_INFINITY;
  /** When all that has come so far is paid for. */
  let due = 0;
  return {
    talked() {
      talk = now();
    },
    took(bytes) {
      const at = now();
      if (at - talk > TALK) {
        due = at;
        return 0;
      }
      due = Math.max(due, at - SAVED) + (bytes / BESIDE) * 1000;
      return Math.max(0, due - at);
    },
  };
}
