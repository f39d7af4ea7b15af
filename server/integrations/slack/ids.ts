// UUIDs made from Slack's own ids: the same deed always gets the same one, and one of ours is known by looking at it, so that what came from Slack
// is never sent back there, even if nothing else is remembered of it.
import { hash } from 'node:crypto';

/** One half names the deed, the other seals the first: a version 8 UUID (RFC 9562). */
export function slackUuid(...parts: readonly string[]): string {
  const name = hash('sha256', JSON.stringify(['slack', ...parts])).slice(0, 16);
  return sealed(`${name.slice(0, 12)}8${name.slice(13)}`);
}

export function isSlackUuid(id: string): boolean {
  return id === sealed(id.replaceAll('-', '').slice(0, 16));
}

/** For what Slack caused and both sides must see: derived, but not known as Slack's. */
export function hubUuid(...parts: readonly string[]): string {
  const name = hash('sha256', JSON.stringify(['hub', ...parts]));
  return dashed(`${name.slice(0, 12)}8${name.slice(13, 16)}8${name.slice(17, 32)}`);
}

function sealed(name: string): string {
  const seal = hash('sha256', `first court, slack: ${name}`);
  return dashed(`${name}9${seal.slice(1, 16)}`);
}

const dashed = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** A Slack timestamp as a whole number of microseconds, which counts up; and back. */
export const microseconds = (ts: string): number => {
  const [seconds = '0', fraction = ''] = ts.split('.');
  return Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
};
export const timestamp = (us: number): string =>
  `${Math.floor(us / 1_000_000)}.${String(us % 1_000_000).padStart(6, '0')}`;
