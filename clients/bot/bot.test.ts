// The bot SDK against a real hub: what reaches a listener, what becomes of its failures, and where a bot goes on.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../server/testing/until.ts';
import { App, CallError, type Failure, type Logger } from './index.ts';
import { parts } from './stream.ts';
import { createTestHub, type Person, type TestHub } from './testing/hub.ts';
import type { AppOptions, Context } from './types.ts';

const test = suite('bot SDK');
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const apps: App[] = [];
let hub: TestHub;
let ada: Person;
let room: string;

/** A bot in the room of this test alone. */
async function bot(id: string, options: AppOptions = {}): Promise<App> {
  const app = new App({ ...(await hub.bot(id, { rooms: [room] })), logger: silent, retryMs: 1, ...options });
  apps.push(app);
  return app;
}
const letters = async (id: string) => (await hub.admin.call('deadletter:list', { bot: id })).letters;

test.before(async () => {
  hub = await createTestHub();
});
test.before.each(async () => {
  room = `room-${crypto.randomUUID().slice(0, 8)}`;
  ada = await hub.person('Ada', { room });
});
test.after.each(async () => {
  await Promise.all(apps.splice(0).map(app => app.stop()));
  await ada?.court.close();
});
test.after(async () => {
  await hub?.[Symbol.asyncDispose]();
});

test('patterns, replies, middleware and what it hands on; a bot does not hear itself', async () => {
  const app = await bot('bolt');
  const seen: string[] = [];
  app.use(async ({ context, event, next }) => {
    context.greeting = 'Good day';
    if (event?.type === 'message.created' && event.data.text.includes('secret')) return;
    await next();
  });
  app.message(({ message }) => void seen.push(message.text));
  app.message(/^hello (?<name>\w+)/i, ({ context, say }) =>
    say(`${context.greeting}, ${context.matches[1]}`),
  );
  app.message('THREAD', ({ reply }) => reply('in the thread'));
  app.event('reaction.added', ({ event, say }) => say(`thanks for ${event.data.emoji}`));
  await app.start();
  await ada.say('Hello Bo');
  assert.is(await ada.hears('Good day'), 'Good day, Bo');
  await ada.say('a secret for nobody');
  const { id } = await ada.say('begin a thread');
  await ada.hears('in the thread');
  assert.is(ada.court.room(room).messages.at(-1)?.root, id);
  await ada.court.room(room).react(id, '🎉').done;
  await ada.hears('thanks for 🎉');
  assert.equal(seen, ['Hello Bo', 'begin a thread']);
});

test('a failing listener is tried again, then put aside; the next entries go on; replay says it once', async () => {
  const app = await bot('frail', { attempts: 3 });
  const failures: Failure[] = [];
  let broken = true;
  let replayed: Context | undefined;
  app.message(/^fail/, async ({ say, context }) => {
    await say(`before the fall ${'x'.repeat(context.attempt)}`);
    if (broken) throw new Error('the oven is cold');
    replayed = context;
    await say('after all');
  });
  app.message('next', ({ say }) => say('I go on'));
  app.error(failure => void failures.push(failure));
  await app.start();
  const { seq } = await ada.say('fail');
  await ada.say('next');
  await ada.hears('I go on');
  assert.equal(
    failures.map(({ attempt, fate }) => [attempt, fate]),
    [
      [1, 'retry'],
      [2, 'retry'],
      [3, 'dead'],
    ],
  );
  const [letter] = await letters('frail');
  assert.equal([letter?.seq, letter?.attempts, letter?.room], [seq, 3, room]);
  assert.match(letter?.error ?? '', /the oven is cold/);
  broken = false;
  assert.equal(await hub.admin.call('deadletter:replay', { bot: 'frail' }), { count: 1 });
  await ada.hears('after all');
  assert.equal([replayed?.replay, replayed?.attempt], [true, 1]);
  await until(async () => (await letters('frail')).length === 0);
  // Four tries said the first words, with other letters each time: the room has them once, as they were said first (I3).
  const said = ada.court.room(room).messages.filter(({ text }) => text.startsWith('before'));
  assert.equal(
    said.map(({ text }) => text),
    ['before the fall x'],
  );
});

test('a bot that was down goes on where it stopped; a rewind has it read again and say nothing twice', async () => {
  const make = (seen: string[]) => async () => {
    const app = await bot('keeper');
    app.message(({ message, say }) => {
      seen.push(message.text);
      return say(`noted: ${message.text}`);
    });
    await app.start();
    return app;
  };
  const first: string[] = [];
  const app = await make(first)();
  await ada.say('one');
  await ada.hears('noted: one');
  await app.stop();
  await ada.say('two');
  const second: string[] = [];
  await make(second)();
  await ada.hears('noted: two');
  assert.equal([first, second], [['one'], ['two']]);
  await hub.admin.call('bot:rewind', { bot: 'keeper', room, since: '2020-01-01T00:00:00Z' });
  await until(() => second.length === 3);
  await ada.say('three');
  await ada.hears('noted: three');
  assert.equal(second, ['two', 'one', 'two', 'three']);
  assert.is(ada.court.room(room).messages.filter(({ text }) => text.startsWith('noted')).length, 3);
});

test('it goes where it is invited to, and is not followed by a room that it was taken out of', async () => {
  const app = await bot('guest');
  app.message('hello', ({ say }) => say('hello yourself'));
  await app.start();
  const other = `other-${room}`;
  const bo = await hub.person('Bo', { room: other });
  await hub.admin.call('member:add', { room: other, user: 'guest' });
  await bo.say('hello');
  await bo.hears('hello yourself');
  await hub.admin.call('member:remove', { room: other, user: 'guest' });
  await bo.say('hello again');
  await ada.say('hello');
  await ada.hears('hello yourself');
  assert.is(bo.court.room(other).messages.filter(({ by }) => by === 'guest').length, 1);
  await bo.court.close();
});

