// People who are away are told of what concerns them, through a real mail server and push service: once, after a while, and not when it was read, was
// deleted, or is not theirs to read any more (I9, I14). What is decided when stands in hub/notice-rules.test.ts.
// takes: 14 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCli } from '../../clients/cli/fixture.ts';
import { createNoticeStore } from '../store/queries/notices.ts';
import { openAway } from '../testing/away.ts';
import { connect } from '../testing/client.ts';
import { until } from '../testing/until.ts';

const test = suite('notifications');
const away = await openAway();
const { hub, ada, mail, push, sql, token, absent, mails, hall, say, decided, ripen, visit } = away;

test.after(async () => away[Symbol.asyncDispose]());

test('a node that wakes up late, and does again what another has done meanwhile, changes nothing (I14)', async () => {
  await absent('ben');
  await hall('yard', ['ben']);
  // The other node looks, writes down and decides at any moment of this one's.
  const late = createNoticeStore(hub.db);
  const { id: message, seq } = await ada.call('message:send', {
    ...{ room: 'yard', id: crypto.randomUUID(), text: '@ben, the gate' },
  });
  const notice = { room: 'yard', message, seq, user: 'ben', reason: 'mention' as const };
  await late.addNotices([notice], [{ room: 'yard', seq }]);
  await sql(`update notices set at = at - interval '2 minutes' where user_id = 'ben'`);
  const posting = {
    ...{
      key: `message:yard:${message}:ben:email`,
      channel: 'email' as const,
      topic: 'message' as const,
      user: 'ben',
    },
    payload: { title: 'late', place: '/', about: { room: 'yard', message } },
    bundle: 'late',
  };
  await until(async () => (await decided('ben'))[0]?.verdict === 'notified');
  await until(() => mails('ben').length === 1);
  await late.addNotices([notice], [{ room: 'yard', seq: 1 }]);
  const { put } = await late.settleNotices([{ ...notice, verdict: 'notified', rule: 'away' }], [posting]);
  assert.is(put, 0);
  await say('yard', '@ben, once more');
  await ripen('ben', 1);
  await until(() => mails('ben').length === 2);
  const keys = await sql(`select key from outbox where user_id = 'ben' order by at`);
  assert.is(keys.length, 2);
  assert.is(keys[0]?.key, posting.key);
});

test('named, answered and a keyword while away: one mail and one push for each device, after two minutes', async () => {
  await absent('cleo');
  await hall('hall', ['cleo']);
  await visit('cleo', async cleo => {
    for (const device of ['laptop', 'phone'])
      await cleo.call('push:subscribe', { ...push.browser(device), device });
    await cleo.call('notify:set', { keywords: ['roof'] });
  });
  const root = await say('hall', '@cleo where are you?');
  await visit('cleo', cleo =>
    cleo.call('message:send', { room: 'hall', id: crypto.randomUUID(), text: 'Here', replyTo: root }),
  );
  await say('hall', 'Good', { replyTo: root });
  await say('hall', 'The **roof** is open');
  await say('hall', 'waterproof');
  const changed = await say('hall', 'And you?');
  await ada.call('message:edit', {
    ...{ room: 'hall', target: changed, id: crypto.randomUUID() },
    text: 'And you, @cleo?',
  });
  assert.equal(mails('cleo'), []);
  assert.equal(await ripen('cleo', 4), [
    'mention notified away',
    'thread notified away',
    'keyword notified away',
    'mention notified away',
  ]);
  await until(() => mails('cleo').length === 1 && push.pushes.length === 2);
  const [{ headers, body } = { headers: {} as Record<string, string>, body: '' }] = mails('cleo');
  assert.is(headers.subject, 'ada in The hall: @cleo where are you? (and 3 more)');
  assert.match(body, /where are you\?[\s\S]*Good[\s\S]*roof[\s\S]*And you, @cleo\?/);
  assert.match(body, `https://court.example/#/room/hall/thread/${root}`);
  assert.not.match(body, 'waterproof');
  assert.match(headers['list-unsubscribe'] ?? '', '/unsubscribe/');
  for (const device of ['laptop', 'phone']) {
    const [got] = push.of(device);
    assert.equal(
      [got?.payload.title, got?.payload.body, got?.payload.place],
      ['ada in The hall, and 3 more', 'And you, @cleo?', `/room/hall/message/${changed}`],
    );
  }
  await visit('cleo', async cleo => {
    const { notices, cursor } = await cleo.call('notify:list', { limit: 3 });
    assert.equal(
      notices.map(({ text, rule, ways }) => [text, rule, ways.map(({ channel }) => channel).join()]),
      [
        ['And you, @cleo?', 'away', 'email,push'],
        ['The **roof** is open', 'away', 'email,push'],
        ['Good', 'away', 'email,push'],
      ],
    );
    const rest = await cleo.call('notify:list', { before: cursor });
    assert.is(notices.length + rest.notices.length, 4);
  });
});

