// A lease whose holder is killed or stopped, as a process of its own on a real database: another takes over, and never do two work at once.
// takes: 15 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPostgres } from '../store/postgres.ts';
import { openTestDatabase, type TestDatabase } from '../testing/database.ts';
import { until } from '../testing/until.ts';

const test = suite('lease faults');
let database: TestDatabase;

test.before(async () => {
  database = await openTestDatabase();
});
test.after(async () => database[Symbol.asyncDispose]());

/** A holder as a process of its own, which can be killed or stopped: says `begin` and `end` around its work, by the machine's one clock. */
const HOLDER = `
  import { createBackground } from '${new URL('./background.ts', import.meta.url)}';
  import { createLeases } from '${new URL('./lease.ts', import.meta.url)}';
  import { openPostgres } from '${new URL('../store/postgres.ts', import.meta.url)}';
  import { createUpkeepStore } from '${new URL('../store/queries/upkeep.ts', import.meta.url)}';
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const [url, name, seconds] = process.argv.slice(1);
  const say = what => process.stdout.write(what + ' ' + Date.now() + '\\n');
  const db = await openPostgres(url, { max: 2 });
  const store = createUpkeepStore(db);
  const background = createBackground(log);
  const leases = createLeases({ store, background, node: name, now: Date.now, log, renewMs: 20, lastsSeconds: Number(seconds) });
  leases.run({ name: 'faults', everyMs: 0, async work() {
    say('begin');
    for (let question = 0; question < 20; question++) await db.sql\`select 1\`;
    say('end');
  } });
`;

interface Run {
  readonly begin: number;
  /** Infinity for work that never ended. */
  readonly end: number;
}

/** Machines that are busy elsewhere take long to start a process. */
const PATIENCE = { patience: 60_000 };

function holder(name: string, seconds: number) {
  const args = ['--input-type=module', '-e', HOLDER, database.url, name, `${seconds}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const stops: { at: number; until: number }[] = [];
  let said = '';
  child.stdout.setEncoding('utf8').on('data', text => (said += text));
  const runs = (): Run[] => {
    const marks = [...said.matchAll(/(?:begin|end) (\d+)\n/g)].map(([, at]) => Number(at));
    return Array.from({ length: Math.ceil(marks.length / 2) }, (_, i) => ({
      begin: marks[2 * i] as number,
      end: marks[2 * i + 1] ?? Number.POSITIVE_INFINITY,
    }));
  };
  return {
    runs,
    /** Resolves when so many more runs have begun. */
    async more(count: number) {
      const before = runs().length;
      await until(() => runs().length >= before + count, `${count} more runs`, PATIENCE);
    },
    stop() {
      stops.push({ at: Date.now(), until: Number.POSITIVE_INFINITY });
      child.kill('SIGSTOP');
    },
    wake() {
      Object.assign(stops.at(-1) as object, { until: Date.now() });
      child.kill('SIGCONT');
    },
    /** It was under way as its process was stopped, or about to begin. */
    wasInterrupted: (run: Run) =>
      stops.some(
        stop =>
          (run.begin <= stop.until && run.end >= stop.at) ||
          run.begin === runs().find(({ begin }) => begin >= stop.until)?.begin,
      ),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Which of the two has the lease, once one works. */
async function inOrder<T extends ReturnType<typeof holder>>(one: T, two: T): Promise<[T, T]> {
  await until(() => one.runs().length + two.runs().length >= 3, 'one of them works', PATIENCE);
  return one.runs().length > 0 ? [one, two] : [two, one];
}

test('a holder that is killed is replaced when its lease has run out, and not before', async () => {
  await using db = await openPostgres(database.url, { max: 1 });
  const look = () => db.sql<{ until: Date }[]>`select until from leases where name = 'faults'`;
  await look();
  await using one = holder('one', 5);
  await using two = holder('two', 5);
  const [first, second] = await inOrder(one, two);
  assert.equal(second.runs(), []);
  await first[Symbol.asyncDispose]();
  const [lease] = await look();
  await second.more(3);
  assert.ok((second.runs()[0] as Run).begin >= Number(lease?.until));
});

test('a holder that was stopped ends the run it was in and begins no other: never do two go on working at once', async () => {
  await using one = holder('one', 3);
  await using two = holder('two', 3);
  const [first, second] = await inOrder(one, two);
  first.stop();
  await second.more(3);
  first.wake();
  await second.more(20);
  second.stop();
  await first.more(3);
  second.wake();
  await first.more(20);
  for (const a of first.runs())
    for (const b of second.runs())
      if (a.begin < b.end && b.begin < a.end)
        assert.ok(first.wasInterrupted(a) || second.wasInterrupted(b), JSON.stringify([a, b]));
});

test.run();
