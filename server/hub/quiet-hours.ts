// Whether it is one of the hours in which somebody wants to hear nothing, where they live.
import type { QuietHours } from '#shared/protocol/notices.ts';

/** @param now in ms since 1970 */
export function isQuiet({ from, to, zone }: QuietHours, now: number): boolean {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const time = clock.format(now);
  return from < to ? from <= time && time < to : from <= time || time < to;
}