test('read, deleted, taken out, here, muted, quiet: nobody is told, and it is written down why', async () => {
  await absent('reader', 'late', 'gone', 'muted', 'asleep', 'deaf', 'busy');
  await hall('court', ['reader', 'late', 'gone', 'muted', 'asleep', 'deaf', 'busy'], 'private');
  await using _here = await connect(hub.url, { token: await token('here') });
  await using busy = await connect(hub.url, { token: await token('busy') });
  await sql(`update users set email = 'here@people.example', email_verified_at = now() where id = 'here'`);
  await ada.call('member:add', { room: 'court', user: 'here' });
  await busy.call('presence:set', { status: 'dnd' });
  await visit('muted', muted => muted.call('notify:room', { room: 'court', level: 'nothing' }));
  await visit('asleep', asleep =>
    asleep.call('notify:set', { quiet: { from: '00:01', to: '00:00', zone: 'Asia/Tokyo' } }),
  );
  await visit('deaf', deaf => deaf.call('notify:set', { channels: { email: false } }));
  const names = ['reader', 'gone', 'muted', 'asleep', 'deaf', 'here', 'busy'];
  const { seq } = await ada.call('message:send', {
    ...{ room: 'court', id: crypto.randomUUID() },
    text: names.map(name => `@${name}`).join(' '),
  });
  const deleted = await say('court', '@late it is secret');
  await until(async () => (await sql(`select from notices where room = 'court'`)).length === 8);
  await visit('reader', reader => reader.call('read:mark', { room: 'court', seq }));
  await ada.call('message:delete', { room: 'court', target: deleted, id: crypto.randomUUID() });
  await ada.call('member:remove', { room: 'court', user: 'gone' });
  await sql(`update notices set at = at - interval '2 minutes' where room = 'court'`);
  await until(async () =>
    (await sql(`select verdict from notices where room = 'court'`)).every(
      ({ verdict }) => verdict !== 'waiting',
    ),
  );
  const found = await sql(`select user_id, verdict, rule from notices where room = 'court'`);
  assert.equal(
    Object.fromEntries(found.map(({ user_id, verdict, rule }) => [user_id, `${verdict} ${rule}`])),
    {
      reader: 'cancelled read',
      late: 'cancelled deleted',
      gone: 'cancelled left',
      muted: 'suppressed muted',
      asleep: 'suppressed quiet',
      deaf: 'suppressed off',
      here: 'suppressed active',
      busy: 'suppressed dnd',
    },
  );
  assert.is((await sql(`select from outbox where key like 'message:court:%'`)).length, 0);
  // Nor are they shown words that are not theirs any more (I9).
  await visit('gone', async gone => {
    const [notice] = (await gone.call('notify:list', {})).notices;
    assert.equal(
      [notice?.rule, notice?.text, notice?.title, notice?.by],
      ['left', undefined, undefined, undefined],
    );
  });
});

test('what the outbox still holds is judged again as it leaves, and with the words of that moment (I9)', async () => {
  const names = ['dora', 'eli', 'fay', 'gus'];
  await absent(...names);
  await hall('gallery', names, 'private');
  const ids: Record<string, string> = {};
  let last = 0;
  for (const name of names) {
    mail.faults.set(`${name}@people.example`, [{ rcpt: 450 }]);
    const id = crypto.randomUUID();
    last = (await ada.call('message:send', { room: 'gallery', id, text: `@${name} the firts word` })).seq;
    ids[name] = id;
  }
  for (const name of names) await ripen(name, 1);
  const tried = () =>
    sql(`select attempts from outbox where key like 'message:gallery:%' and last_error is not null`);
  await until(async () => (await tried()).length === names.length, 'each was tried once');
  await ada.call('message:delete', { room: 'gallery', target: ids.dora, id: crypto.randomUUID() });
  await visit('eli', eli => eli.call('read:mark', { room: 'gallery', seq: last }));
  await ada.call('member:remove', { room: 'gallery', user: 'fay' });
  await ada.call('message:edit', {
    ...{ room: 'gallery', target: ids.gus, id: crypto.randomUUID() },
    text: '@gus the first word',
  });
  await sql(`update outbox set not_before = now() where key like 'message:gallery:%'`);
  await until(() => mails('gus').length === 1);
  assert.match(mails('gus')[0]?.body ?? '', 'the first word');
  for (const name of ['dora', 'eli', 'fay']) assert.equal(mails(name), [], name);
  const states = await sql(
    `select n.user_id, n.rule, o.state, o.payload::text as payload from notices n join outbox o using (user_id) where n.room = 'gallery' order by 1`,
  );
  assert.equal(
    states.map(({ user_id, rule, state }) => `${user_id} ${rule} ${state}`),
    ['dora deleted cancelled', 'eli read cancelled', 'fay left cancelled', 'gus away sent'],
  );
  // The outbox keeps no word of anybody.
  assert.not.match(JSON.stringify(states), 'word');
});

