// time limit: 300 s
// The contract of signals over a real Redis Cluster of three masters.
// takes: 35 s
import { openRedisCluster } from '../../scripts/lib/redis-server.ts';
import { signalsContract } from '../testing/contracts/signals.ts';

signalsContract('two hubs over a Redis Cluster', {
  hubs: 2,
  open: async parts => ({ REDIS_URL: parts.use(await openRedisCluster()).url }),
});
