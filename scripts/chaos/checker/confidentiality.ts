// I9: nobody is given an entry, a page or a person's presence that was not theirs; nobody writes where they are no member.
import { createFinding, type Evidence, type Finding, floorAt, isWritten } from './evidence.ts';

export function checkConfidentiality(evidence: Evidence): Finding {
  const finding = createFinding();
  const users = new Map(evidence.of('connect').map(({ client, user }) => [client, user]));
  const current = (room: string, epoch: string) => evidence.rooms.get(room)?.epoch === epoch;

  for (const frame of evidence.of('wire')) {
    if (!current(frame.room, frame.epoch)) continue;
    const user = users.get(frame.client) as string;
    const stays = evidence.stays(frame.room, user);
    for (const entry of frame.entries) {
      finding.fact();
      if (!stays.some(({ from, to }) => from <= entry[0] && entry[0] <= to))
        finding.broken(
          `${user} was given ${frame.room}/${entry[0]} outside their stay`,
          { ...frame, entries: [entry] },
          stays,
        );
    }
  }
  for (const read of [...evidence.of('join'), ...evidence.of('read')]) {
    if (!current(read.room, read.epoch)) continue;
    finding.fact();
    const floor = floorAt(evidence, read.room, read.user, read.head);
    const first = read.entries[0]?.[0];
    if (floor === undefined)
      finding.broken(
        `${read.user} was let into ${read.room} at ${read.head}, where they are no member`,
        read,
        evidence.stays(read.room, read.user),
      );
    else if (first !== undefined && first < floor)
      finding.broken(`${read.user} was given ${read.room}/${first} from before their stay`, read);
  }
  for (const room of evidence.rooms.values()) {
    for (const event of room.events) {
      if (!isWritten(event.type)) continue;
      finding.fact();
      if (!evidence.stays(room.id, event.by).some(({ from, to }) => from < event.seq && event.seq < to))
        finding.broken(`${event.by} wrote ${room.id}/${event.seq} without being a member`, event);
    }
  }

  const shared = companions(evidence);
  for (const { client, about, ...seen } of evidence.of('seen')) {
    for (const other of about) {
      finding.fact();
      if (other !== seen.user && !shared.get(seen.user)?.has(other))
        finding.broken(`${seen.user} was told of ${other}, with whom they never shared a room`, {
          client,
          ...seen,
        });
    }
  }
  return finding.end();
}

/** Everyone with whom each user was in a room at some time. */
function companions(evidence: Evidence): Map<string, Set<string>> {
  const shared = new Map<string, Set<string>>();
  for (const room of evidence.rooms.values()) {
    const people = new Set(
      room.events.flatMap(event => (event.type === 'member.joined' ? [event.data.user] : [])),
    );
    for (const one of people) shared.set(one, (shared.get(one) ?? new Set()).union(people));
  }
  return shared;
}
