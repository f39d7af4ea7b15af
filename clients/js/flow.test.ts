// The SDK and the real hub: what people in a room see of each other.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { clientsOf, meet, refusal, texts, when } from './testing/people.ts';

const test = suite('rooms at the hub');
let hub: TestHub;
let client: ReturnType<typeof clientsOf>;

test.before(async () => {
  hub = await boot();
  client = clientsOf(hub);
});
test.after(async () => {
  await hub?.[Symbol.asyncDispose]();
});

test('two people talk; an echo shows at once and is replaced in place', async () => {
  await using ada = client('ada');
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  const heard: string[] = [];
  const seqs: number[] = [];
  there.on('message', message => heard.push(message.text));
  there.on('event', event => seqs.push(event.seq));
  const sent = here.send('hello');
  assert.equal(
    here.messages.map(({ id, text, pending }) => [id, text, pending]),
    [[sent.id, 'hello', true]],
  );
  const second = here.send('again', { replyTo: sent.id });
  const { seq } = await second.done;
  assert.equal(texts(here), ['hello', 'again']);
  assert.ok(here.messages.every(message => !message.pending && message.seq <= seq));
  assert.is(here.messages[1]!.root, sent.id);
  await when(there, () => there.snapshot.head >= seq);
  assert.equal(heard, ['hello', 'again']);
  assert.equal(texts(there), ['hello', 'again']);
  await there.react(sent.id, '👍').done;
  await here.edit(sent.id, 'Hello').done;
  await here.pin(sent.id).done;
  const last = await here.delete(second.id).done;
  await Promise.all([here, there].map(room => when(room, () => room.snapshot.head >= last.seq)));
  assert.equal(here.messages, there.messages);
  assert.equal(here.messages[0]!.reactions, [{ emoji: '👍', users: ['bob'] }]);
  assert.ok(here.messages[0]!.editedAt && here.messages[0]!.pinned && here.messages[1]!.deletedAt);
  assert.equal(
    seqs,
    seqs.map((_, i) => seqs[0]! + i),
  );
});

test('who is removed is told, and what they write is refused; coming back needs a new join', async () => {
  await using ada = client('ada');
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  const reasons: string[] = [];
  there.on('removed', ({ reason }) => reasons.push(reason));
  await ada.call('member:remove', { room: here.id, user: 'bob', ban: {} });
  await when(there, () => there.snapshot.status === 'removed');
  assert.match(reasons[0]!, /banned/);
  const { id, done } = there.send('but');
  assert.is((await refusal(done)).code, 'forbidden');
  assert.is(there.messages.at(-1)!.failed!.code, 'forbidden');
  assert.ok(bob.outbox.discard(id));
  assert.equal(texts(there), []);
  assert.is((await refusal(there.join())).code, 'forbidden');
});

test('a room that one may not know of is not found', async () => {
  await using ada = client('ada');
  await ada.connect();
  const room = ada.room('nowhere');
  assert.is((await refusal(room.join())).code, 'not_found');
  assert.is(room.snapshot.status, 'idle');
});

test('typing, presence, reading: the others see it', async () => {
  await using ada = client('ada');
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  assert.equal(there.snapshot.presence.map(({ user }) => user).sort(), ['ada', 'bob']);
  await when(here, () => here.snapshot.presence.length === 2);
  await bob.call('presence:set', { status: 'dnd', text: 'in a meeting' });
  await when(here, () =>
    here.snapshot.presence.some(({ user, status }) => user === 'bob' && status === 'dnd'),
  );
  there.typing();
  await when(here, () => here.snapshot.typing.includes('bob'));
  const { seq } = await there.send('hi').done;
  await when(here, () => here.snapshot.typing.length === 0 && here.snapshot.head >= seq);
  assert.equal([here.snapshot.unread, there.snapshot.unread], [1, 0]);
  here.markRead();
  assert.equal([here.snapshot.unread, here.snapshot.readSeq], [0, seq]);
  await when(there, () => there.snapshot.readers.get('ada') === seq);
  const read = () => ada.rooms().then(rooms => rooms.find(room => room.id === here.id)!.readSeq);
  assert.is(await read(), seq);
  await using elsewhere = client('ada');
  await elsewhere.connect();
  assert.is((await elsewhere.room(here.id).join()).readSeq, seq);
  assert.equal((await here.presence()).map(({ user }) => user).sort(), ['ada', 'bob']);
});

test('older messages are read by pages, and stay up to date in front of the others', async () => {
  await using ada = client('ada', { keepMessages: 30 });
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  const ids: string[] = [];
  for (let i = 0; i < 100; i++) {
    const { id, done } = there.send(`${i}`);
    ids.push(id);
    if (i === 99) await done;
  }
  await when(here, () => texts(here).at(-1) === '99');
  assert.is(here.messages.length, 30);
  assert.ok(here.snapshot.hasOlder);
  assert.equal(
    (await here.history({ before: here.messages[0]!.seq, limit: 2 })).map(message => message.text),
    ['68', '69'],
  );
  while (await here.loadOlder(20));
  assert.equal(
    texts(here),
    Array.from({ length: 100 }, (_, i) => `${i}`),
  );
  assert.not(here.snapshot.hasOlder);
  await there.edit(ids[0]!, 'zero').done;
  await there.send('a reply', { replyTo: ids[0]! }).done;
  await when(here, () => here.messages.length === 101);
  assert.equal([here.messages[0]!.text, here.messages[0]!.thread!.count], ['zero', 1]);
  assert.equal(
    (await here.thread(ids[0]!)).map(message => message.text),
    ['a reply'],
  );
});

test('leaving ends the frames, and joining again goes on from there', async () => {
  await using ada = client('ada');
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  await here.leave();
  const { seq } = await there.send('one').done;
  assert.ok(here.snapshot.status === 'idle' && here.snapshot.head < seq);
  await here.join();
  assert.equal([here.snapshot.head, texts(here)], [seq, ['one']]);
  await here.leave({ forget: true });
  assert.ok(!(await ada.rooms()).some(room => room.id === here.id));
});

test('rate limits slow the outbox down, and change no order (I6)', async () => {
  await using limited = await boot({ env: { RATE_LIMITS: 'on' } });
  await using ada = client('ada', { url: limited.url, getToken: () => limited.token('ada') });
  const [here] = await meet(ada, ada);
  const sent = Array.from({ length: 60 }, (_, i) => here.send(`${i}`).done);
  await Promise.all(sent);
  await when(here, () => here.messages.every(message => !message.pending));
  assert.equal(
    texts(here),
    sent.map((_, i) => `${i}`),
  );
});

test('what is too large for a packet is refused here, and the connection stays', async () => {
  await using ada = client('ada');
  const states: string[] = [];
  const [here] = await meet(ada, ada);
  ada.on('state', state => states.push(state.status));
  assert.is((await refusal(here.send('x'.repeat(100_000)).done)).code, 'too_large');
  assert.is((await refusal(here.send('x'.repeat(20_000)).done)).code, 'too_large');
  await here.send('fits').done;
  assert.equal(states, []);
});

test.run();
