// time limit: 300 s
// Announcements in real Chromium: shown by their gravity, answered once for all devices, written and watched by an admin; and what the service worker shows.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withConnection } from '../../server/store/databases.ts';
import { connect, type TestClient } from '../../server/testing/client.ts';
import { until } from '../../server/testing/until.ts';
import { chromiumPath, type House, openHouse } from '../../server/testing/web/house.ts';
import { findNameless } from '../../server/testing/web/names.ts';

const test = suite('web client, announcements');
let house: House;
let admin: TestClient;

test.before(async () => {
  house = await openHouse();
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
  await hub.getByText('Messages a second').waitFor();
  assert.equal(await findNameless(page), []);
  await hub.getByRole('tab', { name: 'Connected' }).click();
  await hub.getByRole('button', { name: 'Disconnect Bob' }).click();
  assert.is((await bob.push('session:end')).code, 'kicked');
  await hub.getByRole('button', { name: 'Disconnect Bob' }).waitFor({ state: 'detached' });
  assert.equal(boss.complaints, []);
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

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
