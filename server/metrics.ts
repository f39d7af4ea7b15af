// The hub's numbers in Prometheus' words. Everything is read when somebody asks, and nothing before: what is counted on the way is counted
// in plain numbers (hub/meters.ts).
import type { Metric, Registry } from 'prom-client';
import type { IndexState } from './hub/ports-indexing.ts';
import type { Buckets, Meters } from './hub/ports-meters.ts';

/** What a node looks like now. */
export interface Sight {
  readonly sockets: number;
  readonly rooms: number;
  readonly people: number;
  /** Undefined: no Redis is configured. */
  readonly redis: string | undefined;
  readonly integrations: Readonly<Record<string, { readonly state: string }>>;
  /** Undefined: there is no index outside the database. */
  readonly index?: IndexState | undefined;
}

const REDIS_STATES = ['ok', 'away'] as const;
const INDEX_STATES = ['connecting', 'ready', 'degraded', 'failed'] as const;
const INTEGRATION_STATES = ['off', 'connecting', 'ready', 'degraded', 'failed'] as const;

type Labels = Record<string, string>;
type Values = readonly (readonly [labels: Labels, value: number])[];

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

interface MetricsDeps {
  readonly meters: Meters;
  sight(): Sight;
}

/** Prometheus' text format; it is the library's default. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function createMetrics(deps: MetricsDeps): Metrics {
  let registry: Promise<Registry> | undefined;
  return {
    contentType: CONTENT_TYPE,
    async text() {
      registry ??= openRegistry(deps);
      return (await registry).metrics();
    },
  };
}

/** It watches the process from then on; a hub whose numbers nobody reads is not watched, and does not load what would. */
async function openRegistry({ meters, sight }: MetricsDeps): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();

  const add = (name: string, type: string, help: string, read: () => { values: object[] }) =>
    registry.registerMetric({
      name,
      reset() {},
      get: async () => ({ name, help, type, aggregator: 'sum', ...read() }),
    } as unknown as Metric);
  const number = (type: 'counter' | 'gauge', name: string, help: string, read: () => number | Values) =>
    add(name, type, help, () => {
      const value = read();
      const values = typeof value === 'number' ? ([[{}, value]] as const) : value;
      return { values: values.map(([labels, value]) => ({ labels, value })) };
    });
  const histogram = (name: string, help: string, buckets: Buckets, scale: number) =>
    add(name, 'histogram', help, () => {
      let total = 0;
      const values = buckets.bounds.map((bound, at) => {
        total += buckets.counts[at] as number;
        return { metricName: `${name}_bucket`, labels: { le: bound * scale }, value: total };
      });
      total += buckets.counts[buckets.bounds.length] as number;
      return {
        values: [
          ...values,
          { metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: total },
          { metricName: `${name}_sum`, labels: {}, value: buckets.sum * scale },
          { metricName: `${name}_count`, labels: {}, value: total },
        ],
      };
    });
  const oneOf = (states: readonly string[], state: string, labels: Labels = {}): Values =>
    states.map(name => [{ ...labels, state: name }, name === state ? 1 : 0] as const);

  number(
    'counter',
    'court_events_appended_total',
    'Log entries that this node wrote.',
    () => meters.appended,
  );
  number('counter', 'court_frames_total', 'Event frames given to sockets.', () => meters.frames);
  number('counter', 'court_deliveries_total', 'Log entries given to sockets.', () => meters.deliveries);
  histogram('court_ack_seconds', 'Time from a call to its answer.', meters.acks, 0.001);
  histogram('court_group_size', 'Log entries per transaction.', meters.groups, 1);
  number('gauge', 'court_sockets', 'Open sockets of this node.', () => sight().sockets);
  number('gauge', 'court_rooms_followed', 'Rooms with a socket on this node.', () => sight().rooms);
  number(
    'gauge',
    'court_people_known',
    'People of whom something says that they are there.',
    () => sight().people,
  );
  number('gauge', 'court_redis', 'State of the link to Redis; absent without one.', () => {
    const { redis } = sight();
    return redis === undefined ? [] : oneOf(REDIS_STATES, redis === 'ok' ? 'ok' : 'away');
  });
  number('gauge', 'court_integration', 'State of each service outside: 1 where it stands.', () =>
    Object.entries(sight().integrations).flatMap(([vendor, { state }]) =>
      oneOf(INTEGRATION_STATES, state, { vendor }),
    ),
  );
  number(
    'gauge',
    'court_search_index',
    'State of the index outside the database; absent without one.',
    () => {
      const { index } = sight();
      return index ? oneOf(INDEX_STATES, index.state) : [];
    },
  );
  // Of the node that keeps the index; absent on the others.
  for (const [type, name, help, key] of [
    ['gauge', 'court_search_behind', 'Log entries that the index has still to read.', 'behind'],
    ['counter', 'court_search_indexed_total', 'Messages written to the index.', 'indexed'],
    ['counter', 'court_search_retried_total', 'Messages that the index refused for load.', 'retried'],
    ['counter', 'court_search_dead_total', 'Messages that can never go into the index.', 'dead'],
  ] as const) {
    number(type, name, help, () => {
      const keeping = sight().index?.keeping;
      return keeping ? [[{}, keeping[key]]] : [];
    });
  }

  collectDefaultMetrics({ register: registry });
  return registry;
}
