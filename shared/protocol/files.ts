// Files that people share in rooms, as they stand on the wire. The bytes travel over HTTP: tus 1.0 at /api/files.
import { z } from 'zod';
import * as p from './primitives.ts';

/** Pixels of the longer edge that a picture of a file may be asked for. */
export const previewEdges = [96, 480, 1280] as const;

/** How much a name keeps, in characters; the rest is cut before its ending. */
export const FILE_NAME_CHARS = 200;

/** A file that a message names. What its content says it is, not what its name says. */
export const file = z.object({
  id: p.uuid,
  /** Made harmless: no path, no control characters, not empty. */
  name: z.string().min(1).max(FILE_NAME_CHARS),
  /** MIME type by content; `application/octet-stream` when it says nothing. */
  type: z.string(),
  /** Bytes. */
  size: z.int().min(0),
  /** Pixels as shown (turned as its EXIF says), of pictures. */
  width: z.int().optional(),
  height: z.int().optional(),
  /** There is a smaller picture of it to be had. */
  preview: z.literal(true).optional(),
});
export type File = z.infer<typeof file>;

/** How a file stands. `checking`: whole, and not given out before a virus scanner has passed it. `refused`: it will never be. */
export const fileState = z.enum(['uploading', 'checking', 'ready', 'refused']);
export type FileState = z.infer<typeof fileState>;

/** A file in a room's list of files, with the message that shared it. */
export const sharedFile = file.extend({ message: p.uuid, seq: p.seq, at: z.string(), by: p.userId });
export type SharedFile = z.infer<typeof sharedFile>;

/** An upload on its way, for those in its room; at most one a second and file. `done` is the last, or `stopped`. */
export const fileProgress = z.object({
  room: p.roomId,
  user: p.userId,
  file: p.uuid,
  name: z.string(),
  /** Bytes, of which `sent` are stored. */
  size: z.int(),
  sent: z.int(),
  state: z.enum(['uploading', 'done', 'stopped']),
});
export type FileProgress = z.infer<typeof fileProgress>;
