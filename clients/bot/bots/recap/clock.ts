// When it is a time of day somewhere. Pure.

/** `HH:MM` by a 24 hour clock. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** What the clock on the wall shows there, as if it were UTC. */
function wall(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US-u-ca-iso8601', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    },
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find(part => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}

/**
 * The newest moment, not after `now`, at which the clock there showed this time, and the day it was there. A time that a day leaves out, when clocks
 * go forward, is the moment at which they do, or an hour beside it.
 * @param time `HH:MM`
 * @throws RangeError when there is no such time zone
 */
export function lastAt(now: number, time: string, zone: string): { at: number; day: string } {
  const [, hours, minutes] = TIME_OF_DAY.exec(time) ?? [];
  if (hours === undefined) throw new RangeError(`"${time}" is not a time such as 09:00.`);
  const today = new Date(wall(now, zone));
  for (let back = 0; ; back++) {
    const wanted = Date.UTC(
      today.getUTCFullYear(),
      today.getUTCMonth(),
      today.getUTCDate() - back,
      Number(hours),
      Number(minutes),
    );
    // The offset is that of the moment itself, which differs from now's around a change of clocks.
    let at = wanted - (wall(now, zone) - now);
    for (let round = 0; round < 2; round++) at = wanted - (wall(at, zone) - Math.floor(at / 1000) * 1000);
    if (at <= now) return { at, day: new Date(wanted).toISOString().slice(0, 10) };
  }
}
