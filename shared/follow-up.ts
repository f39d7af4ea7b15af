// What follows when somebody does not acknowledge an announcement. Without zod, which has no place in the web client.
import type { AnnouncementLevel, FollowUp } from './protocol/announcements.ts';

export type FollowUpStep = keyof FollowUp;

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Seconds after somebody was first owed it. */
const usual: Record<AnnouncementLevel, Required<FollowUp>> = {
  critical: { remind: 300, email: 900, push: 1800, sms: null },
  warning: { remind: 1800, email: 2 * HOUR, push: 4 * HOUR, sms: null },
  info: { remind: 4 * HOUR, email: DAY, push: 2 * DAY, sms: null },
};

/** What follows, when nobody said otherwise: something for what is to be acknowledged, nothing for the rest. */
export function followUpOf(
  level: AnnouncementLevel,
  requireAck: boolean,
  wanted: FollowUp = {},
): Partial<Record<FollowUpStep, number>> {
  const steps = { ...(requireAck && usual[level]), ...wanted };
  return Object.fromEntries(Object.entries(steps).filter(([, seconds]) => typeof seconds === 'number'));
}
