// What opens one file for some minutes without a sign-in: signed by us, and of no use to whoever lost the right to the file meanwhile, since that is
// looked at once more when it is used.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { previewEdges } from '#shared/protocol/files.ts';
import * as p from '#shared/protocol/primitives.ts';

/** In seconds. */
export const TICKET_LASTS = 300;

const ticket = z.object({
  file: p.uuid,
  user: p.userId,
  edge: z.union(previewEdges.map(edge => z.literal(edge))).optional(),
  download: z.boolean().optional(),
  /** ms since 1970. */
  until: z.int(),
});
export type Ticket = z.infer<typeof ticket>;

export interface FileTickets {
  sign(ticket: Ticket): string;
  /** Undefined: not ours, or over. */
  read(text: string): Ticket | undefined;
}

export function createTickets({ secret, now }: { secret: string; now(): number }): FileTickets {
  const key = createHmac('sha256', secret).update('first-court file ticket 1').digest();
  const signature = (body: string) => createHmac('sha256', key).update(body).digest();
  return {
    sign(content) {
      const body = Buffer.from(JSON.stringify(content)).toString('base64url');
      return `${body}.${signature(body).toString('base64url')}`;
    },
    read(text) {
      const [, body, signed] = /^([\w-]{1,1000})\.([\w-]{43})$/.exec(text) ?? [];
      if (!body || !signed) return undefined;
      const given = Buffer.from(signed, 'base64url');
      const expected = signature(body);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      const { data } = ticket.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
      return data && data.until > now() ? data : undefined;
    },
  };
}
