import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NodeFigures } from '../../../shared/protocol/admin.ts';
import { sums } from './nodes.ts';
import { amount, span, sparkline } from './numbers.ts';
import { topLines } from './view.ts';

const test = suite('court top, as lines');
const plain = (_: unknown, text: string) => text;

const node = (name: string, more: Partial<NodeFigures> = {}): NodeFigures => ({
  node: name,
  ageMs: 0,
  version: '1.0.0',
  upMs: 3_725_000,
  draining: false,
  sockets: 1200,
  people: 900,
  rooms: 20,
  perSecond: { messages: 12.5, deliveries: 34_000, calls: 40 },
  acks: { count: 100, p50: 2.4, p99: null },
  loopDelayMs: 1,
  memory: { rss: 200 * 2 ** 20, share: 0.1 },
  pressure: { level: 0, words: 'ok' },
  database: { state: 'ok', ms: 1.2 },
  services: {},
  busiest: { rooms: [{ id: 'hall', messages: 30 }], people: [{ id: 'ada\u202e', messages: 30 }] },
  ...more,
});

test('sparklines, spans and amounts', () => {
  assert.is(sparkline([0, 1, 2, 4], 6), '  ▁▃▅█');
  assert.is(sparkline([0, 0], 2), '▁▁');
  assert.is(sparkline([5, 1, 2], 2), '▅█');
  assert.equal([45_000, 720_000, 12_000_000, 360_000_000].map(span), ['45s', '12m', '3h20m', '4d4h']);
  assert.equal([0.25, 9.96, 12.4, 1234].map(amount), ['0.3', '10', '12', '1,234']);
});

test('all nodes with what they add up to, the busiest of all together; a silent node is marked and not counted', () => {
  const stats = {
    node: 'one',
    nodes: [node('one'), node('two', { redis: 'ok' }), node('gone', { ageMs: 60_000 })],
    outbox: { waiting: 3, dead: 1 },
  };
  const history = [sums(stats)];
  const sight = { stats, history, at: new Date('2026-01-01T12:00:00Z'), trouble: undefined };
  const lines = topLines(sight, { columns: 200, rows: 30 }, plain);
  const screen = lines.join('\n');
  assert.match(lines[0] ?? '', '3 nodes, 2,400 sockets, outbox 3 waiting, 1 given up  12:00:00 UTC');
  assert.match(screen, /deliveries\/s +█ 68,000/);
  assert.match(screen, /\n +60 {2}hall +60 {2}ada\ufffd/);
  assert.match(screen, /gone +1h2m +1m !/);
  assert.is(lines.at(-1), 'q quits');
});

test('no line is wider and no screen higher than the terminal, however small', () => {
  const stats = { node: 'a', nodes: Array.from({ length: 9 }, (_, n) => node(`node-${n}`)) };
  const sight = { stats, history: [sums(stats)], at: new Date(), trouble: 'The hub does not answer' };
  for (const [columns, rows] of [
    [20, 5],
    [80, 24],
    [40, 12],
  ] as const) {
    const lines = topLines(sight, { columns, rows }, plain);
    assert.ok(lines.length <= rows, `${lines.length} of ${rows}`);
    assert.ok(lines.every(line => [...line].length <= columns));
  }
  assert.is(topLines({ ...sight, stats: undefined }, { columns: 80, rows: 24 }, plain).length, 2);
});

test.run();
