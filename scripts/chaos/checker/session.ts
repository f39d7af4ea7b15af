// I8: what a person has had acknowledged, applied or shown is in everything they read later, on any node; their read cursor never goes back.
import type { RecordOf } from '../history.ts';
import { createFinding, type Evidence, type Finding } from './evidence.ts';

/** Entries on a page of events:read, as the harness asks for them. */
export const READ_PAGE = 200;

interface Known {
  readonly t: number;
  readonly seq: number;
  readonly epoch: string | undefined;
  readonly proof: unknown;
}

export function checkSession(evidence: Evidence): Finding {
  const finding = createFinding();
  const users = new Map(evidence.of('connect').map(({ client, user }) => [client, user]));
  const known = Map.groupBy(
    [...acknowledged(evidence), ...applied(evidence, users), ...shown(evidence)].sort((a, b) => a.t - b.t),
    one => one.key,
  );
  const reads = [...evidence.of('read'), ...evidence.of('join')].sort((a, b) => a.since - b.since);
  for (const [key, later] of Map.groupBy(reads, read => `${read.user} ${read.room}`)) {
    const facts = known.get(key) ?? [];
    let at = 0;
    let newest: Known | undefined;
    for (const read of later) {
      for (; (facts[at]?.t ?? Number.POSITIVE_INFINITY) < read.since; at++) {
        const fact = facts[at] as Known;
        if (fact.epoch !== newest?.epoch || fact.seq > (newest?.seq ?? 0)) newest = fact;
      }
      finding.fact();
      if (newest && newest.seq <= evidence.kept(read.room, newest.t) && read.head < newest.seq)
        finding.broken(
          `${read.user} knew ${newest.seq} of ${read.room}, and a later read ends at ${read.head}`,
          newest.proof,
          read,
        );
      if (read.kind === 'read') whole(read);
    }
  }

  /** A page has no holes, and ends before the head only when it is full. */
  function whole(read: RecordOf<'read'>): void {
    const { entries, head } = read;
    const last = entries.at(-1)?.[0];
    entries.forEach(([seq], i) => {
      if (i > 0 && seq !== (entries[i - 1]?.[0] ?? 0) + 1)
        finding.broken(`a page of ${read.room} has a hole before ${seq}`, read);
    });
    if (entries.length < READ_PAGE && last !== undefined && last !== head)
      finding.broken(`a page of ${read.room} ends at ${last}, before the head ${head}`, read);
    if (last === undefined && read.after < head)
      finding.broken(`a page of ${read.room} is empty before its head`, read);
  }

  for (const marks of Map.groupBy(evidence.of('mark'), mark => `${mark.user} ${mark.room}`).values()) {
    const byEnd = marks.toSorted((a, b) => a.t - b.t);
    let at = 0;
    let furthest: RecordOf<'mark'> | undefined;
    for (const mark of marks.toSorted((a, b) => a.since - b.since)) {
      for (; (byEnd[at]?.t ?? Number.POSITIVE_INFINITY) < mark.since; at++) {
        if ((byEnd[at]?.readSeq ?? 0) > (furthest?.readSeq ?? 0)) furthest = byEnd[at];
      }
      finding.fact();
      const restored = furthest && furthest.readSeq > evidence.kept(mark.room, furthest.t);
      // Who leaves and comes back begins anew, at the end of the log: never behind where they were.
      if (furthest && !restored && mark.readSeq < furthest.readSeq)
        finding.broken(
          `${mark.user}'s cursor in ${mark.room} went from ${furthest.readSeq} back to ${mark.readSeq}`,
          furthest,
          mark,
        );
    }
  }
  return finding.end();
}

function* acknowledged({ attempts }: Evidence): Iterable<Known & { key: string }> {
  for (const attempt of attempts) {
    const { send, outcome } = attempt;
    if (outcome?.kind !== 'ok') continue;
    yield {
      key: `${send.user} ${send.room}`,
      t: outcome.t,
      seq: outcome.seq,
      epoch: outcome.epoch,
      proof: attempt,
    };
  }
}

function* applied(evidence: Evidence, users: ReadonlyMap<string, string>): Iterable<Known & { key: string }> {
  for (const record of evidence.of('apply')) {
    const key = `${users.get(record.client)} ${record.room}`;
    yield { key, t: record.t, seq: record.to, epoch: record.epoch, proof: record };
  }
}

/** What an answer has shown stays. */
function* shown(evidence: Evidence): Iterable<Known & { key: string }> {
  for (const record of [...evidence.of('join'), ...evidence.of('read')]) {
    const { t, epoch, head, user, room } = record;
    yield { key: `${user} ${room}`, t, seq: head, epoch, proof: record };
  }
}
