import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Door, openDoor } from '../testing/door.ts';
import { refusal } from '../testing/refusal.ts';
import type { Visitor } from './people.ts';
import type { SignedIn } from './sessions.ts';

const test = suite<{ door: Door }>('hub/people');
test.before(async context => {
  context.door = await openDoor();
});
test.after(async ({ door }) => door[Symbol.asyncDispose]());

const visitor: Visitor = { address: '203.0.113.1', client: 'test/1' };
const admin: SignedIn = { id: 'root', name: 'Root', role: 'admin', expiresAt: 0 };

test('namesakes get ids of their own that can be read', async ({ door }) => {
  const names = ["Zoë O'Neil", "Zoë O'Neil", '王小明', '<script>alert(1)</script>', '-', 'x'.repeat(80)];
  const ids = [];
  for (const name of names) ids.push((await door.people.guest({ name }, visitor)).user.id);
  assert.is(new Set(ids).size, names.length);
  assert.match(ids[0] as string, /^zoe-o-neil-[a-z0-9]{6}$/);
  assert.match(ids[2] as string, /^user-[a-z0-9]{6}$/);
  for (const id of ids) assert.match(id, /^[a-z0-9-]{8,40}$/);
});

test('passwords, tokens and links are kept as hashes only (attack 29)', async ({ door }) => {
  const password = 'canary correct horse';
  const { refreshToken } = await door.people.register(
    { email: 'canary@example.com', password, name: 'C' },
    visitor,
  );
  const next = await door.people.refresh(refreshToken, visitor);
  const link = await door.people.makeLink({ id: 'root', name: 'Root', role: 'admin' });
  const dump = await door.db.sql`
    select (select json_agg(u) from users u)::text || (select json_agg(s) from sessions s)::text
      || (select json_agg(r) from refresh_tokens r)::text || (select json_agg(l) from sign_in_links l)::text as text`;
  const text = dump[0]?.text as string;
  assert.match(text, 'canary@example.com');
  for (const secret of [password, refreshToken, next.refreshToken, link]) {
    assert.not.match(text, secret);
    assert.not.match(text, Buffer.from(secret).toString('hex'));
    assert.not.match(door.logged.join(''), secret);
  }
});

test('a link signs its person in with the role on record, and cannot make an administrator of someone known', async ({
  door,
}) => {
  const secret = await door.people.makeLink({ id: 'root', name: 'Root', role: 'admin' });
  const { user } = await door.people.useLink(secret, visitor);
  assert.equal(user, { id: 'root', name: 'Root', role: 'admin' });
  assert.is((await refusal(door.people.useLink(secret, visitor))).code, 'unauthenticated');
  const guest = (await door.people.guest({}, visitor)).user;
  const error = await refusal(door.people.makeLink({ ...guest, role: 'admin' }));
  assert.is(error.code, 'conflict');
});

test('a bot`s token lasts a year, speaks for a bot, and dies when it is replaced', async ({ door }) => {
  const first = await door.people.createBot(admin, { id: 'weather', name: 'Weather' });
  const actor = await door.people.authenticate(first.token);
  assert.is(actor.role, 'bot');
  assert.ok(actor.expiresAt > Date.now() + 364 * 24 * 3600_000);
  const second = await door.people.createBot(admin, { id: 'weather', name: 'Weather' });
  assert.is((await refusal(door.people.authenticate(first.token))).code, 'unauthenticated');
  await door.people.authenticate(second.token);
  assert.is(door.ended.at(-1), actor.session);
});

test('only administrators make bots, and a bot takes nobody`s id', async ({ door }) => {
  for (const role of ['guest', 'member', 'bot'] as const)
    assert.is((await refusal(door.people.createBot({ ...admin, role }, { name: 'B' }))).code, 'forbidden');
  const { user } = await door.people.guest({}, visitor);
  assert.is((await refusal(door.people.createBot(admin, { id: user.id, name: 'B' }))).code, 'conflict');
});

test('a stolen refresh token is written to the log and ends the session for all (attack 11)', async ({
  door,
}) => {
  const { refreshToken, accessToken } = await door.people.guest({}, visitor);
  const { session } = await door.people.authenticate(accessToken);
  const second = await door.people.refresh(refreshToken, visitor);
  const third = await door.people.refresh(second.refreshToken, visitor);
  for (const token of [refreshToken, third.refreshToken])
    assert.is((await refusal(door.people.refresh(token, visitor))).code, 'unauthenticated');
  assert.is((await refusal(door.people.authenticate(third.accessToken))).code, 'unauthenticated');
  assert.is(door.ended.at(-1), session);
  const entry = door.logged.map(line => JSON.parse(line)).find(line => line.audit === 'refresh_token_reused');
  assert.is(entry?.session, session);
  assert.is(entry?.level, 40);
});

test.run();
