import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { brief, openFolder, readAll } from './fixture.ts';
import { EXPORT_FORMAT, jsonlSource } from './jsonl.ts';

const test = suite('JSON lines');

async function parse(...lines: (object | string)[]) {
  await using folder = await openFolder();
  const text = lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return await readAll(jsonlSource([await folder.write('room.jsonl', text)], { room: 'copy' }));
}

async function refusal(...lines: (object | string)[]): Promise<string> {
  try {
    await parse(...lines);
  } catch (error) {
    return (error as Error).message.replace(/^.*room\.jsonl/, 'room.jsonl');
  }
  return 'was read';
}

const room = { id: 'lobby', title: 'Lobby', kind: 'public', createdBy: 'ada' };
const header = {
  format: EXPORT_FORMAT,
  version: 1,
  room,
  epoch: 'e1',
  head: 3,
  exportedAt: '2026-01-01T00:00:00.000Z',
};
const id = '0e8a3a3c-6f1b-4a7a-9d3e-1b2c3d4e5f60';
const at = '2026-01-01T00:00:00.000Z';

test('an export: its header names the room, its entries come as they are', async () => {
  const message = { id, type: 'message.created', at, by: 'ada', data: { text: 'hi', mentions: ['bob'] } };
  const { entries, findings } = await parse(
    header,
    { seq: 1, id, type: 'room.created', at, by: 'ada', data: { title: 'Lobby', kind: 'public' } },
    { seq: 2, id, type: 'member.joined', at, by: 'ada', data: { user: 'ada', name: 'Ada', role: 'owner' } },
    { seq: 3, ...message },
  );
  assert.equal(entries.map(brief), ['ada member.joined ada', 'ada message.created hi']);
  assert.equal(entries[1], message);
  assert.equal(findings.room, { title: 'Lobby', kind: 'public', topic: undefined, createdBy: 'ada' });
  assert.equal(findings.people.get('ada'), { name: 'Ada', role: 'member' });
});

test('simple lines: time, author, text; the same line has the same id for ever', async () => {
  const lines = [
    { at: '2026-01-31T13:00:00+01:00', by: 'ada', text: 'Hello', name: 'Ada L.' },
    { at, by: 'bob', text: 'Hi', id, meta: { from: 'script' } },
  ];
  const [first, second] = [await parse(...lines), await parse(...lines)];
  assert.equal(first.entries, second.entries);
  assert.is(first.entries[0]?.at, '2026-01-31T12:00:00.000Z');
  assert.is(first.entries[1]?.id, id);
  assert.equal(first.findings.people.get('ada')?.name, 'Ada L.');
});

test('what is wrong is told with file, line and field', async () => {
  const good = { at, by: 'ada', text: 'x' };
  assert.is(await refusal(good, '{"at":'), 'room.jsonl:2 is not JSON.');
  assert.is(await refusal('[1]'), 'room.jsonl:1 is not a JSON object.');
  assert.match(await refusal(good, { ...good, at: 'yesterday' }), /^room\.jsonl:2 cannot be imported: at: /);
  assert.match(await refusal({ ...good, text: ' ' }), /room\.jsonl:1 cannot be imported: text: is blank/);
  assert.match(await refusal({ ...good, by: 'x'.repeat(129) }), /room\.jsonl:1 cannot be imported: by: /);
  assert.match(await refusal({ ...good, admin: true }), /room\.jsonl:1 cannot be imported: /);
  assert.match(await refusal({ ...header, version: 9 }), /room\.jsonl:1 cannot be imported: version: /);
  assert.match(
    await refusal({ seq: 1, id, type: 'message.created', at, by: 'ada', data: {} }),
    /room\.jsonl:1 cannot be imported: data\.text: /,
  );
});

test.run();
