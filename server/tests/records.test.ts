// Moderation and retention: who sees what was reported (I9), that what is done about it is done whole, and that what a room no longer keeps is gone from
// every copy (I10) and from all that was made of it.
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallInput } from '#shared/protocol/calls.ts';
import { withConnection } from '../store/databases.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import type { TestClient } from '../testing/client.ts';
import { createFileDoor } from '../testing/files.ts';
import { castOf, foldOf, takeDue, timeless } from '../testing/records.ts';
import { until } from '../testing/until.ts';

const test = suite('records');
const people = ['owner', 'mod', 'ada', 'bob', 'eve', 'boss'] as const;
let hub: TestHub;
let who: Record<(typeof people)[number], TestClient>;
let room: string;
/** Milliseconds that the hub's clock is ahead. */
let later = 0;

const uuid = () => crypto.randomUUID();
const say = async (client: TestClient, text: string, more = {}) => {
  const id = uuid();
  return { ...(await client.call('message:send', { room, id, text, ...more })), id };
};
const report = (client: TestClient, target: string, more: object = {}) =>
  client.call('report:send', { room, target, id: uuid(), reason: 'abuse', ...more });
const listed = async (client: TestClient, of: CallInput<'report:list'> & object = { room, state: 'open' }) =>
  (await client.call('report:list', of)).reports;
const settle = (client: TestClient, id: string, action: string, more: object = {}) =>
  client.call('report:settle', { id, action, ...more });
const messages = async (client: TestClient) =>
  (await client.call('messages:read', { room, limit: 200 })).messages;
const audited = async (action: string) => (await who.boss.call('admin:audit', { action, limit: 5 })).entries;
const sql = (text: string) => withConnection(hub.databaseUrl, db => db.unsafe(text));
/** As if all that was said in the room so far had been said so many days ago. */
const age = (days: number) =>
  sql(`update messages set at = at - interval '${days} days' where room = '${room}' and deleted_at is null;
    update files set shared_at = shared_at - interval '${days} days' where room = '${room}'`);
const run = () => takeDue(who.boss, room);
const upload = async (name: string) =>
  createFileDoor(hub.url, await hub.token('ada')).upload({ room, name, bytes: randomBytes(50) });
const fetched = async (file: string) =>
  (await createFileDoor(hub.url, await hub.token('bob')).get(file)).status;

test.before(async () => {
  hub = await boot({ env: { RETENTION_DAYS: '4000' }, now: () => Date.now() + later });
  who = await castOf(hub, people);
});

test.before.each(async () => {
  const made = { title: 'Room', kind: 'private', members: ['mod', 'ada', 'bob'] };
  room = (await who.owner.call('room:create', made)).room.id;
  await who.owner.call('member:role', { room, user: 'mod', role: 'moderator' });
  for (const name of ['owner', 'mod', 'ada', 'bob'] as const) await who[name].call('room:join', { room });
});

