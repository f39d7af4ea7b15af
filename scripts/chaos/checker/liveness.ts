// I13: without faults an ack takes at most 250 ms (p99); 10 s after the last fault has healed everyone holds what was acknowledged by then.
import type { RecordOf } from '../history.ts';
import { createFinding, type Evidence, type Finding } from './evidence.ts';

const ACK_P99 = 250;
export const CATCH_UP = 10_000;

export function checkLiveness(evidence: Evidence): Finding {
  const finding = createFinding();
  const lastHeal = Math.max(0, ...evidence.of('fault').map(fault => fault.t));
  const waits = quietAcks(evidence);
  if (waits.length > 0) {
    finding.fact();
    const p99 = waits[Math.floor(waits.length * 0.99)] ?? 0;
    if (p99 > ACK_P99)
      finding.broken(`without faults the ack p99 is ${Math.round(p99)} ms of ${waits.length} calls`, { p99 });
  }

  const end = evidence.of('phase').find(({ name }) => name === 'check')?.t ?? Number.POSITIVE_INFINITY;
  const due = new Map<string, number>();
  for (const { send, outcome } of evidence.attempts) {
    if (outcome?.kind === 'ok' && outcome.t <= lastHeal && outcome.seq <= evidence.kept(send.room, outcome.t))
      due.set(send.room, Math.max(due.get(send.room) ?? 0, outcome.seq));
  }
  const users = new Map(evidence.of('connect').map(({ client, user }) => [client, user]));
  const applies = Map.groupBy(evidence.of('apply'), ({ client, room }) => `${client} ${room}`);
  /** How far a stay had come by then. */
  const reached = (key: string, join: RecordOf<'join'>, by: number) =>
    Math.max(
      ...(applies.get(key) ?? []).filter(one => one.stay === join.stay && one.t <= by).map(one => one.to),
      join.t <= by ? join.base : 0,
    );
  /** Who was removed has nothing to catch up with. */
  const isMember = ({ client, room }: RecordOf<'join'>) =>
    evidence.stays(room, users.get(client) as string).at(-1)?.to === Number.POSITIVE_INFINITY;

  const inTime = lastHeal + CATCH_UP;
  // A restored backup ends every copy, so what was held before it is looked at before it.
  const restored = Math.min(
    ...evidence.of('restore').flatMap(({ t }) => (t > inTime ? [t] : [])),
    Number.POSITIVE_INFINITY,
  );
  for (const [key, join] of staying(evidence, Math.min(end, restored))) {
    const wanted = due.get(join.room) ?? 0;
    if (!isMember(join) || join.t > inTime) continue;
    finding.fact();
    if (reached(key, join, inTime) < wanted)
      finding.broken(
        `${join.client} had not ${join.room}/${wanted} ${CATCH_UP / 1000} s after the last fault healed`,
        join,
        { reached: reached(key, join, inTime) },
      );
  }
  for (const [key, join] of staying(evidence, end)) {
    const head = evidence.rooms.get(join.room)?.head ?? 0;
    if (!isMember(join)) continue;
    finding.fact();
    if (reached(key, join, end) < head)
      finding.broken(`${join.client} never came to the end of ${join.room}`, join, {
        reached: reached(key, join, end),
        head,
      });
  }
  for (const lost of absent(evidence, end))
    finding.broken(`${lost.client} was cut off and did not come back`, lost);
  return finding.end();
}

/** Milliseconds, ascending, of calls that began while nothing was broken. */
export function quietAcks(evidence: Evidence): number[] {
  const faults = evidence.of('fault');
  const first = Math.min(...faults.map(fault => fault.t), Number.POSITIVE_INFINITY);
  const last = Math.max(0, ...faults.map(fault => fault.t)) + CATCH_UP;
  const warmUp = evidence.of('phase').find(({ name }) => name === 'warm-up')?.t ?? 0;
  return evidence.attempts
    .flatMap(({ send, outcome }) => {
      const quiet = send.t > warmUp && (send.t > last || (outcome?.t ?? Number.POSITIVE_INFINITY) < first);
      return quiet && outcome?.kind === 'ok' ? [outcome.t - send.t] : [];
    })
    .sort((a, b) => a - b);
}

/** The last join of each client in each room, of those who had not gone by themselves or been put out. */
function staying(evidence: Evidence, end: number): Map<string, RecordOf<'join'>> {
  const joins = new Map<string, RecordOf<'join'>>();
  for (const record of evidence.history) {
    if (record.t > end) break;
    if (record.kind === 'join') joins.set(`${record.client} ${record.room}`, record);
    if (record.kind === 'leave' || (record.kind === 'ended' && record.why === 'removed'))
      joins.delete(`${record.client} ${record.room}`);
  }
  return joins;
}

/** The last disconnects of clients that did not connect again. */
function absent(evidence: Evidence, end: number): Iterable<RecordOf<'disconnect'>> {
  const gone = new Map<string, RecordOf<'disconnect'>>();
  const sockets = new Map<string, string>();
  for (const record of evidence.history) {
    if (record.t > end) break;
    if (record.kind === 'connect') {
      sockets.set(record.client, record.socket);
      gone.delete(record.client);
    }
    if (record.kind === 'disconnect' && sockets.get(record.client) === record.socket)
      gone.set(record.client, record);
  }
  return gone.values();
}
