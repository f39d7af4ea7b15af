// `node scripts/bench/vectors.ts [VECTORS] [DIMENSIONS]`: how long the exact search by meaning takes, in the thread that does it.
import { openThread } from '../../server/search/vectors/thread.ts';

const [count = 100_000, dimensions = 384] = process.argv.slice(2).map(Number);
const ROUNDS = 50;

const random = () => Float32Array.from({ length: dimensions }, () => Math.random() - 0.5);
await using vectors = openThread(dimensions, error => {
  throw error;
});
for (let from = 0; from < count; from += 2000) {
  await vectors.apply(
    Array.from({ length: Math.min(2000, count - from) }, (_, at) => ({
      room: `room-${at % 20}`,
      seq: from + at,
      scale: 0.001,
      bytes: Buffer.from(Int8Array.from(random(), value => Math.round(value * 254)).buffer).toString(
        'base64',
      ),
    })),
  );
}
const rooms = Array.from({ length: 20 }, (_, at) => ({ id: `room-${at}`, since: 1, head: count }));
const times: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const query = random();
  const began = performance.now();
  await vectors.nearest(query, rooms, 200);
  times.push(performance.now() - began);
}
times.sort((a, b) => a - b);
const at = (share: number) => `${times[Math.floor((ROUNDS - 1) * share)]?.toFixed(1)} ms`;
process.stdout.write(
  `${count} vectors of ${dimensions}: median ${at(0.5)}, 95% ${at(0.95)}, worst ${at(1)}; memory ${Math.round(process.memoryUsage().rss / 1e6)} MB\n`,
);
