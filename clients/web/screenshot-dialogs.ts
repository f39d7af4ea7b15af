/**
 * Takes docs/images/notifications.png, webhooks.png, reports.png and hub.png: what one is told of, what programs do in a room, what was reported,
 * and how the hub is, each in its dialog over the scene of scene.ts.
 *
 *   node clients/web/screenshot-dialogs.ts [--out FOLDER]
 *
 * The browser is CHROMIUM_PATH or --chromium, else /usr/bin/chromium.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '../js/index.ts';
import { openBrowser, pictureArguments, root, signedIn, take } from './stage/browser.ts';
import { openHub } from './stage/hub.ts';
import { enter, openAdmin, playScene } from './stage/play.ts';

const { out, chromium } = pictureArguments();
await mkdir(out, { recursive: true });
await using hub = await openHub(root);
await using scene = await playScene(hub);

const keeper = await enter(hub.url, 'noor');
{
  await using operator = await openAdmin(hub, 'operator');
  await operator.call('user:role', { user: keeper.user.id, role: 'admin' });
}
for (const [by, reason, note] of [
  ['jonas', 'other', 'Belongs to the kitchen.'],
  ['aiko', 'spam', ''],
] as const) {
  const { accessToken } = await enter(hub.url, by);
  await using court = createClient({ url: hub.url, getToken: () => accessToken });
  await court.connect();
  const { messages } = await court.call('messages:read', { room: scene.room, limit: 200 });
  const one = messages.find(({ text }) => text.includes('lanterns are here'))!;
  await court.call('report:send', {
    ...{ room: scene.room, target: one.id, id: crypto.randomUUID(), reason },
    ...(note && { note }),
  });
}

await using browser = await openBrowser(chromium);
const page = await signedIn(browser, hub.url, `#/room/${scene.room}`, scene.account('noor'));
await page.getByTestId('messages').getByText('cake').first().waitFor();
const dialog = (name: string) => page.getByRole('dialog', { name });
const picture = async (name: string) => {
  await take(page, 'light', path.join(out, `${name}.png`));
  await page.keyboard.press('Escape');
};

await page
  .getByRole('button', { name: /Noor Haddad/ })
  .last()
  .click();
await page.getByRole('menuitemradio', { name: /^Notifications/ }).click();
await dialog('Notifications').getByRole('tabpanel').waitFor();
await picture('notifications');

await page.getByRole('button', { name: 'More about this room' }).click();
await page.getByRole('menuitem', { name: 'Webhooks' }).click();
const webhooks = dialog('Webhooks');
await webhooks.getByRole('tab', { name: 'New' }).click();
await webhooks.getByLabel('Name').fill('Ticket sales');
await webhooks.getByRole('button', { name: 'Create webhook' }).click();
await webhooks.getByLabel('this address is shown once').waitFor();
await picture('webhooks');

await page.getByRole('button', { name: /^Reports/ }).click();
await dialog('Reports').getByText('Belongs to the kitchen.').waitFor();
await picture('reports');

await page.getByRole('button', { name: 'The hub' }).click();
await dialog('The hub').getByRole('term').first().waitFor();
await picture('hub');
