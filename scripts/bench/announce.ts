/**
 * `npm run bench:announce`: an announcement to ten thousand people who are all here, in a hub of its own: how long until the last of them has it, until the
 * hub has counted them, and, when all acknowledge at once, until it has all their answers in its database.
 *
 *   npm run bench:announce -- [--people 10000] [--json]
 *
 * Ends with 1 when the last one waited 5 s or more.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { createTerminal } from '../../clients/cli/terminal.ts';
import type { CallData, CallName } from '../../shared/protocol/calls.ts';
import type { Reply } from '../../shared/protocol/errors.ts';
import { readOptions } from '../lib/options.ts';
import type { Crowd } from './announce/crowd.ts';
import { openHelper } from './overload/helper.ts';
import { openHub, person, unlimited } from './overload/hub.ts';

const { values } = readOptions(
  'bench:announce',
  'Announces to many people who are connected, and measures how long it takes until all of them have it.',
  {
    people: { type: 'string', default: '10000', says: 'how many' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
);
const count = Number(values.people);
const MARK = 5000;
/** Who waits longer is not waited for, in ms. */
const PATIENCE = 120_000;
const SECRET = 'a secret of the benchmark, 32 bytes or more';
/** People who come in one step of the bar. */
const STEP = 500;

const terminal = createTerminal(process.stdout, process.stderr, new AbortController().signal);

await using hub = await openHub({
  ...unlimited,
  JWT_SECRET: SECRET,
  MAX_CONNECTIONS: '100000',
  LOAD_SHEDDING: 'off',
});
await using crowd = openHelper<Crowd>('../announce/crowd.ts');
{
  using bar = terminal.progress('People come', count);
  for (let first = 0; first < count; first += STEP) {
    await crowd.ask('come', { url: hub.url, secret: SECRET, first, count: Math.min(STEP, count - first) });
    bar.set(first + STEP);
  }
}
const { token } = await person('admin', undefined, 'admin');
const admin = io(hub.url, { auth: { token, protocol: 1 }, transports: ['websocket'] });
await new Promise(resolve => admin.once('welcome', resolve));

async function call<C extends CallName>(socket: Socket, name: C, input: object): Promise<CallData<C>> {
  const reply: Reply<CallData<C>> = await socket.timeout(PATIENCE).emitWithAck(name, input);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
  return reply.data;
}

/** Milliseconds until the hub says that this many have. */
async function counted(
  label: string,
  id: string,
  from: number,
  which: 'delivered' | 'acked',
): Promise<number> {
  using bar = terminal.progress(label, count);
  while (Date.now() - from < PATIENCE) {
    const status = await call(admin, 'announce:status', { id, limit: 1 });
    bar.set(status[which]);
    if (status[which] >= count) return Date.now() - from;
    await delay(50);
  }
  throw new Error(`${label}: not all within ${PATIENCE / 1000} s`);
}

const began = Date.now();
const { id, audience } = await call(admin, 'announce:send', {
  key: crypto.randomUUID(),
  text: 'Everybody out by the north door. Leave bags where they are.',
  level: 'critical',
  audience: { roles: ['member'] },
  requireAck: true,
});
const answered = Date.now() - began;
const marked = await counted('Delivered', id, began, 'delivered');
const { count: heard, last } = await crowd.ask('heard');
const asked = Date.now();
const acknowledged = crowd.ask('acknowledge');
const acked = await counted('Acknowledged', id, asked, 'acked');
const lastAck = (await acknowledged) - asked;
admin.close();

const result = {
  people: count,
  audience,
  heard,
  sendAckMs: answered,
  lastHeardMs: last - began,
  countedMs: marked,
  acksAnsweredMs: lastAck,
  acksCountedMs: acked,
};
if (values.json) console.log(JSON.stringify(result));
else console.table(result);
if (heard < count || result.lastHeardMs >= MARK) process.exitCode = 1;
