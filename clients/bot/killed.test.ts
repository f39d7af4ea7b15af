// time limit: 900 s
// A bot that is killed -9 on its way through a log misses nothing, and repeats at most what it was at; MESSAGES=10000 for more of them.
// takes: 10 s
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTestHub } from './testing/hub.ts';

const test = suite('a bot that is killed');
const MESSAGES = Number(process.env.MESSAGES ?? 2000);
/** Without any progress for so long, in ms, it is stuck. */
const STUCK = 30_000;

/** Resolves when so many are there; as long as they become more, it may take its time. */
async function reach(count: number, seen: () => Promise<number[]>): Promise<void> {
  let before = 0;
  for (let since = performance.now(); ; ) {
    const { length } = await seen();
    if (length >= count) return;
    if (length > before) since = performance.now();
    before = length;
    if (performance.now() - since > STUCK) throw new Error(`It stopped at ${length} of ${count}.`);
    await delay(25);
  }
}

test(`${MESSAGES} messages, two kills: none missed, at most the one in hand repeated, nothing said twice (I1, I3)`, async () => {
  await using hub = await createTestHub();
  const folder = await mkdtemp(path.join(tmpdir(), 'first-court-scribe-'));
  const file = path.join(folder, 'seen');
  const { url, token } = await hub.bot('scribe');
  const env = { ...process.env, COURT_URL: url, COURT_TOKEN: token, SCRIBE_FILE: file };
  const start = (): ChildProcess =>
    spawn(process.execPath, [path.join(import.meta.dirname, 'testing/scribe.ts')], { env, stdio: 'ignore' });
  const seen = async () =>
    (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);

  const ada = await hub.person('Ada');
  let bot = start();
  try {
    const numbers = Array.from({ length: MESSAGES }, (_, n) => n + 1);
    const send = async () => {
      // As fast as the hub takes them, in order.
      for (let at = 0; at < MESSAGES; at += 200) {
        const batch = numbers
          .slice(at, at + 200)
          .map(n => ({ room: 'lobby', id: crypto.randomUUID(), text: String(n) }));
        await Promise.all(
          batch.map(message => ada.court.call('message:send', message, { timeoutMs: 60_000 })),
        );
      }
    };
    const sent = send();
    for (const part of [0.3, 0.6]) {
      await reach(MESSAGES * part, seen);
      bot.kill('SIGKILL');
      await once(bot, 'exit');
      bot = start();
    }
    await sent;
    await reach(MESSAGES, seen);
    await ada.hears(`noted ${MESSAGES}`);

    const all = await seen();
    assert.equal([...new Set(all)], numbers, 'all of them, in order');
    const repeated = all.filter((n, at) => n === all[at - 1]);
    assert.is(all.length, MESSAGES + repeated.length, 'what is repeated is what was in hand');
    assert.ok(repeated.length <= 2, `${repeated}`);
    const noted: string[] = [];
    for (let after = 0, more = true; more; ) {
      const page = await ada.court.call('events:read', { room: 'lobby', after, limit: 500 });
      for (const event of page.events)
        if (event.type === 'message.created' && event.by === 'scribe') noted.push(event.data.text);
      after = page.events.at(-1)?.seq ?? page.head;
      more = after < page.head;
    }
    assert.equal(
      noted,
      numbers.filter(n => n % 50 === 0).map(n => `noted ${n}`),
    );
  } finally {
    bot.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
