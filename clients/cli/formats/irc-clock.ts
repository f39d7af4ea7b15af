// Turns the bare clock times of a chat log into moments that never go back: past midnight, on 12-hour clocks, and when a clock was put back.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HALF_DAY = 12 * HOUR;
/** A smaller step back is a clock that was corrected, or the end of summer time. */
const CORRECTION = 2 * HOUR;

export interface Stamp {
  /** `YYYY-MM-DD`, where each line says it. */
  day: string | undefined;
  hours: number;
  minutes: number;
  seconds: number | undefined;
}

export interface IrcClock {
  /** Milliseconds since 1970 in UTC; undefined as long as no day is known. */
  read(stamp: Stamp): number | undefined;
  /** False when the text is no date. */
  setDay(text: string): boolean;
}

/** @param start day of the first line, `YYYY-MM-DD` */
export function createIrcClock(start: string | undefined): IrcClock {
  let base = start === undefined ? undefined : Date.parse(`${start}T00:00:00Z`);
  let last = Number.NEGATIVE_INFINITY;
  let wholeDay = false;

  return {
    read({ day, hours, minutes, seconds = 0 }) {
      if (day !== undefined) base = Date.parse(`${day}T00:00:00Z`);
      if (base === undefined || Number.isNaN(base)) return undefined;
      wholeDay ||= hours === 0 || hours > 12;
      const ofDay = hours * HOUR + minutes * MINUTE + seconds * 1000;
      const back = last - (base + ofDay);
      if (back > 0 && back <= CORRECTION) return last;
      if (back > 0) {
        const turn = wholeDay ? 2 * HALF_DAY : HALF_DAY;
        base += Math.ceil(back / turn) * turn;
      }
      last = base + ofDay;
      return last;
    },

    setDay(text) {
      const parsed = new Date(`${text} UTC`);
      if (Number.isNaN(parsed.getTime())) return false;
      base = Date.UTC(parsed.getUTCFullYear(), parsed.getUTCMonth(), parsed.getUTCDate());
      return true;
    },
  };
}
