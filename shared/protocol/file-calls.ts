// Calls about files; their bytes go by HTTP.
import { z } from 'zod';
import * as f from './files.ts';
import * as p from './primitives.ts';

const inRoom = z.object({ room: p.roomId });

export const fileCalls = {
  /** How a file stands: for its owner, and for who may read its message. */
  'file:get': {
    input: z.object({ file: p.fileId }),
    data: z.object({
      file: f.file,
      state: f.fileState,
      room: p.roomId,
      /** Why it was refused. */
      reason: z.string().optional(),
    }),
  },
  /** Where a browser fetches it without a token, for some minutes. Relative to the hub, unless it lies elsewhere. */
  'file:link': {
    input: z.object({
      file: p.fileId,
      /** A smaller picture of it, instead. */
      edge: z.union(f.previewEdges.map(edge => z.literal(edge))).optional(),
      /** To be saved, even if a browser could show it. */
      download: z.boolean().optional(),
    }),
    data: z.object({ url: z.string(), expiresAt: z.string() }),
  },
  /** Files that messages of the room name, the newest first. */
  'files:list': {
    input: inRoom.extend({
      limit: z.int().min(1).max(100).default(50),
      /** Of the answer before. */
      cursor: z
        .string()
        .regex(/^\d{1,15}\.\d{1,3}$/, 'is not of an answer')
        .optional(),
    }),
    data: z.object({ files: z.array(f.sharedFile), cursor: z.string().optional() }),
  },
} as const;
