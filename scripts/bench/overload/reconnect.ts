// A hub with a thousand clients is killed: all of them come back at another one, miss nothing, and cost the database little.
import { setTimeout as delay } from 'node:timers/promises';
import { withConnection } from '../../../server/store/databases.ts';
import { openEmbedded } from '../../../server/store/embedded.ts';
import { openRedisServer } from '../../lib/redis-server.ts';
import type { ComeBack } from './come-back.ts';
import type { Crowd } from './crowd.ts';
import { openHelper } from './helper.ts';
import { openFolder, openHub, people, unlimited } from './hub.ts';
import type { Row } from './row.ts';

const CLIENTS = 1000;
const WITHIN_MS = 15_000;
const MOST_QUERIES = 2;
const SPEAKERS = 5;
const PER_SECOND = 10;
const SPELL_S = 20;
/** PostgreSQL tells its counters this late after the last transaction of a session, in ms. */
const STATISTICS = 11_000;
const ROOM = 'hall';

/** Transactions that the database has committed, which is one for each query of a hub. */
const committed = (url: string): Promise<number> =>
  withConnection(url, async sql => {
    const [row] =
      await sql`select xact_commit::int as count from pg_stat_database where datname = current_database()`;
    return row?.count as number;
  });

export const reconnect: Row = {
  name: 'reconnect',
  mark: `a node with ${CLIENTS.toLocaleString('en')} clients is killed: all caught up elsewhere in ${WITHIN_MS / 1000} s, <= ${MOST_QUERIES} queries per client, nothing missing`,
  async run(say) {
    await using data = await openFolder();
    await using database = await openEmbedded(data.path);
    await using redis = await openRedisServer();
    const env = {
      ...unlimited,
      DATA_DIR: data.path,
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
    };
    await using stays = await openHub({ ...env, NODE_NAME: 'stays' });
    await using falls = await openHub({ ...env, NODE_NAME: 'falls' });
    await using speakers = openHelper<Crowd>('crowd.ts');
    await speakers.ask('come', { url: stays.url, who: await people(SPEAKERS, 'speaker'), perSecond: 50 });
    await speakers.ask('enter', { room: ROOM, make: true });
    await using crowd = openHelper<ComeBack>('come-back.ts');
    await crowd.ask('join', { url: falls.url, who: await people(CLIENTS, 'client'), room: ROOM });
    say(`${CLIENTS} clients are in, with Redis between the hubs`);
    const talk = () =>
      speakers.ask('talk', {
        call: 'message:send',
        input: { room: ROOM, text: 'And so on.' },
        perSecond: PER_SECOND,
        seconds: SPELL_S,
      });
    const spell = async (deed: () => Promise<unknown>) => {
      await delay(STATISTICS);
      const before = await committed(database.url);
      await Promise.all([talk(), deed()]);
      await delay(STATISTICS);
      return (await committed(database.url)) - before;
    };
    const calm = await spell(async () => {});
    say(`${calm} queries in a calm spell`);

    let took = Number.POSITIVE_INFINITY;
    let outcome = { behind: CLIENTS, holes: 0, refused: 0 };
    const storm = await spell(async () => {
      await delay(2000);
      await crowd.ask('turn', { url: stays.url });
      const began = performance.now();
      await falls.end('SIGKILL');
      // What is said after everybody is gone, so that they must be back to hear it.
      await delay(1000);
      const seq = await speakers.ask('head', { room: ROOM });
      outcome = await crowd.ask('caughtUp', { seq, patience: 40_000 });
      took = performance.now() - began;
      say(`caught up after ${(took / 1000).toFixed(1)} s`);
    });
    const last = await speakers.ask('head', { room: ROOM });
    const end = await crowd.ask('caughtUp', { seq: last, patience: 10_000 });
    const perClient = (storm - calm) / CLIENTS;
    return {
      measured: `${CLIENTS - outcome.behind} caught up within ${(took / 1000).toFixed(1)} s, ${outcome.refused} turned away for a moment, ${perClient.toFixed(2)} queries per client (${storm} - ${calm} of a calm spell, pg_stat_database), ${end.holes} holes, ${end.behind} behind at the end`,
      passed: outcome.behind + end.behind + end.holes === 0 && took <= WITHIN_MS && perClient <= MOST_QUERIES,
    };
  },
};