test('while the way out is shut, what waits gathers into one mail', async () => {
  await absent('hal');
  await hall('cellar', ['hal']);
  await say('cellar', '@hal one');
  await ripen('hal', 1);
  await until(() => mails('hal').length === 1);
  // As if the channel rested: never tried, not due.
  await sql(`update outbox set state = 'waiting', attempts = 0, done_at = null, not_before = now() + interval '1 hour'
    where user_id = 'hal'`);
  await say('cellar', '@hal two');
  await ripen('hal', 1);
  await until(() => mails('hal').length === 2);
  assert.match(mails('hal')[1]?.body ?? '', /one[\s\S]*two/);
});

test('a room of which one wants all, a thread that one follows or follows no more, direct rooms', async () => {
  await absent('ida', 'jo');
  await hall('attic', ['ida', 'jo']);
  await visit('ida', async ida => {
    const until = new Date(Date.now() + 60_000).toISOString();
    await ida.call('notify:room', { room: 'attic', level: 'all', until });
    const { rooms } = await ida.call('notify:get', {});
    assert.equal(rooms, [{ room: 'attic', level: 'all', until }]);
  });
  const root = await say('attic', 'A thread');
  await visit('jo', async jo => {
    assert.equal(await jo.call('notify:thread', { room: 'attic', thread: root }), { following: false });
    assert.equal(await jo.call('notify:thread', { room: 'attic', thread: root, on: true }), {
      following: true,
    });
  });
  await visit('ida', ida =>
    ida.call('message:send', { room: 'attic', id: crypto.randomUUID(), text: 'In', replyTo: root }),
  );
  await say('attic', 'An answer', { replyTo: root });
  await until(async () => (await decided('ida')).length === 2);
  await visit('ida', ida => ida.call('notify:thread', { room: 'attic', thread: root, on: false }));
  const { room } = await ada.call('room:create', { kind: 'direct', members: ['jo'] });
  await say(room.id, 'Between us');
  // Ida wrote in the thread and left it: what it was found by does not hold any more.
  assert.equal(await ripen('ida', 2), ['room notified away', 'thread cancelled edited']);
  assert.equal(
    (await ripen('jo', 3)).sort(),
    ['direct notified away', 'thread notified away', 'thread notified away'].sort(),
  );
  await until(() => mails('jo').length === 1);
  assert.match(mails('jo')[0]?.body ?? '', /Between us/);
});

test('wishes are one’s own, and of rooms that one may know (attack 17); nonsense is refused', async () => {
  await hall('vault', [], 'private');
  await visit('eve', async eve => {
    const thread = await say('vault', 'A secret');
    assert.is((await eve.refused('notify:room', { room: 'vault', level: 'all' })).code, 'not_found');
    assert.is((await eve.refused('notify:thread', { room: 'vault', thread, on: true })).code, 'not_found');
    const wishes = await eve.call('notify:set', { channels: { sms: true }, keywords: ['Roof', ' roof '] });
    assert.equal(wishes.keywords, ['Roof']);
    assert.equal(wishes.channels.sms, { on: true, address: false, offered: false });
    assert.equal(wishes.channels.email, { on: true, address: false, offered: true });
    for (const quiet of [
      { from: '22:00', to: '22:00', zone: 'UTC' },
      { from: '24:00', to: '07:00', zone: 'UTC' },
      { from: '22:00', to: '07:00', zone: 'Mars/Olympus' },
    ])
      assert.is((await eve.refused('notify:set', { quiet })).code, 'bad_request', quiet.zone);
    assert.is((await eve.refused('notify:set', { keywords: [' '] })).code, 'bad_request');
    assert.equal((await eve.call('notify:set', { quiet: null })).keywords, ['Roof']);
  });
});

test('court notify: said, shown, and why', async () => {
  await using cli = await openCli({ COURT_URL: hub.url, COURT_TOKEN: await token('cleo') });
  const [wishes] = await cli.json([
    ...['notify', '--email', 'off', '--keywords', 'gate, opening night', '--quiet', '22:00-07:00'],
    ...['--room', 'hall', '--level', 'all', '--for', '8h'],
  ]);
  assert.equal(wishes?.keywords, ['gate', 'opening night']);
  const { stdout } = await cli.run(['notify']);
  assert.match(stdout, /email +off[\s\S]*push +on[\s\S]*quiet +22:00-07:00[\s\S]*hall +all until/);
  assert.match(
    (await cli.run(['notify', '--list'])).stdout,
    /notified +You were named in it\. You were away\./,
  );
  const { code, stderr } = await cli.run(['notify', '--quiet', 'always']);
  assert.is.not(code, 0);
  assert.match(stderr, 'not hours such as 22:00-07:00');
});

test('nothing was logged as a fault of ours (I16)', () => {
  assert.equal(
    hub.complaints.filter(({ level }) => level === 'error'),
    [],
  );
});

test.run();
