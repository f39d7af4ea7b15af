// time limit: 300 s
// Announcements in real Chromium: shown by their gravity, answered once for all devices, written and watched by an admin. How one wishes to be told of
// messages while one is away, and why one was not. What the service worker shows; and what members report to moderators.
// takes: 55 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withConnection } from '../../server/store/databases.ts';
import { connect, type TestClient } from '../../server/testing/client.ts';
import { until } from '../../server/testing/until.ts';
import { chromiumPath, type House, openHouse, send } from '../../server/testing/web/house.ts';
import { findNameless } from '../../server/testing/web/names.ts';

const test = suite('web client, announcements and reports');
let house: House;
let admin: TestClient;

test.before(async () => {
  house = await openHouse({ notices: { look: 30, settle: 0 } });
  admin = await connect(house.hub.url, {
    token: await house.hub.token('ina', { name: 'Ina', role: 'admin' }),
  });
});
test.after(async () => {
  await admin?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const announce = (text: string, level: string, more = {}) =>
  admin.call('announce:send', {
    key: crypto.randomUUID(),
    text,
    level,
    audience: { roles: ['member'] },
    ...more,
  });

test('calm ones are bars, grave ones a question; each is answered once for all devices, and hostile text is inert (attack 21)', async () => {
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await announce('The **roof** is open <img src=x onerror=alert(1)> [x](javascript:alert(1))', 'info');
  const bars = page.getByRole('region', { name: 'Announcements' });
  const calm = bars.getByRole('status').filter({ hasText: 'The roof is open' });
  await calm.waitFor();
  await calm.getByRole('button', { name: 'Dismiss this announcement' }).click();
  await calm.waitFor({ state: 'detached' });

  const { id } = await announce('Leave by the north door', 'critical', { requireAck: true });
  const question = page.getByRole('alertdialog', { name: 'Important, from Ina' });
  await question.getByText('Leave by the north door').waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === 'Acknowledge');
  assert.equal(await findNameless(page), []);
  await page.keyboard.press('Escape');
  const bar = bars.getByRole('alert').filter({ hasText: 'north door' });
  await bar.waitFor();
  await admin.call('announce:remind', { id });
  await question.getByText('Reminder: important').waitFor();
  // Another device of theirs, by the same cookie.
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole('alertdialog').getByRole('button', { name: 'Acknowledge' }).click();
  await question.waitFor({ state: 'detached' });
  await bar.waitFor({ state: 'detached' });
  const { acked } = await admin.call('announce:status', { id });
  assert.is(acked, 1);
  await admin.call('announce:cancel', { id });
  assert.equal(ada.complaints, []);
});

test('an admin writes one, sees it as others will, watches who is missing, reminds, and ends it', async () => {
  await house.empty();
  const bob = await house.member('Bob');
  const boss = await house.newcomer('Boss');
  const { page } = boss;
  await withConnection(
    house.hub.databaseUrl,
    sql => sql`update users set role = 'admin' where name = 'Boss'`,
  );
  await page.reload({ waitUntil: 'commit' });
  await page.getByRole('button', { name: 'Announce', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Announcements' });
  await dialog.getByLabel('What to say').fill('New *rules* on Monday');
  await dialog.getByRole('radio', { name: 'Warning' }).check();
  await dialog.getByRole('radio', { name: 'Roles' }).check();
  await dialog.getByLabel('Members').check();
  await dialog.getByLabel('Ask everybody to acknowledge it').check();
  await dialog.getByText('told by e-mail after 2 hours').waitFor();
  await dialog.getByRole('region', { name: 'Preview' }).getByText('rules', { exact: true }).waitFor();
  assert.equal(await findNameless(page), []);
  await dialog.getByRole('button', { name: 'Announce' }).click();
  const missing = dialog.getByRole('region', { name: 'Missing' });
  await missing.getByText('Bob').waitFor();
  await dialog.getByRole('button', { name: 'Remind' }).click();
  await dialog.getByText(/Shown again to \d/).waitFor();
  const { id } = await bob.push('announcement', one => one.reminder === 1);
  await bob.call('announce:ack', { id });
  await missing.getByText('Bob').waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'End it' }).click();
  await dialog.getByText('It is shown no more.').waitFor();
  await dialog.getByRole('button', { name: 'All announcements' }).click();
  await dialog.getByText('Cancelled').first().waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();

  // The same admin looks after the hub: how it does, and who is connected, each with a way out.
  await page.getByRole('button', { name: 'The hub' }).click();
  const hub = page.getByRole('dialog', { name: 'The hub' });
  await hub.getByText('Messages/s').waitFor();
  assert.equal(await findNameless(page), []);
  await hub.getByRole('tab', { name: 'Connected' }).click();
  await hub.getByRole('button', { name: 'Disconnect Bob' }).click();
  assert.is((await bob.push('session:end')).code, 'kicked');
  await hub.getByRole('button', { name: 'Disconnect Bob' }).waitFor({ state: 'detached' });
  assert.equal(boss.complaints, []);
});

test('one says how one is told and of what, sees why one was not, and goes to the message', async () => {
  await house.empty();
  const bob = await house.member('Bob');
  const room = await house.room(bob, 'Courtyard');
  const ada = await house.newcomer('Ada', { timezoneId: 'Asia/Tokyo' });
  const { page } = ada;
  await ada.goTo(room);
  await page.getByRole('button', { name: 'More about this room' }).click();
  await page.getByRole('menuitemradio', { name: 'What is meant for me', checked: true }).waitFor();
  await page.getByRole('menuitemradio', { name: 'Everything' }).click();
  // Where she looks, she would have read it.
  await ada.goTo(await house.room(bob, 'Hall'));

  await page.getByRole('button', { name: /^Ada, Active/ }).click();
  await page.getByRole('menuitemradio', { name: /^Notifications/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Notifications' });
  await dialog.getByLabel('Keywords').fill('roof, opening night');
  await dialog.getByLabel('Tell me nothing at certain hours').check();
  await dialog.getByLabel('From').fill('23:00');
  assert.equal(await findNameless(page), []);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Saved.').waitFor();
  const sql = (text: string) => withConnection(house.hub.databaseUrl, db => db.unsafe(text));
  const [wish] = await sql('select to_jsonb(keywords) as keywords, quiet from notice_wishes');
  assert.equal(
    [wish?.keywords, wish?.quiet],
    [['roof', 'opening night'], { from: '23:00', to: '07:00', zone: 'Asia/Tokyo' }],
  );
  assert.equal(
    (await sql('select level from notice_levels')).map(({ level }) => level),
    ['all'],
  );
  await sql(`update notice_wishes set quiet = null`);

  const { id } = await send(bob, room, 'Who has the *keys*?');
  await until(async () => (await sql(`select from notices`)).length === 1);
  await sql(`update notices set at = at - interval '2 minutes'`);
  await until(async () => (await sql(`select from notices where verdict = 'waiting'`)).length === 0);
  await dialog.getByRole('tab', { name: 'What you were told' }).click();
  const told = dialog.getByRole('button', { name: /^Bob in Courtyard/ });
  await told.getByText('Who has the keys?').waitFor();
  await told.getByText(/You want to be told of everything in this room/).waitFor();
  // An account of this door has an address, and this hub no mail server: there is nowhere to tell her.
  await told.getByText('Not told: there is no address or device of yours to tell you at.').waitFor();
  await ada.lights('Who has the', () => told.click());
  await dialog.waitFor({ state: 'detached' });
  await page.waitForFunction(hash => location.hash === hash, `#/room/${room}`);

  await page.goto(`${page.url().split('#')[0]}#/room/${room}/thread/${id}`);
  const follow = page.getByRole('button', { name: 'Follow', exact: true });
  await follow.click();
  await page.getByRole('button', { name: 'Following', pressed: true }).waitFor();
  assert.equal(ada.complaints, []);
});

test('the service worker shows what is pushed, once under each name, and leads nowhere but here', async () => {
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await page.context().grantPermissions(['notifications'], { origin: house.gate.url });
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/push.js');
    await navigator.serviceWorker.ready;
  });
  const cdp = await page.context().newCDPSession(page);
  const found = new Promise<string>(resolve => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [one] = registrations;
      if (one) resolve(one.registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  const registrationId = await found;
  const push = (data: object) =>
    cdp.send('ServiceWorker.deliverPushMessage', {
      origin: house.gate.url,
      registrationId,
      data: JSON.stringify(data),
    });
  const letter = {
    title: 'Ina announces',
    body: 'Leave by the north door',
    place: '/room/hall',
    level: 'critical',
    tag: 'one',
  };
  await push(letter);
  await push({ ...letter, body: 'Leave now' });
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const notifications = await registration.getNotifications();
      return notifications.map(({ title, body, data }) => ({ title, body, data }));
    });
  await until(async () => (await shown()).some(({ body }) => body === 'Leave now'));
  assert.equal(await shown(), [{ title: 'Ina announces', body: 'Leave now', data: { place: '/room/hall' } }]);
  assert.equal(ada.complaints, []);
});

test('a member reports a message; a moderator is told, mutes its author, and the message goes (attack 21)', async () => {
  const host = await house.member('Jo');
  const room = await house.room(host, 'Hall');
  const bob = await house.member('Bob');
  await bob.call('room:join', { room });
  await send(bob, room, 'Buy this <img src=x onerror=alert(1)>');
  const ada = await house.newcomer('Ada');
  await ada.goTo(room);
  const message = ada.page.getByRole('article').filter({ hasText: 'Buy this' });
  await message.hover();
  await message.getByRole('button', { name: 'Report…' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'Report this message' });
  await dialog.getByLabel('Spam or advertising').check();
  await dialog.getByLabel('What should they know').fill('Third time');
  assert.equal(await findNameless(ada.page), []);
  await dialog.getByRole('button', { name: 'Report', exact: true }).click();
  await ada.page
    .getByRole('dialog', { name: 'Thank you' })
    .getByText('The moderators will look at it')
    .waitFor();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  assert.is(await ada.page.getByRole('button', { name: /^Reports/ }).count(), 0);

  const { users } = await host.call('user:get', {
    users: [(await host.call('report:list', {})).reports[0]?.voices[0]?.user ?? ''],
  });
  await host.call('member:role', { room, user: users[0]?.id, role: 'moderator' });
  await send(bob, room, 'Buy that');
  const two = (await host.call('messages:read', { room })).messages.at(-1);
  await host.call('report:send', { room, target: two?.id, id: crypto.randomUUID(), reason: 'other' });
  const { page } = ada;
  await page.reload({ waitUntil: 'commit' });
  await page.getByRole('button', { name: 'Reports 2 open' }).click();
  const panel = page.getByRole('dialog', { name: 'Reports' });
  const one = panel.getByRole('listitem', { name: 'Bob in Hall' }).filter({ hasText: 'Third time' });
  await one.getByText('<img src=x onerror=alert(1)>').waitFor();
  await one.getByLabel('What to do').selectOption({ label: 'Mute the author' });
  await one.getByLabel('For how long').selectOption({ label: 'for a day' });
  await one.getByLabel('Note for other moderators').fill('Enough');
  assert.equal(await findNameless(page), []);
  await one.getByRole('button', { name: 'Settle' }).click();
  await one.waitFor({ state: 'detached' });
  await panel.getByRole('listitem', { name: 'Bob in Hall' }).getByRole('button', { name: 'Settle' }).click();
  await panel.getByText('Nothing is reported.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('This message was deleted.').waitFor();
  assert.match(
    (await bob.refused('message:send', { room, id: crypto.randomUUID(), text: 'x' })).message,
    /muted/,
  );
  const { reports } = await host.call('report:list', { state: 'settled' });
  assert.equal(
    reports.map(({ state, note }) => [state, note]),
    [
      ['dismissed', undefined],
      ['muted', 'Enough'],
    ],
  );
  assert.equal(ada.complaints, []);
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
