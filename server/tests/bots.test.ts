// Bots at the hub: scopes are the hub's word, cursors do not go back, commands reach one bot, their answers one person, and drafts no log.
// takes: 11 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { until } from '../testing/until.ts';

const test = suite('bots');
const people: TestClient[] = [];
let hub: TestHub;
let ahead = 0;
let admin: TestClient;
let ada: TestClient;
let bo: TestClient;

const client = async (id: string, role: 'member' | 'admin' | 'bot' = 'member', name = id) => {
  const one = await connect(hub.url, { token: await hub.token(id, { role, name }) });
  people.push(one);
  return one;
};
/** A private room of Ada's with these in it. */
const room = async (...members: string[]) =>
  (await ada.call('room:create', { title: 'Room', kind: 'private', members })).room.id;
const send = (by: TestClient, to: string, text: string, more = {}) =>
  by.call('message:send', { room: to, id: crypto.randomUUID(), text, ...more });

test.before(async () => {
  hub = await boot({ now: () => Date.now() + ahead, pollMs: 100 });
  [admin, ada, bo] = await Promise.all([client('root', 'admin'), client('ada'), client('bo')]);
});
test.before.each(() => {
  ahead = 0;
});
test.after(async () => {
  for (const one of people) await one[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

test('without `read` a bot reads nothing, whichever way it asks (I9)', async () => {
  const before = await client('mute-reader', 'bot');
  const id = await room('mute-reader');
  await send(ada, id, 'a secret of queens');
  await admin.call('bot:scopes', { bot: 'mute-reader', scopes: ['write'] });
  await before.push('session:end');
  const bot = await client('mute-reader', 'bot');
  for (const [call, more] of [
    ...(['room:join', 'messages:read'] as const).map(call => [call, {}] as const),
    ['events:read', { after: 0 }],
    ['read:mark', { seq: 1 }],
    ['search', { query: 'queens' }],
    ['summary:request', { range: 'day' }],
    ['summary:live', {}],
    ['cursor:get', { name: 'main' }],
    ['command:list', {}],
  ] as const) {
    assert.is((await bot.refused(call, { room: id, ...more })).code, 'forbidden', call);
  }
  assert.is((await bot.call('search', { query: 'queens' })).total, 0);
  await send(bot, id, 'and yet it writes');
});

test('without `write` it changes nothing, and may still go', async () => {
  const bot = await client('listener', 'bot');
  const id = await room('listener');
  const { id: target } = await send(ada, id, 'Hello');
  await bot.call('room:join', { room: id });
  await ada.call('bot:scopes', { bot: 'listener', room: id, scopes: ['read'] });
  const ended = await bot.push('session:end');
  assert.equal(ended, { code: 'replaced', reconnect: true, retryAfterMs: 0 });
  const again = await client('listener', 'bot');
  await again.call('room:join', { room: id });
  const call = { room: id, id: crypto.randomUUID(), target };
  for (const [name, more] of [
    ['message:send', { text: 'no' }],
    ['message:react', { emoji: '👍', on: true }],
    ['message:pin', { on: true }],
    ['message:draft', { text: 'no' }],
  ] as const) {
    assert.is(
      (await again.refused(name, { ...call, ...more })).message,
      'This bot may not write in this room.',
      name,
    );
  }
  await again.call('room:leave', { room: id, forget: true });
});

test('who says what a bot may do: admins everywhere, moderators in their room, no bot for itself', async () => {
  const bot = await client('scoped', 'bot');
  const id = await room('scoped', 'bo');
  const wish = { bot: 'scoped', room: id, scopes: ['read'] };
  for (const one of [bo, bot]) assert.is((await one.refused('bot:scopes', wish)).code, 'forbidden');
  assert.is((await ada.refused('bot:scopes', { bot: 'scoped', scopes: ['read'] })).code, 'forbidden');
  assert.is((await ada.refused('bot:scopes', { ...wish, bot: 'bo' })).code, 'not_found');
  assert.is((await (await client('eve')).refused('bot:scopes', wish)).code, 'not_found');
  await ada.call('bot:scopes', wish);
  // A room that it comes into later has the word for all rooms, or the room's own.
  await admin.call('bot:scopes', { bot: 'scoped', scopes: ['read', 'commands'] });
  const later = await room();
  await ada.call('member:add', { room: later, user: 'scoped' });
  const again = await client('scoped', 'bot');
  assert.is(
    (await again.refused('message:send', { room: later, id: crypto.randomUUID(), text: 'x' })).code,
    'forbidden',
  );
  await ada.call('bot:scopes', { bot: 'scoped', room: later, scopes: ['write'] });
  await send(await client('scoped', 'bot'), later, 'now it may');
  const { bots } = await admin.call('bot:list', {});
  assert.equal(bots.find(one => one.id === 'scoped')?.scopes, {
    '*': ['read', 'commands'],
    [id]: ['read'],
    [later]: ['write'],
  });
  for (const [call, input] of [
    ['bot:list', {}],
    ['bot:revoke', { bot: 'scoped' }],
    ['bot:rewind', { bot: 'scoped', seq: 0 }],
  ] as const) {
    assert.is((await ada.refused(call, input)).code, 'forbidden', call);
  }
});

test('a cursor begins with the membership, never goes back by itself, and a rewind is not undone (I8)', async () => {
  const bot = await client('reader', 'bot');
  const id = await room();
  await send(ada, id, 'before its time');
  const { seq: since } = await ada.call('member:add', { room: id, user: 'reader' });
  for (let n = 0; n < 5; n++) await send(ada, id, `point ${n}`);
  const of = { room: id, name: 'main' };
  const begin = await bot.call('cursor:get', of);
  assert.equal([begin.seq, begin.fresh, begin.head, begin.turn], [since, true, since + 5, 0]);
  const set = (seq: number, more = {}) => ({ ...of, seq, epoch: begin.epoch, turn: 0, ...more });
  assert.equal(await bot.call('cursor:set', set(since + 3)), { seq: since + 3 });
  assert.equal(await bot.call('cursor:set', set(since + 1)), { seq: since + 3 });
  assert.equal(await bot.call('cursor:set', set(since + 99)), { seq: since + 5 });
  assert.is((await bot.refused('cursor:set', set(since, { epoch: 'another' }))).code, 'conflict');
  assert.is((await ada.refused('cursor:set', set(since))).code, 'forbidden');
  const moved = await admin.call('bot:rewind', { bot: 'reader', room: id, seq: since + 2 });
  assert.equal(moved, { rooms: [{ room: id, seq: since + 1 }] });
  assert.equal(await bot.push('bot:redo'), { what: 'cursors' });
  assert.is((await bot.refused('cursor:set', set(since + 5))).code, 'conflict');
  const back = await bot.call('cursor:get', of);
  assert.equal([back.seq, back.turn, back.fresh], [since + 1, 1, false]);
  // Not before its own time, however far back one wishes.
  assert.equal(await admin.call('bot:rewind', { bot: 'reader', since: '2020-01-01T00:00:00Z' }), {
    rooms: [{ room: id, seq: since }],
  });
});

test('a dead letter says where, to the bot alone what; deleted words are gone from it (I9)', async () => {
  const bot = await client('failing', 'bot');
  const id = await room('failing');
  const { seq, id: target } = await send(ada, id, 'words that fail');
  const letter = { room: id, name: 'main', seq, attempts: 3, error: 'Error: no' };
  const { id: kept } = await bot.call('deadletter:put', letter);
  assert.equal(await bot.call('deadletter:put', letter), { id: kept });
  assert.is((await bot.refused('deadletter:put', { ...letter, seq: 99 })).code, 'not_found');
  const [mine] = (await bot.call('deadletter:list', {})).letters;
  assert.equal([mine?.attempts, mine?.due, mine?.event?.id], [6, false, target]);
  const [seen] = (await admin.call('deadletter:list', { bot: 'failing' })).letters;
  assert.equal([seen?.id, seen?.type, seen?.event], [kept, 'message.created', undefined]);
  const other = await client('other-bot', 'bot');
  assert.equal((await other.call('deadletter:list', {})).letters, []);
  assert.is((await other.refused('deadletter:list', { bot: 'failing' })).code, 'forbidden');
  assert.equal(await other.call('deadletter:drop', { id: kept }), { count: 0 });
  assert.is((await ada.refused('deadletter:replay', { id: kept })).code, 'forbidden');
  assert.equal(await admin.call('deadletter:replay', { id: kept }), { count: 1 });
  assert.equal(await bot.push('bot:redo'), { what: 'deadletters' });
  await ada.call('message:delete', { room: id, target, id: crypto.randomUUID() });
  const [due] = (await bot.call('deadletter:list', { due: true })).letters;
  assert.not.match(JSON.stringify(due), /words that fail/);
  assert.equal(await bot.call('deadletter:drop', { id: kept }), { count: 1 });
});

test('a command reaches one socket of its bot; the answer reaches who called, and nobody else', async () => {
  const [older, bot] = [await client('menu', 'bot'), await client('menu', 'bot')];
  const id = await room('menu', 'bo');
  await Promise.all([ada, bo, bot].map(one => one.call('room:join', { room: id })));
  await bot.call('command:register', { commands: [{ name: 'lunch', description: 'What there is to eat' }] });
  assert.equal(await bo.call('command:list', { room: id }), {
    commands: [{ name: 'lunch', description: 'What there is to eat', bot: 'menu' }],
  });
  const run = { room: id, id: crypto.randomUUID(), command: 'lunch', text: 'today' };
  const answered = bo.call('command:run', run);
  const push = await bot.push('command');
  assert.equal(
    [push.command, push.text, push.user, push.name, push.room],
    ['lunch', 'today', 'bo', 'bo', id],
  );
  const stranger = await client('thief', 'bot');
  assert.is((await stranger.refused('command:ack', { id: run.id })).code, 'not_found');
  await bot.call('command:ack', { id: run.id, text: 'One moment' });
  assert.equal(await answered, { id: run.id, bot: 'menu', text: 'One moment' });
  assert.is((await older.refused('command:ack', { id: run.id })).code, 'conflict');
  assert.equal(await bo.call('command:run', run), { id: run.id, bot: 'menu', text: 'One moment' });
  assert.is((await stranger.refused('command:respond', { id: run.id, text: 'Soup' })).code, 'not_found');
  await bot.call('command:respond', { id: run.id, text: 'Soup' });
  const said = await bo.push('message:ephemeral');
  assert.equal([said.by, said.text, said.command, said.room], ['menu', 'Soup', 'lunch', id]);
  // What comes after it has come to everybody.
  await send(bot, id, 'the barrier');
  await Promise.all([ada, older].map(one => one.call('room:list', {})));
  await ada.until(() => ada.events(id).length > 0);
  for (const one of [ada, older, bot])
    assert.not.ok(one.pushes.some(({ name }) => name === 'message:ephemeral'));
  assert.not.ok(older.pushes.some(({ name }) => name === 'command'));
  assert.not.match(
    JSON.stringify((await ada.call('events:read', { room: id, after: 0 })).events),
    /Soup|lunch/,
  );
  await bo.call('room:leave', { room: id, forget: true });
  assert.is((await bot.refused('command:respond', { id: run.id, text: 'Late' })).code, 'not_found');
});

test('who may not be answered is told so: no such command, a bot that is away, a room that is closed', async () => {
  const bot = await client('slow', 'bot');
  const id = await room('slow', 'bo');
  await bot.call('command:register', { commands: [{ name: 'slow', description: 'Takes its time' }] });
  const run = (by: TestClient, command: string) =>
    by.refused('command:run', { room: id, id: crypto.randomUUID(), command, text: '' });
  assert.is((await run(bo, 'nothing')).code, 'not_found');
  assert.is((await run(await client('eve'), 'slow')).code, 'not_found');
  const name = await (await client('namesake', 'bot')).refused('command:register', {
    commands: [{ name: 'slow', description: 'Mine' }],
  });
  assert.equal([name.code, name.message], ['conflict', "The command /slow is another bot's."]);
  const began = performance.now();
  // Others of this socket's calls do not wait for it.
  const [late] = await Promise.all([run(bo, 'slow'), bo.call('room:list', {})]);
  assert.equal([late.code, late.message], ['unavailable', '/slow did not answer within 3 seconds.']);
  assert.ok(performance.now() - began >= 2950);
  await ada.call('bot:scopes', { bot: 'slow', room: id, scopes: ['read', 'write'] });
  assert.is((await run(bo, 'slow')).code, 'not_found');
  assert.equal((await bo.call('command:list', { room: id })).commands, []);
});

test('a draft grows before the room, in no log; the message takes its place, or it goes with its bot', async () => {
  const bot = await client('writer', 'bot');
  const id = await room('writer');
  await Promise.all([ada, bot].map(one => one.call('room:join', { room: id })));
  const first = crypto.randomUUID();
  const draft = (text: string, of = first) => bot.call('message:draft', { room: id, id: of, text });
  const drafts = (of: string) =>
    ada.pushes.flatMap(({ name, payload }) => {
      const one = payload as { id: string; at: number; text: string; end?: true };
      return name === 'message:draft' && one.id === of ? [one] : [];
    });
  await draft('One');
  await ada.until(() => drafts(first).length === 1);
  await draft('One, two');
  await ada.until(() => drafts(first).length === 2);
  assert.equal(
    drafts(first).map(({ at, text }) => [at, text]),
    [
      [0, 'One'],
      [3, ', two'],
    ],
  );
  await draft('Another beginning');
  await ada.until(() => drafts(first).length === 3);
  assert.is(drafts(first)[2]?.at, 0);
  await bot.call('message:send', { room: id, id: first, text: 'One, two, three' });
  const second = crypto.randomUUID();
  await draft('Half an ans', second);
  await ada.until(() => drafts(second).length === 1);
  await bot[Symbol.asyncDispose]();
  await until(() => {
    ahead += 1000;
    return drafts(second).some(({ end }) => end === true);
  });
  assert.not.ok(drafts(first).some(({ end }) => end));
  const { events } = await ada.call('events:read', { room: id, after: 0 });
  assert.equal(
    events.filter(({ type }) => type.startsWith('message')).map(event => event.id),
    [first],
  );
  assert.is((await ada.refused('message:draft', { room: id, id: first, text: 'x' })).code, 'forbidden');
});

test('a bot whose token is withdrawn is out, and its commands are gone (attack 12)', async () => {
  const token = await hub.token('root', { role: 'admin' });
  const made = await fetch(`${hub.url}/api/auth/bots`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'made', name: 'Made' }),
  });
  const grant = (await made.json()) as { token: string };
  const bot = await connect(hub.url, { token: grant.token });
  people.push(bot);
  await bot.call('command:register', { commands: [{ name: 'made', description: 'Made' }] });
  await admin.call('bot:revoke', { bot: 'made' });
  assert.equal(await bot.push('session:end'), { code: 'revoked', reconnect: false });
  const refusal = await connect(hub.url, { token: grant.token }).catch(error => error);
  assert.is(refusal.data?.code, 'unauthenticated');
  const { bots } = await admin.call('bot:list', {});
  assert.equal(bots.find(one => one.id === 'made')?.commands, []);
});

test.run();
