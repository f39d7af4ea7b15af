// time limit: 300 s
// The contract of signals over a Redis without sharded channels, as managed servers are that forbid them.
// takes: 26 s
import { NO_SHARDED, openRedisServer } from '../../scripts/lib/redis-server.ts';
import { signalsContract } from '../testing/contracts/signals.ts';

signalsContract('two hubs over Redis, classic', {
  hubs: 2,
  open: async parts => ({ REDIS_URL: parts.use(await openRedisServer(...NO_SHARDED)).url }),
});