test.after(async () => {
  for (const client of Object.values(who)) await client[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
  assert.equal(hub.complaints, []);
});

test('a report reaches who moderates the room, with the reporter’s name, and nobody else; again is nothing', async () => {
  const bad = await say(who.bob, 'Something unkind');
  const { id } = await report(who.ada, bad.id, { note: 'Look' });
  assert.equal(await report(who.ada, bad.id), { id, again: true });
  await report(who.owner, bad.id, { reason: 'other' });
  await who.mod.push('reports:changed', push => push.room === room);

  const [one, ...more] = await listed(who.mod);
  assert.equal(more, []);
  assert.equal(
    [one?.message, one?.author, one?.authorName, one?.text, one?.state],
    [bad.id, 'bob', 'The bob', 'Something unkind', 'open'],
  );
  assert.equal(
    one?.voices.map(({ user, name, reason, note }) => [user, name, reason, note]),
    [
      ['ada', 'The ada', 'abuse', 'Look'],
      ['owner', 'The owner', 'other', undefined],
    ],
  );
  assert.is((await who.mod.call('report:list', {})).open >= 1, true);
  // Who wrote it, who reported it, who is elsewhere, and an admin who is not in the room.
  for (const client of [who.bob, who.ada])
    assert.is((await client.refused('report:list', { room })).code, 'forbidden');
  assert.is((await who.eve.refused('report:list', { room })).code, 'not_found');
  assert.equal(await listed(who.boss), []);
  assert.equal(await listed(who.bob, {}), []);
  for (const client of [who.bob, who.ada, who.eve, who.boss])
    assert.is((await client.refused('report:settle', { id: one?.id, action: 'dismiss' })).code, 'not_found');
  assert.is(
    who.bob.pushes.some(({ name }) => name === 'reports:changed'),
    false,
  );

  await settle(who.mod, one?.id as string, 'dismiss', { note: 'Not so bad' });
  await settle(who.mod, one?.id as string, 'dismiss', { note: 'Not so bad' });
  assert.is((await who.owner.refused('report:settle', { id: one?.id, action: 'delete' })).code, 'conflict');
  assert.equal(await listed(who.mod), []);
  const [closed] = await listed(who.owner, { room, state: 'settled' });
  assert.equal(
    [closed?.state, closed?.settledBy, closed?.note, closed?.text],
    ['dismissed', 'mod', 'Not so bad', undefined],
  );
  assert.equal(await report(who.ada, bad.id), { id, again: true });
  const [line] = await audited('report.settled');
  assert.equal([line?.by, line?.about.action, line?.about.user], ['mod', 'dismiss', 'bob']);
  assert.not.match(JSON.stringify(line), 'unkind');
});

test('what cannot be reported: one’s own, what is not there or not one’s to read, and too much within an hour', async () => {
  const own = await say(who.ada, 'mine');
  const refused = async (client: TestClient, input: object) =>
    (await client.refused('report:send', { room, id: uuid(), reason: 'spam', ...input })).code;
  assert.is(await refused(who.ada, { target: own.id }), 'bad_request');
  assert.is(await refused(who.ada, { target: uuid() }), 'not_found');
  assert.is(await refused(who.eve, { target: own.id }), 'not_found');
  assert.is(await refused(who.boss, { target: own.id }), 'forbidden');
  assert.is(await refused(who.bob, { target: own.id, reason: 'dull' }), 'bad_request');
  await who.owner.call('member:add', { room, user: 'eve' });
  assert.is(await refused(who.eve, { target: own.id }), 'not_found', 'said before eve came');
  const others = await Promise.all(Array.from({ length: 31 }, (_, i) => say(who.bob, `${i}`)));
  for (const { id } of others.slice(0, 30)) await report(who.eve, id);
  assert.is(await refused(who.eve, { target: others[30]?.id }), 'rate_limited');
});

test('an admin sees of a private or direct room what a reporter hands over, and nothing else (I9)', async () => {
  const bad = await say(who.bob, 'between us');
  await report(who.ada, bad.id);
  await report(who.mod, bad.id, { reason: 'illegal', attach: true });
  const [one] = await listed(who.boss);
  assert.equal([one?.text, one?.voices.map(({ user }) => user)], ['between us', ['mod']]);
  assert.is((await who.boss.refused('messages:read', { room })).code, 'forbidden');
  await settle(who.boss, one?.id as string, 'delete');
  const gone = (await messages(who.ada)).find(({ id }) => id === bad.id);
  assert.equal([gone?.text, gone?.deletedAt === undefined], ['', false]);

  const { room: direct } = await who.bob.call('room:create', { kind: 'direct', members: ['ada'] });
  const id = uuid();
  await who.bob.call('message:send', { room: direct.id, id, text: 'psst' });
  const input = { room: direct.id, target: id, id: uuid(), reason: 'abuse' };
  assert.match((await who.ada.refused('report:send', input)).message, /set attach/);
  await who.ada.call('report:send', { ...input, attach: true });
  const [two] = await listed(who.boss, { room: direct.id });
  assert.is(two?.text, 'psst');
});

test('it is settled together with what is done, or not at all: a moderator cannot ban an owner, and then nothing is deleted', async () => {
  const high = await say(who.owner, 'From above');
  await report(who.ada, high.id);
  const [one] = await listed(who.mod);
  const refusal = await who.mod.refused('report:settle', { id: one?.id, action: 'ban', delete: true });
  assert.is(refusal.code, 'forbidden');
  assert.is((await messages(who.ada)).find(({ id }) => id === high.id)?.text, 'From above');
  assert.is((await listed(who.mod))[0]?.state, 'open');
  await settle(who.mod, one?.id as string, 'delete');

  const low = await say(who.bob, 'From below');
  await report(who.ada, low.id);
  const [two] = await listed(who.mod);
  const untilWhen = new Date(Date.now() + 60_000).toISOString();
  await settle(who.mod, two?.id as string, 'mute', { delete: true, until: untilWhen });
  // At once, not with the next look at the heads.
  await who.ada.until(() =>
    who.ada
      .events(room)
      .some(({ type, data }) => type === 'message.deleted' && 'target' in data && data.target === low.id),
  );
  await who.ada.until(() => who.ada.events(room).some(({ type }) => type === 'member.muted'));
  assert.match((await who.bob.refused('message:send', { room, id: uuid(), text: 'x' })).message, /muted/);
  await who.mod.call('member:mute', { room, user: 'bob', until: null });

  const last = await say(who.bob, 'Once more');
  await report(who.ada, last.id);
  const [three] = await listed(who.mod);
  await settle(who.mod, three?.id as string, 'ban', { note: 'Enough', until: untilWhen });
  await who.bob.push('room:removed', push => push.room === room);
  const wrong = { id: three?.id, action: 'delete', until: untilWhen };
  assert.match(
    (await who.mod.refused('report:settle', wrong)).message,
    /until: goes with mute and ban alone/,
  );
  const [line] = await audited('report.settled');
  assert.equal([line?.about.action, line?.about.note, line?.about.until], ['ban', 'Enough', untilWhen]);
});

test('what is too old goes from every copy, pinned or not, in an archived room too, with all that was made of it (I10)', async () => {
  const file = await upload('plan.txt');
  const root = await say(who.ada, 'The zeppelin rises');
  await say(who.ada, '', { files: [file] });
  await say(who.bob, 'As planned', { replyTo: root.id });
  await who.ada.call('message:edit', { room, target: root.id, id: uuid(), text: 'The zeppelin falls' });
  await who.bob.call('message:react', { room, target: root.id, id: uuid(), emoji: '🎈', on: true });
  await who.ada.call('message:pin', { room, target: root.id, id: uuid(), on: true });
  await report(who.bob, root.id);
  const search = async () => (await who.bob.call('search', { query: 'zeppelin', room })).hits.length;
  await until(async () => (await search()) === 1, 'it is found');
  await sql(`insert into dead_letters (bot, name, room, seq, attempts, error) values ('ada', 'x', '${room}', ${root.seq}, 3, 'zeppelin?');
    insert into notices (room, message, user_id, seq, reason, verdict, rule) values ('${room}', '${root.id}', 'bob', ${root.seq}, 'room', 'notified', 'away');
    insert into outbox (key, channel, topic, payload, state, done_at) values
      ('message:${room}:${root.id}:bob', 'email', 'message', '{"text": "zeppelin"}', 'sent', now())`);
  await age(31);
  const fresh = await say(who.ada, 'Still here');
  await who.owner.call('room:update', { room, retentionDays: 30 });
  await who.owner.call('room:update', { room, archived: true });
  const { rooms } = await who.boss.call('retention:list', { room });
  assert.equal(
    rooms.map(({ days, own, messages: due, files }) => [days, own, due, files]),
    [[30, true, 3, 1]],
  );
  assert.is(await fetched(file), 404, 'before the sweep has come by');
  assert.is(await run(), 3);
  assert.is(await run(), 0);

  const kept = await messages(who.bob);
  const gone = { text: '', pinned: undefined, reactions: [], files: [], gone: true };
  assert.equal(
    kept.map(({ text, pinned, reactions, files, deletedAt }) => ({
      ...{ text, pinned, reactions, files, gone: deletedAt !== undefined },
    })),
    [gone, gone, gone, { ...gone, text: 'Still here', gone: false }],
  );
  // The fold of the log, and of what was pushed, is the same.
  const { events, head } = await who.bob.call('events:read', { room, after: 0 });
  await who.bob.until(() => who.bob.events(room).at(-1)?.seq === head);
  assert.equal(foldOf(room, events), timeless(kept));
  assert.equal(foldOf(room, who.bob.events(room)), timeless(kept));
  assert.is(kept.at(-1)?.id, fresh.id);
  const goes = events.filter(({ type, data }) => type === 'message.deleted' && 'expired' in data);
  assert.equal([goes.length, goes[0]?.by], [3, 'first-court']);

  await until(async () => (await search()) === 0, 'it is found no more');
  const [left] = await sql(`select
    (select count(*) from events where room = '${room}' and (data::text like '%zeppelin%' or digest is not null and type = 'message.created')) as log,
    (select count(*) from dead_letters where room = '${room}') as letters, (select count(*) from notices where room = '${room}') as notices,
    (select count(*) from outbox where payload::text like '%zeppelin%') as outbox, (select count(*) from reports where text is not null and room = '${room}') as reports`);
  assert.equal({ ...left }, { log: '1', letters: '0', notices: '0', outbox: '0', reports: '0' });
  assert.is((await listed(who.mod))[0]?.text, undefined);
  assert.is((await who.bob.refused('file:get', { file })).code, 'not_found');
});

test('a hold keeps everything, files too, until it is lifted; both are audited, and nobody but admins knows', async () => {
  const file = await upload('a.txt');
  await say(who.ada, 'Evidence', { files: [file] });
  await age(10);
  await who.boss.call('room:update', { room, retentionDays: 1 });
  const hold = (on: boolean) => who.boss.call('retention:hold', { room, on, reason: 'Case 17' });
  await hold(true);
  assert.is(await run(), 0);
  await hub.hub.files.sweep();
  assert.is(await fetched(file), 200);
  const { rooms } = await who.boss.call('retention:list', { room });
  assert.equal(
    [rooms[0]?.days, rooms[0]?.hold?.by, rooms[0]?.hold?.reason, rooms[0]?.messages],
    [undefined, 'boss', 'Case 17', 0],
  );
  await hold(false);
  assert.is(await run(), 1);
  assert.equal(
    [(await audited('hold.set'))[0]?.by, (await audited('hold.lifted'))[0]?.about.room],
    ['boss', room],
  );
  assert.is((await audited('retention.run'))[0]?.about.room, room);
  for (const [name, input] of [
    ['retention:list', {}],
    ['retention:hold', { room, on: true }],
    ['retention:run', { room }],
  ] as const)
    assert.is((await who.owner.refused(name, input)).code, 'forbidden');
  for (const name of ['retention:hold', 'retention:run'] as const)
    assert.is((await who.boss.refused(name, { room: 'nowhere', on: true })).code, 'not_found');
});

test('the hub goes round by itself, also in rooms that say nothing of it, a stretch at a time', async () => {
  for (let i = 0; i < 3; i++)
    await Promise.all(Array.from({ length: 50 }, (_, k) => say(who.ada, `${i} ${k}`)));
  await age(4001);
  const young = await say(who.ada, 'young');
  later += 3_600_001;
  await until(
    async () =>
      (await messages(who.ada)).every(({ deletedAt, id }) => (deletedAt === undefined) === (id === young.id)),
    'the old is gone',
  );
  await until(async () =>
    (await audited('retention.swept')).some(({ about }) => about.room === room && about.messages === 150),
  );
});

test.run();
