// A run as a picture: sends, deliveries and the slowest acks of each second, over the faults that were under way. SVG by hand.
import type { HistoryRecord } from './history.ts';

const WIDTH = 960;
const LEFT = 205;
const RIGHT = 16;
const CHART = 90;
const LANE = 13;
const GAP = 26;

const STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #3b3b3b } .title { font-size: 15px; font-weight: 600 }
  .axis { stroke: #8886 } .line { fill: none; stroke-width: 1.5 }
  .a { stroke: #2563ad } .b { stroke: #18794e } .c { stroke: #b3470f } .fault { fill: #b3470f; fill-opacity: .75 } .phase { fill: #8882 }
  .ground { fill: #fff }
  @media (prefers-color-scheme: dark) {
    text { fill: #d6d6d6 } .ground { fill: #17181a }
    .a { stroke: #7fb2f0 } .b { stroke: #6ccf9d } .c { stroke: #f0a072 } .fault { fill: #f0a072 }
  }`;

export function timeline(history: readonly HistoryRecord[], title: string): string {
  const began = history.find(record => record.kind === 'phase')?.t ?? 0;
  const phases = history.filter(record => record.kind === 'phase');
  const end = phases.at(-1)?.t ?? history.at(-1)?.t ?? 1;
  const seconds = Math.max(1, Math.ceil((end - began) / 1000));
  const x = (t: number) => LEFT + ((t - began) / (seconds * 1000)) * (WIDTH - LEFT - RIGHT);
  const { sends, deliveries, slowest } = perSecond(history, began, seconds);
  const spans = faultSpans(history);
  const names = [...new Set(spans.map(({ name }) => name))];

  const out: string[] = [];
  let top = 34;
  const text = (left: number, base: number, words: string, more = '') =>
    out.push(`<text x="${left.toFixed(1)}" y="${base}"${more}>${escaped(words)}</text>`);
  const chart = (name: string, color: string, values: readonly number[], unit: string) => {
    const most = Math.max(1, ...values);
    const y = (value: number) => top + CHART - (value / most) * CHART;
    const points = values.map(
      (value, i) => `${x(began + (i + 0.5) * 1000).toFixed(1)},${y(value).toFixed(1)}`,
    );
    out.push(
      `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${top + CHART}" y2="${top + CHART}"/>`,
    );
    out.push(`<polyline class="line ${color}" points="${points.join(' ')}"/>`);
    text(LEFT - 8, top + 10, `${Math.round(most)} ${unit}`, ' text-anchor="end"');
    text(LEFT - 8, top + CHART / 2, name, ' text-anchor="end"');
    text(LEFT - 8, top + CHART, '0', ' text-anchor="end"');
    top += CHART + GAP;
  };
  text(16, 22, title, ' class="title"');
  chart('sends', 'a', sends, '/s');
  chart('deliveries', 'b', deliveries, '/s');
  chart('slowest ack', 'c', slowest, 'ms');
  for (const name of names) {
    text(LEFT - 8, top + LANE - 3, name, ' text-anchor="end"');
    for (const span of spans.filter(one => one.name === name)) {
      const width = Math.max(2, x(span.to) - x(span.from));
      out.push(
        `<rect class="fault" x="${x(span.from).toFixed(1)}" y="${top + 2}" width="${width.toFixed(1)}" height="${LANE - 4}"/>`,
      );
    }
    top += LANE;
  }
  phases.forEach((phase, i) => {
    out.push(
      `<line class="axis" x1="${x(phase.t).toFixed(1)}" x2="${x(phase.t).toFixed(1)}" y1="34" y2="${top}"/>`,
    );
    text(
      x(phase.t) + 3,
      // Short phases stand close: their names take turns on two lines.
      top + 12 + (i % 2) * LANE,
      phase.name === 'check' ? '' : `${phase.name}, ${Math.round((phase.t - began) / 1000)} s`,
    );
  });
  const height = top + 24 + LANE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style><rect class="ground" width="${WIDTH}" height="${height}"/>`,
    ...out,
    '</svg>',
    '',
  ].join('\n');
}

function perSecond(history: readonly HistoryRecord[], began: number, seconds: number) {
  const zeros = () => Array<number>(seconds).fill(0);
  const [sends, deliveries, slowest] = [zeros(), zeros(), zeros()] as const;
  const sentAt = new Map<number, number>();
  for (const record of history) {
    const second = Math.floor((record.t - began) / 1000);
    if (second < 0 || second >= seconds) continue;
    if (record.kind === 'send') {
      sends[second] = (sends[second] ?? 0) + 1;
      sentAt.set(record.call, record.t);
    } else if (record.kind === 'wire') deliveries[second] = (deliveries[second] ?? 0) + record.entries.length;
    else if (record.kind === 'ok') {
      const wait = record.t - (sentAt.get(record.call) ?? record.t);
      slowest[second] = Math.max(slowest[second] ?? 0, wait);
    }
  }
  return { sends, deliveries, slowest };
}

function faultSpans(history: readonly HistoryRecord[]): { name: string; from: number; to: number }[] {
  const open = new Map<number, { name: string; from: number }>();
  const spans: { name: string; from: number; to: number }[] = [];
  for (const record of history) {
    if (record.kind !== 'fault') continue;
    const begun = open.get(record.fault);
    if (record.phase === 'begin') open.set(record.fault, { name: record.name, from: record.t });
    else if (begun && record.effect !== undefined) spans.push({ ...begun, to: record.t });
  }
  return spans;
}

const escaped = (words: string) =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
