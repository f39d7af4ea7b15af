// What lies in the folder of a legal export: the manifest, which names every file with its digest, and the lines of the others.
import { z } from 'zod';
import { eventTypes } from '../../../shared/protocol/events.ts';
import { file } from '../../../shared/protocol/files.ts';
import { room, roomRole, user } from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';

export const MANIFEST = 'manifest.json';
export const FORMAT = 'first-court-legal';

const sha256 = z.hex().length(64);

/** Nothing else is ever read or written, whatever a manifest says. */
const filePath = z
  .string()
  .regex(
    /^(?:people\.jsonl|audit\.jsonl|rooms\/[a-z0-9][a-z0-9._-]{0,79}\/(?:log|members|files)\.jsonl|files\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    'is no file of a legal export',
  );

export const roomFile = (id: string, name: 'log' | 'members' | 'files'): string =>
  `rooms/${id}/${name}.jsonl`;
export const bytesFile = (id: string): string => `files/${id}`;

export const fileEntry = z.object({ path: filePath, bytes: z.int().min(0), sha256 });
export type FileEntry = z.infer<typeof fileEntry>;

export const exportedRoom = room.omit({ epoch: true, head: true }).extend({
  epoch: z.string(),
  /** The last entry, and how many of them are in the export. */
  head: p.seq,
  entries: z.int().min(0),
  members: z.int().min(0),
  files: z.int().min(0),
  /** Of the log: SHA-256 over its entries, each as one line of canonical JSON. */
  sha256,
});
export type ExportedRoom = z.infer<typeof exportedRoom>;

export const manifest = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  /** Version of the hub. */
  hub: z.string(),
  at: z.string(),
  /** Who asked for it. */
  by: p.userId,
  part: z.object({
    rooms: z.array(p.roomId).optional(),
    users: z.array(p.userId).optional(),
    from: z.string().optional(),
    until: z.string().optional(),
  }),
  /** Every log is there from its first entry to its last. */
  whole: z.boolean(),
  rooms: z.array(exportedRoom),
  people: z.int().min(0),
  audit: z.object({ lines: z.int().min(0), intact: z.boolean() }),
  files: z.array(fileEntry),
});
export type Manifest = z.infer<typeof manifest>;

/** An entry of a log; what is in `data` is kept as it is. */
export const entryLine = z.object({
  seq: p.seq,
  id: p.uuid,
  type: z.enum(eventTypes as [string, ...string[]]),
  at: p.timestamp,
  by: p.userId,
  data: z.record(z.string(), z.unknown()),
});

export const memberLine = z.object({
  user: p.userId,
  role: roomRole,
  sinceSeq: p.seq,
  readSeq: p.seq,
  mutedUntil: z.union([p.timestamp, z.literal('infinity')]).optional(),
});
export const banLine = z.object({
  user: p.userId,
  banned: z.literal(true),
  until: p.timestamp.optional(),
  reason: z.string().optional(),
  at: p.timestamp.optional(),
  by: p.userId.optional(),
});
export const peopleLine = z.union([memberLine, banLine]);

export const personLine = user.extend({ email: z.string().optional() });

/** A file that a message names, and how it is given out, where its bytes are in the export. */
export const fileLine = z.object({
  file,
  message: p.uuid,
  place: z.int().min(1),
  at: p.timestamp,
  by: p.userId,
  bytes: z.object({ inline: z.boolean(), text: z.boolean() }).optional(),
});
export type FileLine = z.infer<typeof fileLine>;
