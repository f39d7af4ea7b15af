// A run in Markdown: what was done to the hub, how late things came, and the verdict on each promise.
import type { Verdict } from './checker/check.ts';
import { CATCH_UP } from './checker/liveness.ts';
import type { RunFacts } from './harness.ts';
import type { HistoryRecord } from './history.ts';
import type { Scale } from './plan.ts';

export interface Latencies {
  readonly quietAcks: readonly number[];
  readonly acks: readonly number[];
  readonly deliveries: readonly number[];
  readonly deliveryCount: number;
}

/** Milliseconds, ascending. Deliveries are from the first sending to the client's application, repeats included. */
export function latencies(history: readonly HistoryRecord[]): Latencies {
  const sends = new Map<number, { t: number; id: string }>();
  const firstSent = new Map<string, number>();
  const acked: { t: number; wait: number }[] = [];
  const deliveries: number[] = [];
  const faults: number[] = [];
  let deliveryCount = 0;
  for (const record of history) {
    if (record.kind === 'send') {
      sends.set(record.call, record);
      if (!firstSent.has(record.id)) firstSent.set(record.id, record.t);
    } else if (record.kind === 'ok') {
      const send = sends.get(record.call);
      if (send) acked.push({ t: send.t, wait: record.t - send.t });
    } else if (record.kind === 'wire') {
      for (const [, id] of record.entries) {
        const sent = firstSent.get(id);
        if (sent === undefined) continue;
        deliveryCount++;
        // Every tenth is enough for percentiles.
        if (deliveryCount % 10 === 0) deliveries.push(record.t - sent);
      }
    } else if (record.kind === 'fault') faults.push(record.t);
  }
  const first = Math.min(...faults, Number.POSITIVE_INFINITY);
  const last = Math.max(0, ...faults) + CATCH_UP;
  const ascending = (numbers: number[]) => numbers.sort((a, b) => a - b);
  return {
    quietAcks: ascending(acked.filter(({ t, wait }) => t + wait < first || t > last).map(({ wait }) => wait)),
    acks: ascending(acked.map(({ wait }) => wait)),
    deliveries: ascending(deliveries),
    deliveryCount,
  };
}

export const percentile = (ascending: readonly number[], share: number): number =>
  Math.round(ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0);

export function report(
  facts: RunFacts,
  scale: Scale,
  verdicts: readonly Verdict[],
  late: Latencies,
  command: string,
  picture: string,
): string {
  const broken = verdicts.filter(({ result }) => result === 'broken');
  const p = (name: string, waits: readonly number[]) =>
    `| ${name} | ${waits.length} | ${percentile(waits, 0.5)} | ${percentile(waits, 0.99)} |`;
  const rows = Object.entries(facts.faults).map(
    ([name, { planned, done, failures }]) =>
      `| ${name} | ${planned} | ${done} | ${[...new Set(failures)].join('; ').replaceAll('|', '/')} |`,
  );
  return [
    `# Chaos run, seed ${facts.seed}`,
    '',
    broken.length === 0
      ? 'No promise was broken.'
      : `Broken: ${broken.map(({ invariant }) => invariant).join(', ')}.`,
    '',
    `3 hub processes, ${facts.clients} clients in ${scale.rooms} rooms, one PostgreSQL, ${facts.redis ? 'one redis-server' : 'no Redis'};`,
    `${scale.rate} sends/s for ${scale.traffic / 1000} s: ${facts.sent} sends, ${late.deliveryCount} deliveries, ${facts.reconnects} reconnects,`,
    `${facts.acks.lost} acks lost on the wire and ${facts.acks.late} late by 0.7 s of ${facts.acks.lost + facts.acks.late + facts.acks.whole} in the chaos, ${facts.finalReads} full reads at the end. Repeat it with \`${command}\`.`,
    '',
    `At the end the database was killed and a backup restored that lacked its last ${facts.loss.entries} entries (${facts.loss.ms} ms):`,
    'every room goes on under a new epoch since.',
    '',
    `![Sends, deliveries and the slowest acks of each second over the faults that were under way](${picture})`,
    '',
    '| promise | | verdict | facts | violations |',
    '| --- | --- | --- | --- | --- |',
    ...verdicts.map(
      ({ invariant, name, result, facts, violations }) =>
        `| ${invariant} | ${name} | ${result} | ${facts} | ${violations.length} |`,
    ),
    '',
    'I14 (effects in other systems) is not decided here: no service outside is part of this run; `npm run bench:slack-mirror` is for it.',
    '',
    '| fault | planned | took effect | otherwise |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '| milliseconds | count | p50 | p99 |',
    '| --- | --- | --- | --- |',
    p('ack, without faults', late.quietAcks),
    p('ack, whole run', late.acks),
    p('delivery, whole run (every tenth)', late.deliveries),
    '',
    ...broken.flatMap(({ invariant, violations }) => [
      `## ${invariant}`,
      '',
      ...violations
        .slice(0, 5)
        .flatMap(({ what, proof }) => [
          `- ${what}`,
          '',
          ...proof.slice(0, 4).map(one => `      ${JSON.stringify(one).slice(0, 400)}`),
          '',
        ]),
    ]),
  ].join('\n');
}
