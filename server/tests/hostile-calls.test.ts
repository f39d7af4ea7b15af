// time limit: 300 s
// Whatever a client sends, it gets a typed answer and the node lives on (attacks 5, 20, 26). Inputs are made from the call table.
// takes: 12 s
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { type CallName, callNames, calls } from '#shared/protocol/calls.ts';
import { type Reply, wireError } from '#shared/protocol/errors.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';

const test = suite('hostile calls');
/** `FUZZ_RUNS=20000` for those who have a minute. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 8000);
let hub: TestHub;
let client: TestClient;

const send = (name: string, ...args: unknown[]): Promise<Reply<unknown>> =>
  client.socket.timeout(30_000).emitWithAck(name, ...args);

test.before(async () => {
  hub = await boot();
  client = await connect(hub.url, { token: await hub.token('mallory') });
  await client.call('room:create', { id: 'room', title: 'Room', kind: 'public' });
  // Of its own, since the made-up inputs may do anything to the other.
  await client.call('room:create', { id: 'calm', title: 'Calm', kind: 'public' });
});

test.after(async () => {
  await client[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

interface Engine {
  write(packet: string): void;
}

const nasty = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\u202e',
  "'; drop table users; --",
  '$1',
  '%s%n',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'room',
  'mallory',
  'no-such-room',
  'ROOM',
  'x'.repeat(200),
  'é'.repeat(9000),
  '1e309',
  'null',
  '2026-02-30T00:00:00Z',
  '00000000-0000-0000-0000-000000000000',
];

/** Text that a human, a fuzzer or an attacker would put where a text belongs. */
const text = fc.oneof(fc.constantFrom(...nasty), fc.string(), fc.string({ unit: 'binary' }), fc.uuid());
const junk = fc.oneof(
  { depthSize: 'small' },
  text,
  fc.jsonValue(),
  fc.constantFrom(
    null,
    true,
    -1,
    0,
    1.5,
    2 ** 53,
    -(2 ** 31),
    1e308,
    [],
    {},
    [[]],
    { toString: 1 },
    { length: -1 },
  ),
  fc.constant(JSON.parse('{"__proto__": {"admin": true}}')),
  fc.constant(JSON.parse('{"constructor": {"prototype": {"admin": true}}}')),
  fc.constant(JSON.parse('['.repeat(200) + ']'.repeat(200))),
);

/** Values of the shape a schema asks for, each now and then replaced by what it does not. */
function near(schema: z.ZodType): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 5, arbitrary: honest(schema) }, { weight: 1, arbitrary: junk });
}

function honest(schema: z.ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodObject) {
    const shape = Object.fromEntries(
      Object.entries(schema.shape as Record<string, z.ZodType>).map(([key, value]) => [key, near(value)]),
    );
    return fc.record({ ...shape, role: text, by: text, seq: fc.integer() }, { requiredKeys: [] });
  }
  if (schema instanceof z.ZodOptional) return honest(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodNullable)
    return fc.oneof(fc.constant(null), honest(schema.unwrap() as z.ZodType));
  if (schema instanceof z.ZodDefault) return honest(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) {
    const inner = (schema.in instanceof z.ZodTransform ? schema.out : schema.in) as z.ZodType;
    return honest(inner);
  }
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber) return fc.oneof(fc.integer({ min: -2, max: 300 }), fc.double());
  if (schema instanceof z.ZodArray) return fc.array(near(schema.element as z.ZodType), { maxLength: 5 });
  if (schema instanceof z.ZodRecord) return fc.dictionary(text, junk, { maxKeys: 4 });
  return fc.oneof(text, fc.constant('room'), fc.uuid());
}

const anyCall = fc
  .constantFrom(...callNames)
  .chain(name => fc.tuple(fc.constant(name), near(calls[name].input)));

