// JSON lines as entries: an export of a room, or simple lines `{at, by, text}` that any script can write.
import { z } from 'zod';
import { logEvent } from '../../../shared/protocol/events.ts';
import { roomKind } from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import { CliError } from '../errors.ts';
import { type Entry, type Findings, meet, type Source, skip, stableId } from './entry.ts';
import { readLines } from './lines.ts';

export const EXPORT_FORMAT = 'first-court-room';

/** First line of an export. */
export const exportHeader = z.object({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(1),
  room: z.object({
    id: p.roomId,
    title: z.string(),
    kind: roomKind,
    topic: z.string().optional(),
    createdBy: p.userId,
  }),
  epoch: z.string(),
  /** Sequence number of the last entry. */
  head: p.seq,
  exportedAt: z.string(),
});
export type ExportHeader = z.infer<typeof exportHeader>;

const simpleLine = z.strictObject({
  at: p.timestamp,
  by: p.userId,
  text: p.messageText,
  /** Names the message for ever; else it is made from the line. */
  id: p.uuid.optional(),
  /** The author's display name. */
  name: p.userName.optional(),
  replyTo: p.uuid.optional(),
  meta: p.meta.optional(),
});

/** @throws CliError that names the file and the line that is neither */
export function jsonlSource(files: readonly string[], { room }: { room: string }): Source {
  return async function* (findings) {
    for (const file of files) {
      let number = 0;
      for await (const line of readLines(file)) {
        number++;
        if (line.trim() === '') continue;
        const entry = parseLine(line, { where: `${file}:${number}`, first: number === 1, room, findings });
        if (entry) yield entry;
      }
    }
  };
}

interface Place {
  where: string;
  first: boolean;
  room: string;
  findings: Findings;
}

function parseLine(line: string, { where, first, room, findings }: Place): Entry | undefined {
  const value = parseJson(line, where);
  if (first && 'format' in value) {
    const { title, kind, topic, createdBy } = check(exportHeader, value, where).room;
    findings.room ??= { title, kind, topic, createdBy };
    return undefined;
  }
  if ('type' in value) {
    const { seq: _, ...entry } = check(logEvent, value, where);
    if (entry.type === 'member.joined') meet(findings, entry.data.user, entry.data.name || undefined);
    if (entry.type === 'room.created') skip(findings, 'the entry that created the room');
    else if (entry.type === 'file.shared') skip(findings, 'files, whose bytes an export does not hold');
    else return entry;
    return undefined;
  }
  const { at, by, text, id, name, replyTo, meta } = check(simpleLine, value, where);
  meet(findings, by, name);
  return {
    id: id ?? stableId('jsonl', room, at, by, text, replyTo ?? ''),
    type: 'message.created',
    at: new Date(at).toISOString(),
    by,
    data: { text, ...(replyTo && { replyTo }), ...(meta && { meta }) },
  };
}

function parseJson(line: string, where: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new CliError(`${where} is not JSON.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CliError(`${where} is not a JSON object.`);
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.');
  throw new CliError(`${where} cannot be imported: ${field ? `${field}: ` : ''}${issue?.message}`);
}
