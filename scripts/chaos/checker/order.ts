// I4: the numbers of a log are 1 to N without holes, and nobody was ever told anything else of what stands where.
import { createFinding, type Evidence, type Finding } from './evidence.ts';

export function checkOrder(evidence: Evidence): Finding {
  const finding = createFinding();
  for (const room of evidence.rooms.values()) {
    finding.fact();
    room.events.forEach((event, i) => {
      if (event.seq !== i + 1)
        finding.broken(`${room.id} has ${event.seq} in place ${i + 1}`, room.events[i - 1], event);
    });
    if (room.head !== room.events.length)
      finding.broken(`${room.id} says its head is ${room.head}, and holds ${room.events.length} entries`, {
        head: room.head,
      });
  }

  /** By room and epoch: who stands at a number. The final log speaks first. */
  const told = new Map<string, Map<number, { id: string; from: unknown }>>();
  const placesOf = (room: string, epoch: string) => {
    const key = `${room} ${epoch}`;
    let places = told.get(key);
    if (!places) {
      places = new Map();
      if (evidence.rooms.get(room)?.epoch === epoch) {
        for (const { seq, id } of evidence.rooms.get(room)?.events ?? [])
          places.set(seq, { id, from: 'the final log' });
      }
      told.set(key, places);
    }
    return places;
  };
  const observe = (
    places: Map<number, { id: string; from: unknown }>,
    seq: number,
    id: string,
    from: unknown,
  ) => {
    finding.fact();
    const known = places.get(seq);
    if (!known) places.set(seq, { id, from });
    else if (known.id !== id)
      finding.broken(`two observers hold different entries at ${seq}`, { seq, id, from }, known);
  };
  for (const { send, outcome } of evidence.attempts) {
    if (outcome?.kind !== 'ok' || outcome.epoch === undefined) continue;
    observe(placesOf(send.room, outcome.epoch), outcome.seq, send.id, outcome);
  }
  for (const kind of ['wire', 'join', 'read'] as const) {
    for (const record of evidence.of(kind)) {
      const places = placesOf(record.room, record.epoch);
      const from = { kind, t: record.t, client: record.client, room: record.room, epoch: record.epoch };
      for (const [seq, id] of record.entries) observe(places, seq, id, from);
    }
  }
  return finding.end();
}