test(`${RUNS} made-up inputs each get an answer of the protocol (seed in the message of a failure)`, async () => {
  const answered = new Map<string, number>();
  const inputs = fc.sample(anyCall, {
    numRuns: RUNS,
    seed: Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31),
  });
  for (let i = 0; i < inputs.length; i += 200) {
    const batch = inputs.slice(i, i + 200);
    // Some calls lead out of the room, where little is left to reach.
    await client.call('room:join', { room: 'room' });
    const replies = await Promise.all(batch.map(([name, input]) => send(name, input)));
    replies.forEach((reply, k) => {
      const [name, input] = batch[k] as [CallName, unknown];
      const shown = `${name} ${JSON.stringify(input)?.slice(0, 300)} -> ${JSON.stringify(reply).slice(0, 300)}`;
      if (reply.ok) assert.ok((calls[name].data as z.ZodType).safeParse(reply.data).success, shown);
      else {
        assert.ok(wireError.safeParse(reply.error).success, shown);
        assert.is.not(reply.error.code, 'internal', shown);
        assert.is.not(reply.error.code, 'unavailable', shown);
      }
      const outcome = reply.ok ? 'ok' : reply.error.code;
      answered.set(outcome, (answered.get(outcome) ?? 0) + 1);
    });
  }
  assert.is(
    [...answered.values()].reduce((sum, count) => sum + count),
    RUNS,
  );
  // The generator is worth something: it gets past the schemas, too.
  assert.ok((answered.get('ok') ?? 0) > RUNS / 100, JSON.stringify([...answered]));
  assert.is(({} as { admin?: boolean }).admin, undefined);
});

test('what is no call, or has no ack, or too many arguments, does no harm', async () => {
  for (const name of [
    '',
    'room',
    'toString',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'message:sent',
    'x'.repeat(5000),
  ]) {
    const reply = await send(name, {});
    assert.is(reply.ok ? '' : reply.error.code, 'bad_request', name);
  }
  // Not reserved on the wire, yet special to an emitter (CVE-2024-38355).
  for (const name of ['error', 'data', 'packet'])
    (client.socket.io.engine as never as Engine).write(`2["${name}"]`);
  client.socket.emit('message:send');
  client.socket.emit('message:send', null, undefined, 5);
  client.socket.emit('room:join', { room: 5 });
  assert.is((await send('room:list', {}, 'more', { than: 'needed' })).ok, true);
  assert.is((await send('room:list', Buffer.from('binary'))).ok, false);
  assert.is((await send('room:join', { room: Buffer.from('room') })).ok, false);
});

test('fields that are not the client’s to set are left aside (attack 20)', async () => {
  const id = crypto.randomUUID();
  const input = {
    room: 'calm',
    id,
    text: 'mine',
    by: 'ada',
    seq: 1,
    at: '1999-01-01T00:00:00.000Z',
    role: 'admin',
    type: 'x',
  };
  const { seq } = await client.call('message:send', input);
  const { events } = await client.call('events:read', { room: 'calm', after: seq - 1 });
  const event = events.find(one => one.id === id);
  assert.equal([event?.by, event?.seq, event?.data], ['mallory', seq, { text: 'mine' }]);
  assert.ok(Date.parse(event?.at ?? '') > Date.now() - 60_000);
});

test('what the database cannot keep is refused wherever it stands', async () => {
  for (const meta of [{ '\ud800': 1 }, { a: '\udc00' }, { a: [{ b: 'x\0' }] }, { 'x\0': {} }]) {
    const error = await client.refused('message:send', {
      room: 'calm',
      id: crypto.randomUUID(),
      text: 'x',
      meta,
    });
    assert.is(error.code, 'bad_request');
  }
  await client.call('message:send', {
    room: 'calm',
    id: crypto.randomUUID(),
    text: 'x',
    meta: { a: '\\u0000 👩‍⚖️' },
  });
});

test('a text may have 16 KiB, not a byte more, whatever the alphabet', async () => {
  const fits = 'é'.repeat(8192);
  await client.call('message:send', { room: 'calm', id: crypto.randomUUID(), text: fits });
  const error = await client.refused('message:send', {
    room: 'calm',
    id: crypto.randomUUID(),
    text: `${fits}x`,
  });
  assert.is(error.code, 'too_large');
});

test('a packet above 64 KiB and malformed packets close that socket alone', async () => {
  const token = await hub.token('breaker');
  const breakers: ((engine: Engine) => void)[] = [
    engine => engine.write(`2${JSON.stringify(['room:list', { pad: 'x'.repeat(65_536) }])}`),
    engine => engine.write('2{"not":"an array"}'),
    engine => engine.write('2["disconnect"]'),
    engine => engine.write('2["newListener"]'),
    engine => engine.write('9'),
    engine => engine.write('2[['),
    engine => engine.write('512-["message:send",{"_placeholder":true,"num":0}]'),
  ];
  for (const attack of breakers) {
    await using victim = await connect(hub.url, { token });
    attack(victim.socket.io.engine as never);
    await victim.until(() => victim.socket.disconnected);
  }
  assert.is((await send('room:list', {})).ok, true);
});

test('nothing was logged as a fault of ours (I16)', () => {
  assert.equal(hub.complaints, []);
});

test.run();
