// How the text of a setting becomes a value: one rule for each kind, with what is wrong when it does not.
import net from 'node:net';
import { z } from 'zod';
import { retirement } from './config-models.ts';

export const text = z.string();
export const rule = <T>(parse: (value: string) => T | undefined, message: string): z.ZodType<T, string> =>
  text.transform((value, context) => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

export const whole = (least: number, most: number, message: string) =>
  rule(value => {
    const number = Number(value);
    return /^\d+$/.test(value) && number >= least && number <= most ? number : undefined;
  }, message);
export const oneOf = <T extends string>(...words: T[]) =>
  rule(value => words.find(word => word === value.toLowerCase()), `is none of ${words.join(', ')}`);
const ON = ['on', 'true', 'yes', '1'];
export const OFF = ['off', 'false', 'no', '0'];
export const onOff = rule(value => {
  const word = value.toLowerCase();
  return ON.includes(word) ? true : OFF.includes(word) ? false : undefined;
}, 'is neither on nor off');
export const amount = whole(1, 10_000_000, 'is not a whole number from 1 up');

const UNITS: Record<string, number> = { '': 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };
/** `500MB`, `2 GB`, or a plain number of bytes. */
export const bytes = rule(value => {
  const [, number, unit = ''] = /^(\d{1,15}) ?([KMGT]B)?$/i.exec(value) ?? [];
  const size = Number(number) * (UNITS[unit.toUpperCase()] ?? 1);
  return number !== undefined && size >= 1 && Number.isSafeInteger(size) ? size : undefined;
}, 'is not a number of bytes, such as 500MB');

/** Without a slash at the end. */
export const url = (value: string, ...protocols: string[]): string | undefined => {
  if (!URL.canParse(value)) return undefined;
  const { protocol, hostname } = new URL(value);
  return protocols.includes(protocol) && hostname !== '' ? value.replace(/\/+$/, '') : undefined;
};

/** Each part of a list must be good. */
export const list = <T>(value: string, parse: (part: string) => T | undefined): T[] | undefined => {
  const parts = value.split(',').map(part => parse(part.trim()));
  return parts.includes(undefined) ? undefined : (parts as T[]);
};

export const origin = (value: string) =>
  url(value, 'http:', 'https:') === value && new URL(value).origin === value.toLowerCase()
    ? new URL(value).origin
    : undefined;

export function addresses(value: string): string | undefined {
  return ['loopback', 'linklocal', 'uniquelocal'].includes(value) ? value : network(value);
}

/** An IP address, or one with the number of bits that its network has in common. */
export function network(value: string): string | undefined {
  const [address = '', bits, ...rest] = value.split('/');
  const version = net.isIP(address);
  const fits = bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  return version > 0 && fits && rest.length === 0 ? value : undefined;
}

/**
 * A Gather space by its id or its address: as Gather's API wants it, `ID\NAME`, or what names a space of Gather 2.0, which is for the
 * integration to tell.
 */
export function gatherSpace(value: string): string | undefined {
  const [, second, address = ''] =
    /^https:\/\/app\.(v2\.)?gather\.town\/(?:app\/)?([^?#]+)/.exec(value) ?? [];
  const path = address ? tryDecode(address.replace(/\/+$/, '')) : value;
  const [, id, name] = /^([A-Za-z0-9]{16})[\\/]([^\\/]+)$/.exec(path ?? '') ?? [];
  if (id && name && !second) return `${id}\\${name}`;
  const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(path ?? '')?.[0];
  return uuid ?? (second ? path : undefined);
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** 32 bytes, in base64 or as 64 hexadecimal digits. */
export function key(value: string): Buffer | undefined {
  const bytes = Buffer.from(value, /^[0-9a-f]{64}$/i.test(value) ? 'hex' : 'base64');
  return bytes.length === 32 ? bytes : undefined;
}

const transports = ['websocket', 'polling'] as const;
export const transport = (value: string) => transports.find(name => name === value);

export const web = rule(value => url(value, 'http:', 'https:'), 'is not a web address');
export const apiKey = rule(
  value => (/^[\x21-\x7e]+$/.test(value) ? value : undefined),
  'holds characters that no key has',
);

/** Whether there is such a model only Claude knows, and is asked at the start; of some that are gone we know. */
export const claudeModel = text.superRefine((model, context) => {
  const message = retirement(model);
  if (message) context.addIssue({ code: 'custom', message });
});
