// I2: what stands in the log or was delivered was sent by its author, byte for byte; what was refused for certain never appears.
import { type Entry, entryOf } from '../history.ts';
import { createFinding, type Evidence, type Finding, isWritten, keyOf } from './evidence.ts';

export function checkNoPhantom(evidence: Evidence): Finding {
  const finding = createFinding();

  const judge = (room: string, entry: Entry, place: unknown) => {
    const [seq, id, type, by, body] = entry;
    if (!isWritten(type)) return;
    finding.fact();
    const attempts = evidence.byId.get(keyOf(room, by, id));
    if (!attempts) {
      finding.broken(`${room}/${seq} was never sent by ${by}`, entry, place);
      return;
    }
    const same = attempts.filter(({ send }) => send.type === type && send.body === body);
    if (same.length === 0 && !redacted(id, type, body))
      finding.broken(`${room}/${seq} is not what ${by} sent`, entry, attempts[0]?.send, place);
  };
  /** The words of a deleted message leave the log too. */
  const deleted = new Set(
    evidence.attempts.flatMap(({ send }) =>
      send.type === 'message.deleted' ? [(JSON.parse(send.body) as { target: string }).target] : [],
    ),
  );
  const redacted = (id: string, type: string, body: string) =>
    type === 'message.created' ? body === '' && deleted.has(id) : redactedEdit(type, body, deleted);

  for (const room of evidence.rooms.values()) {
    for (const event of room.events) {
      judge(room.id, entryOf(event), 'the final log');
      const attempts = evidence.byId.get(keyOf(room.id, event.by, event.id)) ?? [];
      if (attempts.length > 0 && attempts.every(({ outcome }) => outcome?.kind === 'fail'))
        finding.broken(
          `${room.id}/${event.seq} was refused for certain, and is in the log`,
          event,
          ...attempts,
        );
    }
  }
  for (const kind of ['wire', 'join', 'read'] as const) {
    for (const record of evidence.of(kind)) {
      const place = { kind, t: record.t, client: record.client };
      for (const entry of record.entries) judge(record.room, entry, place);
    }
  }
  return finding.end();
}

function redactedEdit(type: string, body: string, deleted: ReadonlySet<string>): boolean {
  if (type !== 'message.edited') return false;
  const { target, text, redacted } = JSON.parse(body) as { target: string; text: string; redacted?: true };
  return redacted === true && text === '' && deleted.has(target);
}
