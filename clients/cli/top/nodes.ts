// All nodes' figures as a table, and added up.
import type { NodeFigures } from '../../../shared/protocol/admin.ts';
import type { CallData } from '../../js/index.ts';
import { printableLine } from '../terminal.ts';
import { amount, bytes, milliseconds, span } from './numbers.ts';

export type Stats = CallData<'admin:stats'>;

/** A node that has not told of itself for so long is gone, or cannot reach the database. */
const SILENT = 10_000;

export const isSilent = ({ ageMs }: Pick<NodeFigures, 'ageMs'>): boolean => ageMs > SILENT;

const HEAD = [
  'NODE',
  'UP',
  'TOLD',
  'SOCKETS',
  'PEOPLE',
  'ROOMS',
  'MSG/S',
  'DELIV/S',
  'CALLS/S',
  'P50',
  'P99',
  'LOOP',
  'MEMORY',
  'PRESSURE',
  'DATABASE',
  'REDIS',
];

/** The first row is the head. `TOLD` is how long ago. */
export function nodeRows({ nodes }: Stats): string[][] {
  const rows = nodes.map(one => [
    printableLine(one.node),
    span(one.upMs),
    isSilent(one) ? `${span(one.ageMs)} !` : span(one.ageMs),
    amount(one.sockets),
    amount(one.people),
    amount(one.rooms),
    amount(one.perSecond.messages),
    amount(one.perSecond.deliveries),
    amount(one.perSecond.calls),
    milliseconds(one.acks.p50),
    milliseconds(one.acks.p99),
    milliseconds(one.loopDelayMs),
    bytes(one.memory.rss),
    one.draining ? 'draining' : one.pressure.words,
    one.database.state === 'ok' ? milliseconds(one.database.ms) : 'away',
    one.redis === undefined ? '-' : (one.redis.split(':')[0] ?? ''),
  ]);
  return [HEAD, ...rows];
}

export interface Sums {
  readonly sockets: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly calls: number;
}

/** Of the nodes that are there. */
export function sums({ nodes }: Stats): Sums {
  const add = (of: (one: NodeFigures) => number) =>
    nodes.filter(one => !isSilent(one)).reduce((total, one) => total + of(one), 0);
  return {
    sockets: add(one => one.sockets),
    messages: add(one => one.perSecond.messages),
    deliveries: add(one => one.perSecond.deliveries),
    calls: add(one => one.perSecond.calls),
  };
}

/** Of all nodes together, the busiest first. */
export function busiest({ nodes }: Stats, what: 'rooms' | 'people'): { id: string; messages: number }[] {
  const all = new Map<string, number>();
  for (const node of nodes.filter(one => !isSilent(one)))
    for (const { id, messages } of node.busiest[what]) all.set(id, (all.get(id) ?? 0) + messages);
  return [...all].map(([id, messages]) => ({ id, messages })).sort((a, b) => b.messages - a.messages);
}

export const outboxWords = ({ outbox }: Stats): string =>
  outbox ? `${amount(outbox.waiting)} waiting, ${amount(outbox.dead)} given up` : 'not known';
