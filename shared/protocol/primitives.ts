// The words of the protocol: ids, names, texts and times, each with its bounds. Sizes are in bytes of UTF-8.
import { z } from 'zod';

export const limits = {
  textBytes: 16 * 1024,
  packetBytes: 64 * 1024,
  metaBytes: 8 * 1024,
  titleChars: 120,
  topicChars: 1000,
  queryChars: 1000,
  nameChars: 80,
  reactionsPerMessage: 50,
  /** Above this, lists of people become counts, and typing and read signals are left out. */
  rosterUsers: 200,
} as const;

const encoder = new TextEncoder();
export const byteLength = (text: string): number => encoder.encode(text).byteLength;

/** PostgreSQL keeps neither NUL nor half a surrogate pair; to change a text silently would break I2, so it is refused. */
export const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
export const unstorable = 'holds a NUL character or half of a surrogate pair';

/** Of every text and name in it; not of its JSON, where half a pair is written as an escape and looks whole. */
function storableWhole(value: unknown): boolean {
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => storable(name) && storableWhole(inner));
}

const plain = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'holds control characters')
    .refine(storable, unstorable);

/** One line without control characters, not blank. */
const line = (max: number) => plain(max).refine(text => text.trim().length > 0, 'is blank');

export const userId = line(128);
/** A person's id at a service outside. */
export const remoteId = line(128);
export const userName = line(limits.nameChars);
export const uuid = z.guid().transform(id => id.toLowerCase());
export const roomId = z
  .string()
  .max(80)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'is not a slug: lower-case letters, digits, dots, dashes, up to 80');
export const fileId = line(128);
export const epoch = plain(64);
export const seq = z.int().min(0);
export const timestamp = z.iso.datetime({ offset: true });
export const title = line(limits.titleChars);
export const topic = z.string().max(limits.topicChars).refine(storable, unstorable);
export const statusText = plain(140);
/** A Unicode emoji or a short name such as `:court:`. */
export const emoji = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[^\s\p{Cc}<>]+$/u, 'is not an emoji')
  .refine(storable, unstorable);

export const isBlank = (text: string): boolean => text.trim().length === 0;

/** At most 16 KiB. Too long is `too_large`, not `bad_request`. */
export const anyText = z
  .string()
  .refine(storable, unstorable)
  .refine(text => text.length <= limits.textBytes && byteLength(text) <= limits.textBytes, {
    error: `is longer than ${limits.textBytes} bytes`,
    params: { code: 'too_large' },
  });

export const messageText = anyText.refine(text => !isBlank(text), 'is blank');

/** What people type into a search box. */
export const searchQuery = z.string().max(limits.queryChars).refine(storable, unstorable);

/** Free data of bots and bridges, kept as it is. Depth and key names are checked at the door, before this. */
export const meta = z
  .record(z.string(), z.json())
  .refine(storableWhole, unstorable)
  .refine(value => byteLength(JSON.stringify(value)) <= limits.metaBytes, {
    error: `is larger than ${limits.metaBytes} bytes`,
    params: { code: 'too_large' },
  });
