import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '#shared/protocol/events.ts';
import { createNodeFigures, quantile } from './node-figures.ts';
import { createMeters, observe } from './ports-meters.ts';

const test = suite('hub/node-figures');
const load = { loopDelayMs: 4.0499, memory: 0.12345, rss: 1000 };
const said = (room: string, by: string, type: LogEvent['type'] = 'message.created') => ({
  room,
  epoch: 'e',
  head: 1,
  events: [{ type, by }] as unknown as LogEvent[],
});

test('a quantile lies in the bucket that holds it, as far as it reaches into it; above all bounds it is the last one', () => {
  assert.is(quantile([10, 20], [0, 0, 0], 0.5), null);
  assert.is(quantile([10, 20], [4, 0, 0], 0.5), 5);
  assert.is(quantile([10, 20], [2, 2, 0], 0.75), 15);
  assert.is(quantile([10, 20], [0, 0, 7], 0.99), 20);
});

test('messages are counted by room and person for a minute, other entries not; answers by what came in that minute', () => {
  const meters = createMeters();
  const figures = createNodeFigures({ meters, look: () => load });
  figures.wrote([said('hall', 'ada'), said('hall', 'bob'), said('yard', 'ada'), said('hall', 'ada')]);
  figures.wrote([said('hall', 'ada', 'reaction.added')]);
  for (let n = 0; n < 100; n++) observe(meters.acks, 4);
  figures.tick();
  const { busiest, acks, perSecond, loopDelayMs, memory } = figures.lately();
  assert.equal(busiest, {
    rooms: [
      { id: 'hall', messages: 3 },
      { id: 'yard', messages: 1 },
    ],
    people: [
      { id: 'ada', messages: 3 },
      { id: 'bob', messages: 1 },
    ],
  });
  assert.equal([acks.count, acks.p50], [100, 3.5]);
  assert.ok(perSecond.messages > 0 && perSecond.calls > 0);
  assert.equal([loopDelayMs, memory], [4, { rss: 1000, share: 0.123 }]);
  for (let second = 0; second < 70; second++) figures.tick();
  const later = figures.lately();
  assert.equal([later.busiest.rooms, later.acks], [[], { count: 0, p50: null, p99: null }]);
  assert.is(later.perSecond.messages, 0);
});

test.run();
