// time limit: 300 s
// The contract of signals on one hub alone, and on two over a Redis that has sharded channels.
// takes: 34 s
import { openRedisServer } from '../../scripts/lib/redis-server.ts';
import { signalsContract } from '../testing/contracts/signals.ts';

signalsContract('one hub alone', { hubs: 1, open: async () => ({}) });

signalsContract('two hubs over Redis, sharded', {
  hubs: 2,
  open: async parts => ({ REDIS_URL: parts.use(await openRedisServer()).url }),
});
