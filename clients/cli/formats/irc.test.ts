import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CliError } from '../errors.ts';
import { brief, openFolder, readAll } from './fixture.ts';
import { ircSource } from './irc.ts';

const test = suite('IRC logs');

async function parse(log: string | Uint8Array, name = '2004-11-15_03.txt', date?: string) {
  await using folder = await openFolder();
  return await readAll(ircSource([await folder.write(name, log)], { room: 'ubuntu', date }));
}

test('messages, actions of both kinds, joins, parts, quits and new nicks', async () => {
  const { entries, findings } = await parse(
    [
      '[12:18] <usual> a few libs',
      '[12:18]  * ngnp trying',
      '=== wonders what uqm is...',
      '=== runo [~runo@CM-38-130.cm.vtr.net]  has joined #ubuntu',
      '=== q2 [~q2@dhcp024.woh.rr.com]  has left #ubuntu ["Leaving"]',
      '=== spacey has quit [Ping timeout]',
      '=== Kelen is now known as Kelen^Fox',
      '=== mode/#ubuntu [-b *!*@82.198.0.19]  by Seveas',
      '=== Topic for #ubuntu: be nice',
      '-!- ivoks [~ivoks@backup.grad.hr] has joined #ubuntu',
      '-!- mode/#ubuntu [+o Seveas] by ChanServ',
    ].join('\n'),
  );
  assert.equal(entries.map(brief), [
    'usual message.created a few libs',
    'ngnp message.created * ngnp trying',
    'wonders message.created * wonders what uqm is...',
    'runo member.joined runo',
    'q2 member.left q2',
    'spacey member.left spacey',
    'Kelen member.left Kelen',
    'Kelen^Fox member.joined Kelen^Fox',
    'Topic message.created * Topic for #ubuntu: be nice',
    'ivoks member.joined ivoks',
  ]);
  assert.equal([...findings.skipped], [['channel mode or topic', 2]]);
});

test('nicks that look like anything but nicks', async () => {
  const nicks = ['Matt|', '|trey|', 'ChrischiO`GER', '[[mandrix]]', '^JaMeS^', '_', 'a\\b', '{x}', 'l33t-'];
  const { entries } = await parse(nicks.map(nick => `[09:00] <${nick}> hi`).join('\n'));
  assert.equal(
    entries.map(({ by }) => by),
    nicks,
  );
});

test("signs of a channel's operators are no part of the nick; irssi's blank neither", async () => {
  const { entries } = await parse('09:00 <@boss> hi\n09:00 < ada> hi\n09:00:07 <+bob> hi\n');
  assert.equal(
    entries.map(({ by }) => by),
    ['boss', 'ada', 'bob'],
  );
});

test('empty texts, unusable nicks and foreign lines are left out and counted', async () => {
  const long = 'x'.repeat(16 * 1024 + 1);
  const { entries, findings } = await parse(
    `[12:15] <opteron>\n[12:15] <delta> \n[12:16] <\x01\x02> hi\n[12:16] <a> \0\n[12:17] <a> ${long}\nwhat is this\n\n[12:18] <b> ok`,
  );
  assert.equal(entries.map(brief), ['b message.created ok']);
  assert.equal(Object.fromEntries(findings.skipped), {
    'empty text': 3,
    'unusable nick': 1,
    'text longer than 16384 bytes': 1,
    'not understood': 1,
  });
});

test('control characters stay in texts, but for NUL, which no database keeps', async () => {
  const { entries } = await parse('[12:15] <a> \x02bold\x02 \x08\x03\t4red\0!\n');
  assert.equal(brief(entries[0]!), 'a message.created \x02bold\x02 \x08\x03\t4red!');
});

test('UTF-8 and Windows-1252 in one file, with a byte order mark and DOS line ends', async () => {
  const bytes = Buffer.concat([
    Buffer.from('\ufeff[12:15] <a> grüße\r\n'),
    Buffer.from('[12:15] <a> gr\xfc\xdfe\r\n', 'latin1'),
  ]);
  const { entries } = await parse(bytes);
  assert.equal(entries.map(brief), ['a message.created grüße', 'a message.created grüße']);
});

test('all of one minute is spread evenly over it, in order', async () => {
  const { entries } = await parse(
    '[12:18] <a> 1\n[12:18] <b> 2\n=== c has joined #x\n[12:18] <a> 3\n[12:19] <a> 4\n',
  );
  assert.equal(
    entries.map(({ at }) => at.slice(11, 19)),
    ['12:18:00', '12:18:15', '12:18:30', '12:18:45', '12:19:00'],
  );
  assert.is(entries[0]?.at, '2004-11-15T12:18:00.000Z');
});

test('a log that says its days itself needs none from its name', async () => {
  const { entries } = await parse(
    '--- Log opened Mon Nov 15 23:58:00 2004\n23:59 <a> 1\n--- Day changed Tue Nov 16 2004\n00:01 <a> 2\n',
    'irssi.log',
  );
  assert.equal(
    entries.map(({ at }) => at),
    ['2004-11-15T23:59:00.000Z', '2004-11-16T00:01:00.000Z'],
  );
  const own = await parse('[2010-01-02 10:00:05] <a> 1\n', 'x.log');
  assert.is(own.entries[0]?.at, '2010-01-02T10:00:05.000Z');
});

test('without any day the file is named and the option too', async () => {
  try {
    await parse('[12:18] <a> 1\n', 'channel.log');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, CliError);
    assert.match((error as Error).message, /channel\.log says no day.*--date/);
  }
  const { entries } = await parse('[12:18] <a> 1\n', 'channel.log', '2020-02-29');
  assert.is(entries[0]?.at, '2020-02-29T12:18:00.000Z');
});

test('the same log gives the same ids, whatever it is called and wherever it begins; each line its own', async () => {
  const lines = ['[12:17] <a> before', '[12:18] <a> hi', '[12:18] <a> hi', '[12:18] <b> hi'];
  const whole = await parse(lines.join('\n'));
  const rest = await parse(lines.slice(1).join('\n'), 'copy of 2004-11-15.log');
  const ids = whole.entries.map(({ id }) => id);
  assert.is(new Set(ids).size, 4);
  assert.equal(
    rest.entries.map(({ id }) => id),
    ids.slice(1),
  );
});

const real = path.join(import.meta.dirname, '../../../../shared/data/irc');
if (existsSync(real)) {
  test('real logs: every line is an entry, an expected loss, or two entries for a new nick', async () => {
    const files = readdirSync(real).filter(file => /\d\.txt$/.test(file));
    const source = ircSource(
      files.map(file => path.join(real, file)),
      { room: 'ubuntu' },
    );
    const { entries, findings } = await readAll(source);
    assert.ok(entries.length > 12_000, `${entries.length} entries`);
    assert.ok(findings.people.size > 1000, `${findings.people.size} people`);
    const skipped = [...findings.skipped.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(skipped < 20, `${skipped} lines were skipped`);
    assert.is(new Set(entries.map(({ id }) => id)).size, entries.length, 'ids are unique');
  });
} else {
  console.log('# skip real IRC logs: ../shared/data/irc is not there');
}

test.run();