test('two bots that answer everything stop after three hops (attack 27)', async () => {
  for (const id of ['left', 'right']) {
    const app = await bot(id);
    app.message(({ message, say }) => say(`${id} heard: ${message.text}`));
    await app.start();
  }
  await ada.say('hi');
  await ada.hears(/^left heard: right heard: left heard: hi$/);
  await ada.hears(/^right heard: left heard: right heard: hi$/);
  await ada.say('bye');
  await ada.hears(/^left heard: right heard: left heard: bye$/);
  await ada.hears(/^right heard: left heard: right heard: bye$/);
  const said = ada.court.room(room).messages.filter(({ by }) => by !== 'ada');
  assert.is(said.length, 12);
  assert.is(Math.max(...said.map(({ meta }) => Number(meta?.hops))), 3);
});

test('commands: offered with their help, answered for the caller alone, and what fails is told', async () => {
  const app = await bot('clerk');
  const failures: Failure[] = [];
  app.command(
    '/coin',
    { description: 'Throws a coin', usage: '[times]' },
    async ({ command, ack, respond, say }) => {
      await ack('It is in the air');
      await respond(`heads, ${command.userName}, ${command.text}`);
      await say('a coin was thrown');
    },
  );
  app.command('quiet', () => undefined);
  app.command('broken', () => {
    throw new Error('no coin');
  });
  app.error(failure => void failures.push(failure));
  await app.start();
  const { commands } = await ada.court.call('command:list', { room });
  assert.equal(commands, [
    { name: 'broken', description: '/broken', bot: 'clerk' },
    { name: 'coin', description: 'Throws a coin', usage: '[times]', bot: 'clerk' },
    { name: 'quiet', description: '/quiet', bot: 'clerk' },
  ]);
  assert.is((await ada.run('/coin twice')).text, 'It is in the air');
  assert.equal([await ada.told(), await ada.told()].sort(), ['It is in the air', 'heads, Ada, twice']);
  await ada.hears('a coin was thrown');
  assert.is((await ada.run('/quiet')).text, undefined);
  assert.match((await ada.run('/broken')).text ?? '', /went wrong/);
  assert.equal(
    failures.map(({ command, fate }) => [command?.name, fate]),
    [['broken', 'told']],
  );
});

test('a stream is drafts for the room and one message in the log; one that fails is taken back', async () => {
  const app = await bot('poet', { attempts: 1 });
  const gate = Promise.withResolvers<void>();
  app.message('verse', async ({ reply }) => {
    const stream = await reply.stream();
    await stream.append('A rose ');
    await gate.promise;
    for (const word of ['is ', 'a ', 'rose.']) await stream.append(word);
    assert.is((await stream.stop()).id, stream.id);
  });
  app.message('break off', async ({ say }) => {
    const stream = await say.stream();
    await stream.append('I will neve');
    await until(() => drafts.some(({ text }) => text.includes('neve')));
    throw new Error('out of ink');
  });
  app.error(() => undefined);
  const drafts: { id: string; text: string; end?: true | undefined }[] = [];
  ada.court.on('push', push => push.name === 'message:draft' && drafts.push(push.payload));
  await app.start();
  const { id } = await ada.say('a verse, please');
  await until(() => drafts.some(({ text }) => text === 'A rose '));
  gate.resolve();
  await ada.hears(/^A rose is a rose\.$/);
  const message = ada.court.room(room).messages.at(-1);
  assert.equal([message?.id, message?.replyTo], [drafts[0]?.id, id]);
  await ada.say('now break off');
  await until(() => drafts.at(-1)?.end === true);
  const { events } = await ada.court.call('events:read', { room, after: 0 });
  assert.is(
    events.filter(({ by }) => by === 'poet' && true).filter(({ type }) => type === 'message.created').length,
    1,
  );
});

test('a long answer is cut between paragraphs, and nothing of it is lost', () => {
  const text = Array.from({ length: 80 }, (_, n) => `Paragraph ${n} ${'é'.repeat(300)}`).join('\n\n');
  const cut = parts(text, 16_384);
  assert.ok(cut.every(part => Buffer.byteLength(part) <= 16_384 && part.startsWith('Paragraph')));
  assert.is(cut.join('\n\n'), text);
  assert.is(parts('😀'.repeat(10), 16).join(''), '😀'.repeat(10));
});

test('who is no bot, or whose token is no good, is told so at the start', async () => {
  const token = await hub.bot('real').then(({ token }) => token);
  assert.throws(() => new App({ url: hub.url, token: '' }), /needs a url and a token/);
  const bad = new App({ url: hub.url, token: `${token}x`, logger: silent });
  apps.push(bad);
  const error = await bad.start().catch(thrown => thrown);
  assert.instance(error, CallError);
  assert.is(error.code, 'unauthenticated');
});

test('a bot that may read no more says so once, and writes as before', async () => {
  const warnings: string[] = [];
  const logger = { ...silent, warn: (line: string) => void warnings.push(line) };
  const app = await bot('courier', { logger });
  app.message(({ say }) => say('heard'));
  await app.start();
  await ada.say('one');
  await ada.hears('heard');
  await hub.admin.call('bot:scopes', { bot: 'courier', scopes: ['write'] });
  await until(() => warnings.some(line => line.includes('may not read in this room')));
  await ada.say('two');
  await app.client.room(room).send('a parcel').done;
  await ada.hears('a parcel');
  assert.is(ada.court.room(room).messages.filter(({ text }) => text === 'heard').length, 1);
});

test.run();
